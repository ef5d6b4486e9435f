import {splitStreamedPath, type StreamedEntry} from '../../streamed-entry.ts';
import type {ByteString} from '../../byte-string.ts';
import {throwIfAborted} from '../../errors.ts';
import type {SnapshotId} from '../../ids.ts';
import type {SourceFacts} from '../../source-facts.ts';
import {listSnapshots, LoadedIndex, WriterRun, type RepositorySession, type Snapshot, type StoredSnapshot} from '../../repository/repository.ts';
import {requireWriter} from '../abilities.ts';
import {canStoreDeltas, indexIntervalMs, treeCacheBytes, type BackupSummary, type OperationOptions} from '../backup/backup.ts';
import {StoringSink} from '../backup/backup-sink.ts';
import {BackupTally} from '../backup/backup-tally.ts';
import {newIncidents, withIncidents} from '../incidents/find-incidents.ts';
import {ProgressReporter} from '../progress.ts';
import {createBlobReader} from '../reading.ts';
import {ContentStorer} from './content-storer.ts';
import {PreviousVersions} from './previous-versions.ts';
import {StreamTree} from './stream-tree.ts';

export type StreamRequest = Pick<Snapshot, 'source' | 'kind' | 'class' | 'tags' | 'paths' | 'time' | 'program' | 'classification'> & {
	/**
	Gives the entries, once. When it ends without an error, they were all there is.
	@param onSkip - To be told of each entry that there is and that cannot be given, with a reason for people.
	*/
	readonly entries: (onSkip: (path: ByteString, reason: string) => void) => AsyncIterable<StreamedEntry>;
	/** What is known of them when all have come. @default nothing */
	readonly facts?: () => SourceFacts;
	/** More is a failure. @default no limit */
	readonly maximumBytes?: number;
	/** Store chunks as differences to what is stored already, where the key may read that and the repository is near. @default true */
	readonly deltas?: boolean;
	/** Unpack and compare all that is packed before it is stored, instead of a share. @default false */
	readonly verifyWrites?: boolean;
};

/** `snapshot` is missing where the repository has one of the same source and time already: nothing was read or stored then. */
export type StreamSummary = BackupSummary & {readonly known?: SnapshotId};

type Scene = {
	readonly session: RepositorySession;
	readonly request: StreamRequest;
	readonly run: WriterRun;
	readonly index: LoadedIndex;
	readonly tally: BackupTally;
	readonly progress: ProgressReporter;
	readonly hasDeltas: boolean;
	readonly previous: StoredSnapshot | undefined;
	readonly signal: AbortSignal | undefined;
};

/** Store every entry in the order in which they come; the tree of all of them when the last has come. */
async function gather({session, request, index, tally, hasDeltas, previous, signal}: Scene, storer: ContentStorer): Promise<StreamTree> {
	const versions = previous && hasDeltas ? new PreviousVersions(createBlobReader(session, index, treeCacheBytes), previous.tree) : undefined;
	const tree = new StreamTree(BigInt(Date.parse(request.time)) * 1_000_000n);
	const refuse = (path: ByteString, reason: string) => {
		tally.fail(path, reason);
	};

	for await (const entry of request.entries(refuse)) {
		throwIfAborted(signal);
		const {path, linkTo, content, size: _size, ...metadata} = entry;
		const split = splitStreamedPath(path);
		if ('reason' in split) {
			refuse(path, split.reason);
			continue;
		}

		if (linkTo !== undefined) {
			const target = splitStreamedPath(linkTo);
			const reason = 'reason' in target ? 'it is a hard link to something that cannot be' : tree.link(split.parts, target.parts);
			if (reason === undefined) {
				tally.countFile('' as ByteString, path, 0);
			} else {
				refuse(path, reason);
			}

			continue;
		}

		tally.begin(path);
		const stored = metadata.type === 'file' ? await storer.store(content ?? noContent(), await versions?.find(split.parts)) : undefined;
		const reason = tree.add(split.parts, {...metadata, ...stored});
		if (reason !== undefined) {
			refuse(path, reason);
		} else if (metadata.type === 'directory') {
			tally.countDirectory();
		} else {
			tally.countFile('' as ByteString, path, stored?.size ?? 0);
		}
	}

	return tree;
}

async function * noContent(): AsyncGenerator<Uint8Array, void> {
	// A file that is empty.
}

async function store(scene: Scene, describe: (facts: Pick<Snapshot, 'tree'> & {readonly addedBytes: number}) => Snapshot): Promise<Snapshot> {
	const {session, request: {verifyWrites = false}, run, index, signal, tally, progress, hasDeltas} = scene;
	const storer = new ContentStorer(session, run, index, {verifyWrites, hasDeltas, onChunk(sizeBytes) {
		throwIfAborted(signal);
		tally.advance(sizeBytes);
	}});
	const trees = new StoringSink(session, run, index, {verifyWrites, hasDeltas, threads: undefined, signal});
	let indexing: Promise<unknown> = Promise.resolve();
	const stopIndexing = session.runtime.every(indexIntervalMs, () => {
		// A failure shows again at the next index, which the snapshot waits for.
		indexing = indexing.then(async () => run.writeIndex()).catch(() => undefined);
	});
	try {
		const gathered = await gather(scene, storer);
		tally.endWalk();
		progress.enter('committing', tally.counts());
		const tree = await gathered.store(async blobs => {
			await trees.drain();
			return trees.storeTree(blobs);
		});
		await storer.finish();
		await trees.finish();
		stopIndexing();
		await indexing;
		throwIfAborted(signal);
		await run.writeIndex();
		const snapshot = describe({tree, addedBytes: storer.addedBytes + trees.addedBytes});
		await run.commit(snapshot);
		return snapshot;
	} catch (error) {
		stopIndexing();
		await storer.discard();
		await trees.discard();
		await indexing;
		// What is already durable serves the next run; if even that fails, the first error is what counts.
		await run.writeIndex().catch(() => undefined);
		throw error;
	} finally {
		await trees.close();
	}
}

/** The snapshot that this one follows: the last one before it in time of the same source on this host. */
function findPrevious(snapshots: readonly StoredSnapshot[], {source, kind, time}: StreamRequest, host: string): StoredSnapshot | undefined {
	return snapshots.findLast(snapshot => snapshot.source === source && snapshot.kind === kind && snapshot.host === host && snapshot.time < time);
}

/**
Store a stream of entries as one snapshot, without a copy of it anywhere: an archive, a dump. The snapshot's time is what the request says, which may be long ago.
Until the snapshot is written, last, the repository shows nothing of the run.
@throws what the entries throw; `aborted`; `key-role`; `writer-expired`; `memory-corrupted`; what the storage throws
*/
export async function storeStream(session: RepositorySession, request: StreamRequest, {signal, onEvent}: OperationOptions = {}): Promise<StreamSummary> {
	const {runtime} = session;
	const startMs = runtime.now();
	const progress = new ProgressReporter(runtime, onEvent, 'opening');
	const tally = new BackupTally(progress, onEvent, request);
	const hasDeltas = (request.deltas ?? true) && canStoreDeltas(session);
	const duration = () => Math.max(0, Math.round(runtime.now() - startMs));
	const summarize = (rest: Pick<StreamSummary, 'addedBytes' | 'storedBytes' | 'snapshot' | 'known' | 'previousBytes' | 'incidents'>): StreamSummary => {
		const {files, directories, bytes, unreadable, changed} = tally;
		return {...rest, files, directories, bytes, unreadable, changed, durationMs: duration()};
	};

	progress.enter('opening', tally.counts());
	throwIfAborted(signal);
	requireWriter(session.keyring);
	const run = await WriterRun.start(session);
	try {
		const [index, {snapshots, problems}] = await Promise.all([
			LoadedIndex.load(session, {areLostPacksIgnored: true, hasSketches: hasDeltas, ignoredPacks: run.ignoredPacks, ...(signal && {signal})}),
			listSnapshots(session, signal),
		]);
		for (const {message} of [...session.problems, ...index.problems, ...problems]) {
			tally.warn(`${message} Run "coffer verify" to see what it affects.`);
		}

		const known = snapshots.find(({source, time}) => source === request.source && time === request.time);
		if (known) {
			return summarize({addedBytes: 0, storedBytes: 0, known: known.id});
		}

		const previous = findPrevious(snapshots, request, runtime.identity.host);
		tally.expect(previous?.statistics);
		progress.enter('reading', tally.counts());
		const snapshot = await store({session, request, run, index, tally, progress, hasDeltas, previous, signal}, ({tree, addedBytes}) => withIncidents({
			id: runtime.randomBytes(16).toString('hex') as SnapshotId,
			time: request.time,
			source: request.source,
			kind: request.kind,
			class: request.class,
			host: runtime.identity.host,
			user: runtime.user,
			tags: request.tags,
			paths: request.paths,
			tree,
			program: request.program,
			...(request.classification && {classification: request.classification}),
			...(request.facts && {facts: request.facts()}),
			statistics: {files: tally.files, directories: tally.directories, bytes: tally.bytes, addedBytes, storedBytes: run.storedBytes, durationMs: duration(), unreadable: tally.unreadable},
			...(previous && {previous: {id: previous.id, sha256: previous.sha256}}),
		}, previous));
		const {id, source, time, statistics: {addedBytes}} = snapshot;
		const incidents = newIncidents(snapshot, previous);
		return summarize({snapshot: {id, source, time}, addedBytes, storedBytes: run.storedBytes, incidents, ...(previous && {previousBytes: previous.statistics.bytes})});
	} finally {
		await run.close();
	}
}
