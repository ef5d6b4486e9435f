import {fromText, type ByteString} from '../../byte-string.ts';
import type {ContentMeasures} from '../../content-measures.ts';
import {throwIfAborted} from '../../errors.ts';
import type {EventListener} from '../../events.ts';
import type {SnapshotId} from '../../ids.ts';
import type {Incident} from '../../incident.ts';
import {listSnapshots, LoadedIndex, WriterRun, type BackupClass, type BlobReader, type RepositorySession, type Snapshot, type StoredSnapshot} from '../../repository/repository.ts';
import {planPaths, resolveSourcePath} from '../../sources/files/path-plan.ts';
import type {FilesSource} from '../../sources/source.ts';
import type {TreeNode} from '../../tree-node.ts';
import {requireWriter} from '../abilities.ts';
import {newIncidents, withIncidents} from '../incidents/find-incidents.ts';
import {ProgressReporter} from '../progress.ts';
import {createBlobReader} from '../reading.ts';
import {StoringSink, type BackupSink} from './backup-sink.ts';
import {BackupTally} from './backup-tally.ts';
import {checkCanaries} from './canaries.ts';
import {CountingSink} from './counting-sink.ts';
import {isSuspicious, lookAtFormer} from './former-contents.ts';
import {PreviousTree} from './previous-tree.ts';
import {TreeWalker} from './tree-walker.ts';

export type FilesBackupRequest = {
	readonly source: FilesSource;
	/** @default 'manual' */
	readonly class?: BackupClass;
	/** @default none */
	readonly tags?: readonly string[];
	/** Look at what would be done, and write nothing. @default false */
	readonly isDryRun?: boolean;
	/** Decrypt, unpack and hash all that is packed before it is stored, instead of everything but a share of the file contents. Costs processor time. @default false */
	readonly verifyWrites?: boolean;
	/** Store changed chunks as differences to what is stored already, where the key may read that and the repository is near. @default true */
	readonly deltas?: boolean;
	/** Name and version of the program, for the record. @default 'coffer' */
	readonly program?: string;
};

export type BackupSummary = {
	/** Not for a dry run. */
	readonly snapshot?: {readonly id: SnapshotId; readonly source: string; readonly time: string};
	readonly files: number;
	readonly directories: number;
	/** Of all files in the snapshot. */
	readonly bytes: number;
	/** Plaintext that the repository did not have; in a dry run, of all files that would be read. */
	readonly addedBytes: number;
	/** What the repository grew by. */
	readonly storedBytes: number;
	readonly durationMs: number;
	/** Entries that could not be read and are missing. */
	readonly unreadable: number;
	/** Entries that changed or vanished while they were read. */
	readonly changed: number;
	/** Of all files in the previous snapshot of the source, where there is one. */
	readonly previousBytes?: number;
	/** What looks like a loss, and showed in this run first. */
	readonly incidents?: readonly Incident[];
};

export type OperationOptions = {
	readonly signal?: AbortSignal;
	readonly onEvent?: EventListener;
	/** Worker threads for much work. @default as many as there are processors for this process, at most 8 */
	readonly threads?: number;
};

/** Unpacked segments with trees of the previous snapshot that are kept. */
export const treeCacheBytes = 8 * 1024 * 1024;
/** An index is written at least so often, so that an interrupted run was not for nothing. */
export const indexIntervalMs = 5 * 60 * 1000;

type Scene = {
	readonly request: FilesBackupRequest;
	readonly session: RepositorySession;
	readonly tally: BackupTally;
	readonly progress: ProgressReporter;
	readonly index: LoadedIndex;
	readonly previous: StoredSnapshot | undefined;
	readonly plan: ReturnType<typeof planPaths>;
	readonly hasDeltas: boolean;
	readonly signal: AbortSignal | undefined;
	readonly threads: number | undefined;
};

/** Deltas need what they are differences to: a key that may read it, and a storage where reading is cheap. */
export function canStoreDeltas({keyring: {role}, storage}: RepositorySession): boolean {
	return role === 'owner' && storage.isLocal;
}

/** What was seen of contents, and, where many look encrypted, what was there before. */
async function measure({tally: {contents}, previous}: Scene, previousTree: PreviousTree, reader: BlobReader | undefined): Promise<ContentMeasures> {
	const measures = contents.measures(previousTree.isWhole ? previous?.statistics.files : undefined);
	return reader && isSuspicious(measures) ? {...measures, former: await lookAtFormer(reader, contents.formerChunks)} : measures;
}

async function walk(scene: Scene, sink: BackupSink): Promise<{readonly root: TreeNode; readonly measures: ContentMeasures}> {
	const {request: {source}, session, tally, index, previous, plan, signal} = scene;
	const isMayRead = session.keyring.role === 'owner';
	const reader = previous && isMayRead ? createBlobReader(session, index, treeCacheBytes) : undefined;
	const previousTree = new PreviousTree(index.blobs, reader, previous, message => {
		tally.warn(message);
	}, firstChunk => {
		tally.contents.notice(firstChunk);
	});
	const skippedFolders = new Set<ByteString>(session.storage.url.startsWith('/') ? [fromText(session.storage.url)] : []);
	const walker = new TreeWalker({source, plan, previous: previousTree, sink, tally, runtime: session.runtime, skippedFolders, signal});
	const takeRoot = await walker.walk();
	tally.endWalk();
	await sink.settle();
	return {root: takeRoot(), measures: await measure(scene, previousTree, reader)};
}

function describe(scene: Scene, startMs: number, facts: Pick<Snapshot, 'tree'> & {readonly measures: ContentMeasures; readonly addedBytes: number; readonly storedBytes: number}): Snapshot {
	const {request: {source, class: backupClass, tags, program}, session: {runtime}, tally, previous} = scene;
	const snapshot: Snapshot = {
		id: runtime.randomBytes(16).toString('hex') as SnapshotId,
		time: new Date(startMs).toISOString(),
		source: source.name,
		kind: source.kind,
		class: backupClass ?? 'manual',
		host: runtime.identity.host,
		user: runtime.user,
		tags: tags ?? [],
		paths: source.paths.map(path => path.toWellFormed()),
		tree: facts.tree,
		program: program ?? 'coffer',
		...(source.classification && {classification: source.classification}),
		statistics: {
			files: tally.files,
			directories: tally.directories,
			bytes: tally.bytes,
			addedBytes: facts.addedBytes,
			storedBytes: facts.storedBytes,
			durationMs: Math.max(0, Math.round(runtime.now() - startMs)),
			unreadable: tally.unreadable,
			measures: facts.measures,
		},
		...(previous && {previous: {id: previous.id, sha256: previous.sha256}}),
	};
	return withIncidents(snapshot, previous, checkCanaries(source.canaries ?? [], previous?.canaries ?? [], snapshot.time));
}

async function store(scene: Scene, run: WriterRun, startMs: number): Promise<Snapshot> {
	const {session, index, tally, progress, signal, threads} = scene;
	const sink = new StoringSink(session, run, index, {verifyWrites: scene.request.verifyWrites ?? false, hasDeltas: scene.hasDeltas, threads, signal});
	let indexing: Promise<unknown> = Promise.resolve();
	const stopIndexing = session.runtime.every(indexIntervalMs, () => {
		// A failure shows again at the next index, which the snapshot waits for.
		indexing = indexing.then(async () => run.writeIndex()).catch(() => undefined);
	});
	try {
		const {root, measures} = await walk(scene, sink);
		progress.enter('committing', tally.counts());
		await sink.finish();
		stopIndexing();
		await indexing;
		throwIfAborted(signal);
		await run.writeIndex();
		const snapshot = describe(scene, startMs, {tree: root.tree ?? [], measures, addedBytes: sink.addedBytes, storedBytes: run.storedBytes});
		await run.commit(snapshot);
		return snapshot;
	} catch (error) {
		stopIndexing();
		await sink.discard();
		await indexing;
		// What is already durable serves the next run; if even that fails, the first error is what counts.
		await run.writeIndex().catch(() => undefined);
		throw error;
	} finally {
		await sink.close();
	}
}

function summarize(scene: Scene, startMs: number, rest: Pick<BackupSummary, 'addedBytes' | 'storedBytes'> & Partial<Pick<BackupSummary, 'snapshot' | 'incidents'>>): BackupSummary {
	const {tally: {files, directories, bytes, unreadable, changed}, session: {runtime}, previous} = scene;
	return {...rest, ...(previous && {previousBytes: previous.statistics.bytes}), files, directories, bytes, unreadable, changed, durationMs: Math.max(0, Math.round(runtime.now() - startMs))};
}

/**
Back up a source as one snapshot. Unchanged files are recognised by their metadata and not opened; what cannot be read is named by a warning event and counted.
Until the snapshot is written, last, the repository shows nothing of the run.

@throws `key-role`, `source-missing`, `source-failed` before anything is written; `aborted`; `writer-expired`; `memory-corrupted`; what the storage throws
*/
export async function backup(session: RepositorySession, request: FilesBackupRequest, {signal, onEvent, threads}: OperationOptions = {}): Promise<BackupSummary> {
	const {runtime} = session;
	const startMs = runtime.now();
	requireWriter(session.keyring);
	const progress = new ProgressReporter(runtime, onEvent, 'opening');
	const tally = new BackupTally(progress, onEvent, {source: request.source.name, ...(request.source.maximumBytes !== undefined && {maximumBytes: request.source.maximumBytes})});
	progress.enter('opening', tally.counts());
	const plan = planPaths(request.source.paths.map(path => resolveSourcePath(fromText(path))));
	throwIfAborted(signal);
	const hasDeltas = (request.deltas ?? true) && canStoreDeltas(session);
	const run = request.isDryRun ? undefined : await WriterRun.start(session);
	try {
		const [index, {snapshots, problems}] = await Promise.all([
			LoadedIndex.load(session, {areLostPacksIgnored: true, hasSketches: hasDeltas, ...(run && {ignoredPacks: run.ignoredPacks}), ...(signal && {signal})}),
			listSnapshots(session, signal),
		]);
		for (const {message} of [...session.problems, ...index.problems, ...problems]) {
			tally.warn(`${message} Run "coffer verify" to see what it affects.`);
		}

		const previous = snapshots.findLast(snapshot => snapshot.source === request.source.name && snapshot.host === runtime.identity.host && snapshot.kind === request.source.kind);
		const scene: Scene = {request, session, tally, progress, index, previous, plan, hasDeltas, signal, threads};
		tally.expect(previous?.statistics);
		progress.enter('reading', tally.counts());
		if (run === undefined) {
			const sink = new CountingSink();
			await walk(scene, sink);
			return summarize(scene, startMs, {addedBytes: sink.bytes, storedBytes: 0});
		}

		const snapshot = await store(scene, run, startMs);
		const {id, source, time, statistics: {addedBytes}} = snapshot;
		return summarize(scene, startMs, {snapshot: {id, source, time}, addedBytes, storedBytes: run.storedBytes, incidents: newIncidents(snapshot, previous)});
	} finally {
		await run?.close();
	}
}
