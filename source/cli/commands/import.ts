import {statSync} from 'node:fs';
import path from 'node:path';
import {CofferError, isCofferError, parseArchiveName, restoreArchive, throwIfAborted, verifyArchive, type BackupClass, type Engine, type ErrorCode} from '../../engine/index.ts';
import {formatAmount} from '../../text/format.ts';
import {findArchivePassword} from '../archive-secrets.ts';
import {importText, proofText, restorationText, verificationText} from '../archive-texts.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine, repositoryUrl} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {exitCodeOf} from '../exit-codes.ts';
import type {EventPrinter} from '../progress.ts';

/** Errors of one archive that leave the others unharmed. */
const ofOneArchive: readonly ErrorCode[] = ['source-missing', 'source-failed', 'usage', 'key-wrong', 'damaged'];

type ArchiveRequest = {readonly path: string; readonly password: Uint8Array; readonly iterations: number | undefined};

/** What became of one archive, as `--json` shows it, and how much of it could not be taken. */
type Result = {readonly json: Readonly<Record<string, unknown>>; readonly lost: number};

type Work = (request: ArchiveRequest, signal: AbortSignal) => Promise<Result>;

function readIterations({arguments: flags}: CommandContext): number | undefined {
	const text = flags.text('iterations');
	if (text !== undefined && !/^[1-9]\d{0,7}$/.test(text)) {
		throw new CofferError('usage', `--iterations takes the number that "openssl enc -iter" was given, such as 100000; not "${text}".`);
	}

	return text === undefined ? undefined : Number(text);
}

/** The archives in the order of their times: snapshots are to come so. One that is not there comes first. */
function chooseFiles({arguments: flags, cwd}: CommandContext): string[] {
	if (flags.input.length === 0) {
		throw new CofferError('usage', 'Name the archives, such as "coffer import backups/*.enc --dry-run".');
	}

	const files = [...new Set(flags.input.map(file => path.resolve(cwd, file)))];
	const timed = files.map(file => ({file, timeMs: parseArchiveName(path.basename(file)).timeMs ?? statSync(file, {throwIfNoEntry: false})?.mtimeMs ?? 0}));
	return timed.sort((a, b) => a.timeMs - b.timeMs).map(({file}) => file);
}

function createVerification({runtime, output}: CommandContext, {listener}: EventPrinter): Work {
	return async (request, signal) => {
		const result = await verifyArchive(runtime, request, {signal, onEvent: listener});
		output.print(verificationText(result));
		const {archive, ...counts} = result;
		return {json: {...archive, ...counts}, lost: result.unreadable};
	};
}

async function createRestoration(context: CommandContext, {listener}: EventPrinter, target: string): Promise<Work> {
	const {runtime, output} = context;
	const url = repositoryUrl(context, await context.config());
	return async (request, signal) => {
		const result = await restoreArchive(runtime, {...request, target, repositoryUrl: url}, {signal, onEvent: listener});
		output.note(restorationText(result, target));
		if (result.kept > 0) {
			output.warn(`${formatAmount(result.kept, 'entry', 'entries')} of ${request.path} ${result.kept === 1 ? 'was' : 'were'} there already and stayed as they were.`);
		}

		const {archive, ...counts} = result;
		return {json: {...archive, ...counts}, lost: result.failed};
	};
}

function createImport({arguments: flags, output}: CommandContext, {listener}: EventPrinter, engine: Engine): Work {
	return async (request, signal) => {
		const result = await engine.archives.import({...request, class: flags.text('class') as BackupClass | undefined ?? 'manual', tags: flags.texts('tag')}, {signal, onEvent: listener});
		const {archive, snapshot, known, ...counts} = result;
		if (snapshot) {
			output.note(importText({...result, snapshot}));
		} else {
			output.note(`${archive.file}: skipped, as there is a snapshot of "${archive.source}" of that time already: ${known!.slice(0, 8)}.`);
		}

		return {json: {...archive, ...counts, snapshot: snapshot?.id ?? null, known: known ?? null}, lost: result.unreadable};
	};
}

async function workOn(context: CommandContext, files: readonly string[], printer: EventPrinter, work: Work): Promise<number> {
	const {output, log} = context;
	const iterations = readIterations(context);
	const password = await findArchivePassword(context, {isNew: false});
	const archives: Array<Result['json']> = [];
	const failures: number[] = [];
	let lost = 0;
	try {
		await context.interruptible(async signal => {
			for (const file of files) {
				throwIfAborted(signal);
				printer.label = files.length > 1 ? path.basename(file) : undefined;
				try {
					const result = await work({path: file, password, iterations}, signal);
					printer.clear();
					archives.push(result.json);
					lost += result.lost;
					log.write('info', 'archive read', {archive: file, lost: result.lost});
				} catch (error) {
					if (files.length === 1 || !isCofferError(error, ...ofOneArchive)) {
						throw error;
					}

					log.write('error', error.message, {code: error.code, archive: file});
					output.error(error);
					failures.push(exitCodeOf(error));
				}
			}
		});
	} finally {
		password.fill(0);
	}

	if (lost > 0) {
		output.warn(`${formatAmount(lost, 'entry', 'entries')} could not be taken.`);
	}

	if (archives.length > 0) {
		output.note(proofText);
	}

	output.event({event: 'summary', archives, isAuthenticated: false, isDryRun: context.arguments.isSet('dryRun')} as {event: string});
	return failures[0] ?? (lost > 0 ? 3 : 0);
}

/** `coffer import`: verify archives, restore them, or make snapshots of them. One that fails does not keep the others from being read. */
export async function importArchives(context: CommandContext): Promise<number> {
	const {arguments: flags, cwd} = context;
	const files = chooseFiles(context);
	const target = flags.text('target');
	if (target !== undefined && flags.isSet('dryRun')) {
		throw new CofferError('usage', '--dry-run looks into archives and writes nothing; leave --target out.');
	}

	readIterations(context);
	const printer = createEventPrinter(context);
	try {
		if (flags.isSet('dryRun')) {
			return await workOn(context, files, printer, createVerification(context, printer));
		}

		if (target !== undefined) {
			return await workOn(context, files, printer, await createRestoration(context, printer, path.resolve(cwd, target)));
		}

		const engine = await openEngine(context, printer.listener);
		try {
			return await workOn(context, files, printer, createImport(context, printer, engine));
		} finally {
			await engine.close();
		}
	} finally {
		printer.clear();
	}
}
