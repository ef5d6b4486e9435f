import {rmdirSync} from 'node:fs';
import {throwIfAborted} from '../../errors.ts';
import type {ByteString} from '../../byte-string.ts';
import type {BlobId} from '../../ids.ts';
import {BlobHasher, type BlobReader, type LoadedIndex, type RepositorySession} from '../../repository/repository.ts';
import type {ProgressReporter} from '../progress.ts';
import {requireIdKey} from '../reading.ts';
import {EntryMaker} from './entry-maker.ts';
import {FileWriter, type FileOrder} from './file-writer.ts';
import {FolderMaker} from './folder-maker.ts';
import type {GuardedFolders} from './guarded-folders.ts';
import {Outcomes} from './outcomes.ts';
import type {Pacer} from './pacer.ts';
import {pathIn, type LinkGroup, type PlannedDeletion, type PlannedEntry, type RestorePlan} from './plan.ts';
import {removeTree} from './removal.ts';
import {RestoreControl} from './restore-control.ts';
import {snapshotPath, type RestoreReport} from './restore-report.ts';
import type {RestoreRequest} from './restore-request.ts';
import type {Selection} from './selection.ts';
import {findMaker} from './special-files.ts';
import {assertTargetUsable, describeFailure} from './system-failure.ts';
import type {Target} from './target.ts';
import {writeFiles, type FileTask} from './write-files.ts';

export type ExecutionOptions = {
	readonly session: RepositorySession;
	readonly index: LoadedIndex;
	readonly blobs: BlobReader;
	readonly request: RestoreRequest;
	readonly selection: Selection;
	readonly plan: RestorePlan;
	/** The chunks of each file in the plan, the further names of link groups among them. */
	readonly contents: ReadonlyMap<PlannedEntry, readonly BlobId[]>;
	readonly target: Target & {readonly descriptor: number};
	readonly folders: GuardedFolders;
	readonly report: RestoreReport;
	readonly progress: ProgressReporter;
	readonly pacer: Pacer;
	readonly hasOwnership: boolean;
	readonly signal: AbortSignal | undefined;
	/** As `countThreads` takes it. */
	readonly threads: number | undefined;
};

/** Carries a plan out: directories, files, what has no content, further names, deletions, and last the metadata of the directories. */
export class Execution {
	readonly #options: ExecutionOptions;
	readonly #control = new RestoreControl();
	readonly #folderMaker: FolderMaker;
	readonly #entryMaker: EntryMaker;
	readonly #outcomes: Outcomes;
	readonly #totals: {readonly totalFiles: number; readonly totalBytes: number};

	constructor(options: ExecutionOptions) {
		const {folders, request, plan, report, target, hasOwnership, session} = options;
		this.#options = options;
		this.#folderMaker = new FolderMaker({
			folders, hasOwnership, report,
			planned: plan.folders,
			policy: request.overwrite ?? 'never',
			targetPath: target.path,
			pause: async () => this.#pause(),
		});
		this.#outcomes = new Outcomes(report, this.#control, this.#folderMaker);
		this.#entryMaker = new EntryMaker({
			folders, hasOwnership, runtime: session.runtime, maker: findMaker(),
			warn({folder, node}, message) {
				report.warn(snapshotPath(pathIn(folder, node.name)), message);
			},
		});
		const others = plan.linkGroups.reduce((sum, group) => sum + group.others.length, 0);
		this.#totals = {totalFiles: plan.entries.length + others, totalBytes: plan.entries.reduce((sum, {node}) => sum + (node.size ?? 0), 0)};
	}

	/** @throws `aborted`, `target-unusable`; what the storage throws that may pass */
	async run(): Promise<void> {
		const {session, progress, signal} = this.#options;
		const stop = () => {
			this.#control.stop();
		};

		const stopTicking = session.runtime.every(50, () => {
			progress.update(() => this.#counts());
		});
		signal?.addEventListener('abort', stop);
		try {
			progress.enter('writing', this.#counts());
			throwIfAborted(signal);
			await this.#folderMaker.makeAll();
			await this.#clearObstacles();
			await this.#writeFiles();
			await this.#makeOthers();
			await this.#makeLinks();
			this.#entryMaker.close();
			await this.#delete();
			await this.#folderMaker.finishAll();
		} catch (error) {
			this.#entryMaker.close();
			this.#folderMaker.finishMade();
			throw error;
		} finally {
			signal?.removeEventListener('abort', stop);
			stopTicking();
		}
	}

	#counts() {
		return {files: this.#control.files, bytes: this.#control.bytes, ...this.#totals};
	}

	/** Directories that stand where something else belongs. */
	async #clearObstacles(): Promise<void> {
		const {plan, folders, request, target} = this.#options;
		const others = plan.linkGroups.flatMap(group => group.others);
		for (const entry of [...plan.entries, ...others]) {
			if (entry.isObstructed && this.#outcomes.isPossible(entry)) {
				try {
					if (request.delete) {
						// What remains is told by the attempt to take its place.
						await this.#remove(entry, () => undefined);
					} else {
						folders.forget(pathIn(entry.folder, entry.name));
						rmdirSync(folders.at(entry.folder.path, entry.name));
					}
				} catch (error) {
					assertTargetUsable(error, target.path);
					this.#outcomes.fail(entry, {result: 'failed', message: describeFailure(error)});
				}
			}
		}
	}

	async #writeFiles(): Promise<void> {
		const {session, index, blobs, plan, target, hasOwnership, threads} = this.#options;
		const tasks: FileTask[] = [];
		for (const entry of plan.entries) {
			const {node} = entry;
			if (node.type === 'file' && this.#outcomes.isPossible(entry)) {
				tasks.push({entry, content: this.#contentOf(entry), sizeBytes: node.size ?? 0});
			}
		}

		const toOrder = (entry: PlannedEntry): FileOrder => this.#toOrder(entry);
		await writeFiles(tasks, {session, index, blobs, control: this.#control, root: target.descriptor, targetPath: target.path, hasOwnership, threads, toOrder}, (entry, outcome) => {
			this.#outcomes.settle(entry, outcome);
		});
	}

	#contentOf(entry: PlannedEntry): readonly BlobId[] {
		return this.#options.contents.get(entry) ?? [];
	}

	#toOrder(entry: PlannedEntry): FileOrder {
		const {folder, name, action} = entry;
		const {type, mode, uid, gid, mtimeNs, size, isSparse, xattrs} = entry.node;
		const node = {type, mode, uid, gid, mtimeNs, ...(size !== undefined && {size}), ...(isSparse && {isSparse}), ...(xattrs && {xattrs})};
		return {folder: folder.path, name, node, content: this.#contentOf(entry), action: action === 'identical' ? 'compare' : action};
	}

	async #makeOthers(): Promise<void> {
		for (const entry of this.#options.plan.entries) {
			if (entry.node.type === 'file' || !this.#outcomes.isPossible(entry)) {
				continue;
			}

			await this.#make(entry);
			await this.#pause();
		}
	}

	async #make(entry: PlannedEntry): Promise<void> {
		const {target} = this.#options;
		if (entry.node.type !== 'symlink' && findMaker() === undefined) {
			this.#outcomes.skip(entry, 'this machine has no mknod program to make it with.');
			return;
		}

		try {
			this.#outcomes.settle(entry, {result: await this.#entryMaker.make(entry)});
		} catch (error) {
			assertTargetUsable(error, target.path);
			this.#outcomes.settle(entry, {result: 'failed', message: describeFailure(error)});
		}

		this.#control.countFile();
	}

	async #makeLinks(): Promise<void> {
		const {folders, blobs, session, hasOwnership, target, plan} = this.#options;
		const writer = new FileWriter({
			folders, blobs, hasOwnership, control: this.#control, runtime: session.runtime, targetPath: target.path,
			hasher: new BlobHasher(requireIdKey(session.keyring)),
		});
		try {
			for (const group of plan.linkGroups) {
				await this.#makeLinkGroup(group, writer);
				await this.#pause();
			}
		} finally {
			writer.close();
		}
	}

	async #makeLinkGroup({first, others}: LinkGroup, writer: FileWriter): Promise<void> {
		const {target} = this.#options;
		let source = first;
		for (const entry of others) {
			const failure = this.#outcomes.failureOf(source);
			if (failure?.isDamaged) {
				this.#outcomes.fail(entry, failure);
				continue;
			}

			if (!this.#outcomes.isPossible(entry)) {
				continue;
			}

			try {
				const result = failure || this.#folderMaker.isBlocked(source.folder) ? undefined : this.#entryMaker.link(source, entry);
				if (result !== undefined) {
					this.#outcomes.settle(entry, {result});
					this.#control.countFile();
					continue;
				}
			} catch (error) {
				assertTargetUsable(error, target.path);
				this.#outcomes.fail(entry, {result: 'failed', message: describeFailure(error)});
				continue;
			}

			source = entry;
			if (entry.node.type === 'file') {
				this.#outcomes.settle(entry, await writer.write(this.#toOrder(entry)));
			} else {
				await this.#make(entry);
			}
		}
	}

	async #delete(): Promise<void> {
		const {plan, report} = this.#options;
		for (const deletion of plan.deletions) {
			if (!this.#folderMaker.isBlocked(deletion.folder)) {
				await this.#remove(deletion, (path, error) => {
					report.fail(snapshotPath(path), `it is not in the snapshot and could not be deleted: ${describeFailure(error)}`);
				});
			}
		}
	}

	async #remove({folder, name}: PlannedDeletion, onFailure: (path: ByteString, error: unknown) => void): Promise<void> {
		const {folders, pacer, target, selection, report} = this.#options;
		await removeTree(pathIn(folder, name), {
			folders,
			pacer,
			repository: target.repository,
			isKept: (path, isDirectory) => selection.isExcluded(path, isDirectory),
			onRemoved() {
				report.deleted++;
			},
			onFailure(path, error) {
				assertTargetUsable(error, target.path);
				onFailure(path, error);
			},
		});
	}

	async #pause(): Promise<void> {
		const {pacer, progress} = this.#options;
		if (pacer.isDue) {
			await pacer.pause();
			progress.update(() => this.#counts());
		}
	}
}
