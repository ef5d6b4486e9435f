import {closeSync, lstatSync, type Stats} from 'node:fs';
import {fromText, joinPath, toPath, type ByteString} from '../../byte-string.ts';
import {throwIfAborted} from '../../errors.ts';
import {encodeNode} from '../../repository/repository.ts';
import type {Runtime} from '../../runtime.ts';
import {listDirectory} from '../../sources/files/directory-listing.ts';
import {placeWithin, type DirectoryPlace} from '../../sources/files/directory-place.ts';
import {Exclusion} from '../../sources/files/exclusion.ts';
import {isUnchanged, toMetadata} from '../../sources/files/metadata.ts';
import {resolveSourcePath, type PathPlan} from '../../sources/files/path-plan.ts';
import {isVirtualFileSystem} from '../../sources/files/virtual-file-system.ts';
import type {FilesSource} from '../../sources/source.ts';
import type {NodeMetadata, TreeNode} from '../../tree-node.ts';
import type {BackupSink} from './backup-sink.ts';
import type {BackupTally} from './backup-tally.ts';
import {DirectoryTask} from './directory-task.ts';
import {EntryRecorder} from './entry-recorder.ts';
import type {PreviousEntries} from './previous-entries.ts';
import type {PreviousTree} from './previous-tree.ts';

const yieldAfterMs = 15;
/** The clock is looked at so often. */
const entriesBetweenPauses = 64;
/** A directory with a file that waits to be stored keeps its previous tree in memory: after so much of them all files that wait are stored first. */
const maximumOpenedBytes = 64 * 1024 * 1024;

export type WalkOptions = {
	readonly source: FilesSource;
	readonly plan: PathPlan;
	readonly previous: PreviousTree;
	readonly sink: BackupSink;
	readonly tally: BackupTally;
	readonly runtime: Runtime;
	/** Folders that are never entered: the repository itself. */
	readonly skippedFolders: ReadonlySet<ByteString>;
	readonly signal?: AbortSignal | undefined;
};

/** What holds for everything below a directory. */
type Scope = {
	readonly exclusion: Exclusion;
	/** Of the directory itself. */
	readonly device: number;
};

/** What a directory is to the snapshot. */
type Placing = {readonly previous: TreeNode | undefined; readonly isAncestor: boolean};

/** Where the previous snapshot has it, gone to it, and what it is to this one. */
type Found = {readonly previous: PreviousEntries | undefined; readonly isAncestor: boolean};

/**
Walks the source in this thread: lists, compares with the previous snapshot, and hands changed files to the sink. Symbolic links are recorded, never followed; pipes, sockets and devices are recorded, never opened.
*/
export class TreeWalker {
	readonly #options: WalkOptions;
	readonly #recorder: EntryRecorder;
	#lastYield: number;
	/** Previous trees since no file waited. */
	#openedBytes = 0;

	constructor(options: WalkOptions) {
		this.#options = options;
		this.#recorder = new EntryRecorder(options);
		this.#lastYield = options.runtime.monotonicMs();
	}

	/** @returns The root, `/`, once everything below it is stored; call the sink's `settle` meanwhile. @throws `aborted`, what the sink throws */
	async walk(): Promise<() => TreeNode> {
		const {plan, previous} = this.#options;
		let root: TreeNode | undefined;
		const task = this.#createTask({name: '' as ByteString, path: fromText('/'), systemPath: fromText('/')}, lstatSync('/'), {previous: await previous.root(), isAncestor: !plan.isWanted}, node => {
			root = node;
		});
		await this.#visitPlanned(task, plan);
		return () => {
			if (root === undefined) {
				throw new TypeError('The walk is not finished');
			}

			return root;
		};
	}

	/** A directory on the way to what is wanted, or the wanted thing itself. */
	async #visitPlanned(task: DirectoryTask, plan: PathPlan): Promise<void> {
		if (plan.isWanted) {
			const {source} = this.#options;
			const exclusion = Exclusion.none.with(task.place.path, source.excludes ?? []);
			await this.#visit(task, {exclusion, device: lstatSync(toPath(task.place.systemPath)).dev});
			return;
		}

		const entries = await this.#previousEntries(task);
		for (const [name, child] of [...plan.children].sort(([a], [b]) => a < b ? -1 : 1)) {
			const place = placeWithin(task.place, name);
			resolveSourcePath(place.path);
			const stats = lstatSync(toPath(place.systemPath));
			const previous = entries.seek(name) ? entries : undefined;
			if (stats.isDirectory()) {
				await this.#enter(task, place, stats, {previous, isAncestor: !child.isWanted}, async childTask => this.#visitPlanned(childTask, child));
			} else {
				await this.#recorder.record(task, name, stats, previous);
			}
		}

		task.arrive();
	}

	async #visit(task: DirectoryTask, scope: Scope): Promise<void> {
		const {sink} = this.#options;
		await this.#yield();
		const {names, exclusion} = this.#list(task, scope.exclusion);
		const entries = await this.#previousEntries(task);
		const inner = {...scope, exclusion};
		let count = 0;
		for (const name of names) {
			const waiting = this.#visitEntry(task, name, inner, entries);
			if (waiting) {
				await waiting;
			}

			if (++count % entriesBetweenPauses === 0 || sink.isFull) {
				await this.#yield();
			}
		}

		task.arrive();
	}

	/** @returns What to wait for before the next entry, if anything. */
	#visitEntry(task: DirectoryTask, name: ByteString, scope: Scope, entries: PreviousEntries): Promise<void> | undefined {
		const {place} = task;
		const path = joinPath(place.path, name);
		const systemPath = place.systemPath === place.path ? path : joinPath(place.systemPath, name);
		let stats: Stats;
		try {
			stats = lstatSync(toPath(systemPath));
		} catch (error) {
			this.#options.tally.noteError(path, error);
			return undefined;
		}

		const isDirectory = stats.isDirectory();
		if (scope.exclusion.isExcluded(path, isDirectory)) {
			return undefined;
		}

		const previous = entries.seek(name) ? entries : undefined;
		return isDirectory ? this.#visitDirectory(task, name, scope, {stats, previous}) : this.#recorder.record(task, name, stats, previous);
	}

	async #visitDirectory(task: DirectoryTask, name: ByteString, scope: Scope, {stats, previous}: {readonly stats: Stats; readonly previous: PreviousEntries | undefined}): Promise<void> {
		const path = joinPath(task.place.path, name);
		if (this.#options.skippedFolders.has(path)) {
			this.#options.tally.skip(path, 'it is the repository itself');
			return;
		}

		const place = placeWithin(task.place, name);
		const isLeftOut = stats.dev !== scope.device && this.#isForeign(place.systemPath);
		await this.#enter(task, place, stats, {previous, isAncestor: false}, async child => {
			if (isLeftOut) {
				child.arrive();
			} else {
				await this.#visit(child, {...scope, device: stats.dev});
			}
		});
	}

	/** Whether a mount point is recorded as an empty directory. */
	#isForeign(systemPath: ByteString): boolean {
		return (this.#options.source.oneFileSystem ?? false) || isVirtualFileSystem(systemPath);
	}

	async #enter(task: DirectoryTask, place: DirectoryPlace, stats: Stats, {previous, isAncestor}: Found, visit: (child: DirectoryTask) => Promise<void>): Promise<void> {
		let child: DirectoryTask;
		try {
			const position = previous?.position;
			child = this.#createTask(place, stats, {previous: previous?.node, isAncestor}, (node, isReused) => {
				if (isReused && position !== undefined) {
					task.addReused(position);
				} else {
					task.add(place.name, encodeNode(node));
				}

				task.arrive();
			});
		} catch (error) {
			if (place.descriptor !== undefined) {
				closeSync(place.descriptor);
			}

			this.#options.tally.noteError(place.path, error);
			return;
		}

		task.expect();
		await visit(child);
	}

	#createTask(place: DirectoryPlace, stats: Stats, options: Placing, onDone: (node: TreeNode, isReused: boolean) => void): DirectoryTask {
		const {sink, tally, runtime} = this.#options;
		const {previous} = options;
		const isSame = previous !== undefined && isUnchanged(previous, 'directory', stats);
		const metadata = isSame ? previous : toMetadata(lstatSync(toPath(place.systemPath), {bigint: true}), 'directory', place.systemPath, runtime.now());
		tally.countDirectory();
		return new DirectoryTask(place, stripEntry(metadata), {...options, storeTree: blobs => sink.storeTree(blobs), onDone});
	}

	/** The names in a directory and the rules that hold in it; what cannot be listed is named and counts as empty. */
	#list(task: DirectoryTask, exclusion: Exclusion): {readonly names: readonly ByteString[]; readonly exclusion: Exclusion} {
		try {
			return listDirectory(task.place, this.#options.source, exclusion);
		} catch (error) {
			this.#options.tally.noteError(task.place.path, error);
			return {names: [], exclusion};
		}
	}

	async #previousEntries(task: DirectoryTask): Promise<PreviousEntries> {
		const {previous, sink} = this.#options;
		const entries = await previous.entries(task.previous);
		task.comparePrevious(entries);
		this.#openedBytes += entries.sizeBytes;
		if (this.#openedBytes > maximumOpenedBytes) {
			await sink.settle();
			this.#openedBytes = 0;
		}

		return entries;
	}

	/** Let results come in and others have their turn, where it is time to. */
	async #yield(): Promise<void> {
		const {runtime, sink, signal} = this.#options;
		throwIfAborted(signal);
		if (sink.isFull) {
			await sink.drain();
		}

		if (runtime.monotonicMs() - this.#lastYield > yieldAfterMs) {
			await runtime.yieldToEvents();
			this.#lastYield = runtime.monotonicMs();
		}
	}
}

/** Of an entry only what the file system says; what it contained before is not part of it. */
function stripEntry(node: NodeMetadata & Partial<TreeNode>): NodeMetadata {
	const {tree: _tree, isAncestor: _isAncestor, ...metadata} = node;
	return metadata;
}
