import {fromText} from '../../byte-string.ts';
import {CofferError, throwIfAborted} from '../../errors.ts';
import type {EventListener} from '../../events.ts';
import {shortId} from '../../ids.ts';
import {BlobHasher, findSnapshot, listSnapshots, LoadedIndex, type RepositorySession, type StoredSnapshot} from '../../repository/repository.ts';
import type {FilesSource} from '../../sources/source.ts';
import {FolderReader} from '../browse/folder-reader.ts';
import {ProgressReporter} from '../progress.ts';
import {requireReader} from '../abilities.ts';
import {createBlobReader, requireIdKey} from '../reading.ts';
import {Pacer} from '../restore/pacer.ts';
import {TreeSource} from '../restore/tree-source.ts';
import {ContentComparer} from './content-comparison.ts';
import {ComparisonTally, problemKinds, type SourceComparison, type SourceDifference} from './difference.ts';
import {SourceWalk} from './source-walk.ts';

export type CompareSourceRequest = {
	/** As `findSnapshot` takes them. @default the newest of each configured source on this host; where none is configured, of each source that was backed up here */
	readonly snapshots?: readonly string[];
	/** What is configured: their rules say what on disk is no part of a backup. Snapshots do not record them. @default none */
	readonly sources?: readonly FilesSource[];
	/** Receives what differs, in the order of the paths. */
	readonly onDifference?: (difference: SourceDifference) => void;
};

export type CompareSourceSummary = {
	/** One a snapshot. */
	readonly compared: readonly SourceComparison[];
	/** What nobody's work explains, at most 1,000. */
	readonly problems: readonly SourceDifference[];
	/** How many of them there are. */
	readonly problemsTotal: number;
	/** What is worth knowing besides, in sentences. */
	readonly notes: readonly string[];
	readonly durationMs: number;
};

export type CompareSourceOptions = {
	readonly signal?: AbortSignal;
	readonly onEvent?: EventListener;
};

const maximumProblems = 1000;

type Choice = {readonly snapshot: StoredSnapshot; readonly configured: FilesSource | undefined};

function choose(snapshots: readonly StoredSnapshot[], {snapshots: references, sources = []}: CompareSourceRequest, host: string, note: (text: string) => void): Choice[] {
	const configuredAs = (name: string) => sources.find(source => source.name === name);
	const isHere = (snapshot: StoredSnapshot) => snapshot.host === host && snapshot.kind === 'files';
	if (references) {
		const chosen = [...new Set(references.map(reference => findSnapshot(snapshots, reference)))];
		const unfit = chosen.find(({kind}) => kind !== 'files');
		if (unfit) {
			throw new CofferError('usage', `The snapshot ${shortId(unfit.id)} of "${unfit.source}" is of the kind ${unfit.kind}: it holds no files as they stand on a disk, so there is nothing to compare it with. "coffer verify" proves that it can be read; "coffer restore" brings it into a place of its own.`);
		}

		for (const {id, host: other} of chosen.filter(snapshot => !isHere(snapshot))) {
			note(`The snapshot ${shortId(id)} was made on ${other}; it is compared with what is on this host, ${host}.`);
		}

		return chosen.map(snapshot => ({snapshot, configured: configuredAs(snapshot.source)}));
	}

	const here = snapshots.filter(snapshot => isHere(snapshot));
	const unfit = new Map(snapshots.filter(({host: other, kind, source}) => other === host && kind !== 'files' && !configuredAs(source)).map(({source, kind}) => [source, kind]));
	if (unfit.size > 0) {
		note(`Not compared, as their snapshots hold no files as they stand on a disk: ${[...unfit].map(([name, kind]) => `"${name}" (${kind})`).join(', ')}.`);
	}

	const names = sources.length > 0 ? sources.map(({name}) => name) : [...new Set(here.map(({source}) => source))];
	return names.flatMap(name => {
		const snapshot = here.findLast(candidate => candidate.source === name);
		if (snapshot === undefined) {
			note(`There is no snapshot of "${name}" from this host to compare with.`);
			return [];
		}

		return [{snapshot, configured: configuredAs(name)}];
	});
}

/**
Compare snapshots with what is on disk now: names, metadata, and the content of files whose size and mtime are the same. Nothing is written, neither to the repository nor to the source.
What people and programs changed since the backup is no problem; what changed by itself is.
@throws `snapshot-missing`, `snapshot-ambiguous`; `usage` for a snapshot of another kind than files that is asked for; `key-role` for a key that cannot read contents; `aborted`; what the storage throws
*/
export async function compareSource(session: RepositorySession, request: CompareSourceRequest, {signal, onEvent}: CompareSourceOptions = {}): Promise<CompareSourceSummary> {
	const {runtime, keyring, storage} = session;
	const startMs = runtime.monotonicMs();
	requireReader(keyring);
	const hasher = new BlobHasher(requireIdKey(keyring));
	const notes: string[] = [];
	const {snapshots} = await listSnapshots(session, signal);
	const choices = choose(snapshots, request, runtime.identity.host, note => {
		notes.push(note);
	});
	const index = await LoadedIndex.load(session, {...(signal && {signal})});
	const blobs = createBlobReader(session, index);
	const trees = new TreeSource(index, blobs);
	const progress = new ProgressReporter(runtime, onEvent, 'checking');
	const pacer = new Pacer(runtime, signal);
	const problems: SourceDifference[] = [];
	let problemsTotal = 0;
	const done = {files: 0, bytes: 0};
	const onDifference = (difference: SourceDifference) => {
		if (problemKinds.has(difference.kind)) {
			problemsTotal++;
			if (problems.length < maximumProblems) {
				problems.push(difference);
			}
		}

		request.onDifference?.(difference);
	};

	progress.enter('checking', {...done});
	const compared: SourceComparison[] = [];
	for (const {snapshot, configured} of choices) {
		throwIfAborted(signal);
		const {id, source, time, paths} = snapshot;
		const tally = new ComparisonTally(id, onDifference);
		const contents = new ContentComparer({blobs, hasher, pacer, onBytes(byteCount) {
			done.bytes += byteCount;
			tally.counts.bytes += byteCount;
			progress.update(() => ({...done}));
		}});
		const folders = new FolderReader({source: trees, runtime, signal, onLoss(path, message) {
			tally.add('lost', path, `a part of the directory cannot be read from the repository: ${message}`);
		}});
		await new SourceWalk({
			source: configured ? {...configured, paths} : {kind: 'files', name: source, paths},
			isConfigured: configured !== undefined,
			folders, trees, contents, tally,
			skippedFolders: new Set(storage.url.startsWith('/') ? [fromText(storage.url)] : []),
			onEntry() {
				done.files++;
				progress.update(() => ({...done}));
			},
		}).walk(snapshot.tree);
		compared.push({snapshot: id, source, time, ...tally.counts});
	}

	return {compared, problems, problemsTotal, notes, durationMs: Math.round(runtime.monotonicMs() - startMs)};
}
