import {lstatSync, type Stats} from 'node:fs';
import {joinPath, toPath, type ByteString} from '../../byte-string.ts';
import {encodeNode, minimumDeltaBytes} from '../../repository/repository.ts';
import type {Runtime} from '../../runtime.ts';
import {isUnchanged, toMetadata, typeOf} from '../../sources/files/metadata.ts';
import type {NodeType, TreeNode} from '../../tree-node.ts';
import type {BackupSink} from './backup-sink.ts';
import type {BackupTally} from './backup-tally.ts';
import type {DirectoryTask} from './directory-task.ts';
import {HardLinks} from './hard-links.ts';
import type {PreviousTree} from './previous-tree.ts';
import type {FileToStore} from './store-file.ts';

export type RecorderOptions = {
	readonly previous: PreviousTree;
	readonly sink: BackupSink;
	readonly tally: BackupTally;
	readonly runtime: Runtime;
};

/** What a changed file had before, where it may serve. */
function toVersion({size}: Stats, previous: TreeNode | undefined): Pick<FileToStore, 'previous'> {
	const {content, contents} = previous ?? {};
	return size >= minimumDeltaBytes && (content || contents) ? {previous: {...(content && {content}), ...(contents && {contents})}} : {};
}

/** Records the entries of a directory that are no directories themselves. */
export class EntryRecorder {
	readonly #options: RecorderOptions;
	readonly #hardLinks = new HardLinks();

	constructor(options: RecorderOptions) {
		this.#options = options;
	}

	/**
	Take the entry over from the previous snapshot, record it, or hand its content to the sink.
	@param previous - The same name in the previous snapshot.
	*/
	async record(task: DirectoryTask, name: ByteString, stats: Stats, previous: TreeNode | undefined): Promise<void> {
		const type = typeOf(stats);
		const path = joinPath(task.place.path, name);
		if (type === undefined) {
			this.#options.tally.skip(path, 'it is of a kind that is not known');
			return;
		}

		if (previous && isUnchanged(previous, type, stats) && await this.#options.previous.hasContent(previous)) {
			this.#options.tally.countFile(path, type === 'file' ? stats.size : 0);
			task.addReused(previous);
			return;
		}

		if (type === 'file') {
			this.#storeFile(task, name, stats, previous);
			return;
		}

		this.#recordOther(task, name, type);
	}

	#recordOther(task: DirectoryTask, name: ByteString, type: NodeType): void {
		const {tally, runtime} = this.#options;
		const path = joinPath(task.place.path, name);
		const systemPath = joinPath(task.place.systemPath, name);
		try {
			const stats = lstatSync(toPath(systemPath), {bigint: true});
			if (typeOf(stats) === type) {
				task.add(name, encodeNode({...toMetadata(stats, type, systemPath, runtime.now()), name}));
				tally.countFile(path, 0);
			} else {
				tally.change(path, 'it became something else while its directory was read; it is left out');
			}
		} catch (error) {
			this.#options.tally.noteError(path, error);
		}
	}

	#storeFile(task: DirectoryTask, name: ByteString, stats: Stats, previous: TreeNode | undefined): void {
		const {sink, tally} = this.#options;
		const path = joinPath(task.place.path, name);
		const systemPath = joinPath(task.place.systemPath, name);
		task.expect();
		tally.expectFile(stats.size);
		this.#hardLinks.store(sink, {systemPath, name, ...toVersion(stats, previous)}, stats, result => {
			tally.settleFile(stats.size);
			switch (result.kind) {
				case 'stored': {
					task.add(name, result.json);
					tally.countFile(path, result.size);
					if (result.isChanged) {
						tally.change(path, 'it changed while it was read; what was read is in the snapshot');
					}

					break;
				}

				case 'gone': {
					tally.change(path, 'it vanished or became something else while its directory was read; it is left out');
					break;
				}

				case 'unreadable': {
					tally.fail(path, result.message);
					break;
				}
			}

			task.arrive();
		});
	}
}
