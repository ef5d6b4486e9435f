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
import type {PreviousTree} from './previous-tree.ts';

const yieldAfterMs = 15;

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

/**
Walks the source in this thread: lists, compares with the previous snapshot, and hands changed files to the sink. Symbolic links are recorded, never followed; pipes, sockets and devices are recorded, never opened.
*/
export class TreeWalker {
	readonly #options: WalkOptions;
	readonly #recorder: EntryRecorder;
	#lastYield: number;

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
		for (const [name, child] of plan.children) {
			const place = placeWithin(task.place, name);
			resolveSourcePath(place.path);
			const stats = lstatSync(toPath(place.systemPath));
			if (stats.isDirectory()) {
				await this.#enter(task, place, stats, {previous: entries.get(name), isAncestor: !child.isWanted}, async childTask => this.#visitPlanned(childTask, child));
			} else {
				await this.#recorder.record(task, name, stats, entries.get(name));
			}
		}

		task.arrive();
	}

	async #visit(task: DirectoryTask, scope: Scope): Promise<void> {
		const {sink, signal} = this.#options;
		throwIfAborted(signal);
		await this.#yield();
		if (sink.isFull) {
			await sink.drain();
		}

		const {names, exclusion} = this.#list(task, scope.exclusion);
		const entries = await this.#previousEntries(task);
		for (const name of names) {
			await this.#visitEntry(task, name, {...scope, exclusion}, entries.get(name));
		}

		task.arrive();
	}

	async #visitEntry(task: DirectoryTask, name: ByteString, scope: Scope, previous: TreeNode | undefined): Promise<void> {
		const path = joinPath(task.place.path, name);
		let stats: Stats;
		try {
			stats = lstatSync(toPath(joinPath(task.place.systemPath, name)));
		} catch (error) {
			this.#options.tally.noteError(path, error);
			return;
		}

		const isDirectory = stats.isDirectory();
		if (scope.exclusion.isExcluded(path, isDirectory)) {
			return;
		}

		if (!isDirectory) {
			return this.#recorder.record(task, name, stats, previous);
		}

		if (this.#options.skippedFolders.has(path)) {
			this.#options.tally.skip(path, 'it is the repository itself');
			return;
		}

		const isLeftOut = stats.dev !== scope.device && this.#isForeign(joinPath(task.place.systemPath, name));
		await this.#enter(task, placeWithin(task.place, name), stats, {previous, isAncestor: false}, async child => {
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

	async #enter(task: DirectoryTask, place: DirectoryPlace, stats: Stats, options: Placing, visit: (child: DirectoryTask) => Promise<void>): Promise<void> {
		let child: DirectoryTask;
		try {
			child = this.#createTask(place, stats, options, (node, isReused) => {
				if (isReused) {
					task.addReused(node);
				} else {
					task.add(node.name, encodeNode(node));
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

	async #previousEntries(task: DirectoryTask): Promise<ReadonlyMap<ByteString, TreeNode>> {
		const entries = await this.#options.previous.entries(task.previous);
		task.comparePrevious(entries.size);
		return entries;
	}

	async #yield(): Promise<void> {
		const {runtime} = this.#options;
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
