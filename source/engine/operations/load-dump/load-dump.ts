import {CofferError, errorText, isCofferError, throwIfAborted} from '../../errors.ts';
import type {DatabaseFacts} from '../../source-facts.ts';
import type {RepositorySession} from '../../repository/repository.ts';
import {globalsFiles} from '../../sources/databases/dump-names.ts';
import type {Dump, DumpTarget, OpenTarget} from '../../sources/databases/dump-target.ts';
import type {SourceContext} from '../../sources/source-stream.ts';
import {requireReader} from '../abilities.ts';
import {SnapshotBrowser} from '../browse/snapshot-browser.ts';
import type {OperationOptions} from '../backup/backup.ts';
import type {BackUpOptions} from '../back-up-source/back-up-source.ts';
import {ProgressReporter} from '../progress.ts';
import {compareTables} from './compare-tables.ts';
import {chooseDumps, parseTarget, type LoadableKind} from './dumps-of-snapshot.ts';
import type {LoadedDatabase, LoadRequest, LoadSummary} from './load-request.ts';
import {databaseOf} from './target-url.ts';

export type LoadOptions = OperationOptions & Pick<BackUpOptions, 'readSecret'>;

/** One module a kind of server, loaded only where it is needed. */
const targets: Readonly<Record<LoadableKind, () => Promise<OpenTarget>>> = {
	postgres: async () => import('../../sources/postgres/open-postgres-target.ts').then(module => module.openPostgresTarget),
	mysql: async () => import('../../sources/mysql/open-mysql-target.ts').then(module => module.openMysqlTarget),
};

type Planned = {readonly facts: DatabaseFacts; readonly dump: Dump; readonly into: string; readonly existing: LoadedDatabase['existing']};

/** Where bytes come from, and who is told of them. */
class DumpReader {
	readonly #browser: SnapshotBrowser;
	readonly #snapshot: string;
	readonly #onBytes: (byteCount: number) => void;

	constructor(browser: SnapshotBrowser, snapshot: string, onBytes: (byteCount: number) => void) {
		this.#browser = browser;
		this.#snapshot = snapshot;
		this.#onBytes = onBytes;
	}

	async * read(path: string): AsyncGenerator<Uint8Array, void> {
		for await (const piece of this.#browser.read(this.#snapshot, path)) {
			this.#onBytes(piece.byteLength);
			yield piece;
		}
	}

	async has(path: string): Promise<boolean> {
		for await (const entry of this.#browser.list(this.#snapshot)) {
			if (entry.path === path) {
				return true;
			}
		}

		return false;
	}
}

type Loaded = {readonly rows: number; readonly tables: number; readonly differences: readonly string[]};

/** Load one dump and compare what came of it. @returns What differs, in sentences; none: nothing. */
async function loadOne(target: DumpTarget, {dump, into, existing}: Planned, hasChecksums: boolean, note: (text: string) => void): Promise<Loaded> {
	for (const text of await target.load(dump, into, (existing?.objects ?? 0) > 0)) {
		note(text);
	}

	const expected = await target.tablesOfDump(dump, hasChecksums);
	const found = await target.tablesOf(into, hasChecksums);
	return {rows: expected.reduce((sum, {rows}) => sum + rows, 0), tables: expected.length, differences: compareTables(expected, found)};
}

const count = (value: number, noun: string): string => `${value} ${noun}${value === 1 ? '' : 's'}`;

/** What is to be loaded where. @throws `target-unusable` before anything is changed where a database has something and may not be replaced */
async function plan(target: DumpTarget, request: LoadRequest, dumps: ReadonlyArray<{readonly facts: DatabaseFacts; readonly dump: Dump}>, url: URL): Promise<Planned[]> {
	const planned: Planned[] = [];
	for (const {facts, dump} of dumps) {
		const into = databaseOf(url) ?? facts.name;
		planned.push({facts, dump, into, existing: await target.inspect(into)});
	}

	const full = planned.find(({existing}) => (existing?.objects ?? 0) > 0);
	if (full && request.overwrite !== 'always' && !request.isDryRun) {
		throw new CofferError('target-unusable', `The database "${full.into}" of ${target.description} is not empty: it has ${count(full.existing!.objects, 'object')}, ${count(full.existing!.tables, 'table')} among them. Nothing was changed. Name another database, or replace all that it has with --overwrite always.`, {context: {database: full.into, objects: full.existing!.objects}});
	}

	return planned;
}

function describe({facts, into, existing}: Planned): LoadedDatabase {
	return {name: facts.name, into, ...(existing && {existing}), bytes: facts.bytes, tables: facts.tables};
}

/**
Load the dumps of a snapshot into a database server, and see whether every table has what the dump has. A database that has anything is left alone unless it may be replaced; which databases those are is found out before the first one is changed.
@throws `key-role`; `usage`; `target-unusable` before anything is changed; `damaged`, `object-missing` where the dump cannot be read; `aborted`; what the storage throws
*/
export async function loadDump(session: RepositorySession, request: LoadRequest, {signal, onEvent, readSecret}: LoadOptions): Promise<LoadSummary> {
	const {runtime} = session;
	const startMs = runtime.monotonicMs();
	requireReader(session.keyring);
	const {snapshot, hasChecksums = false} = request;
	const url = parseTarget(request.into);
	const {kind, dumps} = chooseDumps(request, url);
	const progress = new ProgressReporter(runtime, onEvent, 'opening');
	const totalBytes = dumps.reduce((sum, {bytes}) => sum + bytes, 0);
	const done = {files: 0, bytes: 0};
	const counts = (current: string) => () => ({...done, totalFiles: dumps.length, totalBytes, current});
	progress.enter('opening', counts(request.into)());
	const notes: string[] = [];
	const context: SourceContext = {
		runtime, signal, readSecret: async reference => readSecret(reference, 'this restore', signal),
		log(message) {
			onEvent?.({event: 'log', message});
		},
		warn(message) {
			notes.push(message);
		},
	};
	const browser = await SnapshotBrowser.open(session, {...(signal && {signal}), ...(onEvent && {onEvent})});
	const openTarget = await targets[kind]();
	const target = await openTarget({url, ...(request.password && {password: request.password})}, context);
	try {
		const reader = new DumpReader(browser, snapshot.id, byteCount => {
			// A dump is read a second time, to be compared: that is no progress of loading.
			done.bytes = Math.min(totalBytes, done.bytes + byteCount);
			progress.update(counts(request.into));
		});
		const globals = globalsFiles[kind];
		const hasGlobals = await reader.has(globals);
		const toDump = ({name, bytes, file}: DatabaseFacts): Dump => ({name, bytes, read: () => reader.read(file), ...(hasGlobals && {readGlobals: () => reader.read(globals)})});
		const planned = await plan(target, request, dumps.map(facts => ({facts, dump: toDump(facts)})), url);
		const summarize = (databases: readonly LoadedDatabase[], problems: LoadSummary['problems']): LoadSummary => ({
			server: target.description, databases, problems, notes,
			bytes: databases.reduce((sum, {bytes}) => sum + bytes, 0),
			durationMs: Math.round(runtime.monotonicMs() - startMs),
		});
		if (request.isDryRun) {
			return summarize(planned.map(one => describe(one)), []);
		}

		progress.enter('writing', counts(request.into)());
		const loaded: LoadedDatabase[] = [];
		const problems: Array<{database: string; message: string}> = [];
		for (const one of planned) {
			throwIfAborted(signal);
			try {
				const {rows, tables, differences} = await loadOne(target, one, hasChecksums, text => {
					notes.push(text);
				});
				loaded.push({...describe(one), tables, rows, compared: hasChecksums ? 'checksums' : 'rows'});
				if (differences.length > 0) {
					problems.push({database: one.into, message: `It was loaded, but does not have what the dump has: ${differences.join('; ')}.`});
				}
			} catch (error) {
				// Of several databases the others can still be loaded.
				if (planned.length === 1 || !isCofferError(error, 'target-unusable', 'damaged', 'object-missing')) {
					throw error;
				}

				problems.push({database: one.into, message: errorText(error)});
			}

			done.files++;
		}

		return summarize(loaded, problems);
	} finally {
		await target.close();
	}
}
