import {lstatSync, type Stats} from 'node:fs';
import {joinPath, toPath, type ByteString} from '../../byte-string.ts';
import {encodeNode, minimumDeltaBytes} from '../../repository/repository.ts';
import type {Runtime} from '../../runtime.ts';
import {toMetadata, typeOf} from '../../sources/files/metadata.ts';
import type {NodeType} from '../../tree-node.ts';
import type {BackupSink} from './backup-sink.ts';
import type {BackupTally} from './backup-tally.ts';
import type {DirectoryTask} from './directory-task.ts';
import {HardLinks} from './hard-links.ts';
import type {PreviousEntries} from './previous-entries.ts';
import type {PreviousTree} from './previous-tree.ts';
import type {FileToStore} from './store-file.ts';
import type {StoredFile} from './store-job.ts';

export type RecorderOptions = {
	readonly previous: PreviousTree;
	readonly sink: BackupSink;
	readonly tally: BackupTally;
	readonly runtime: Runtime;
};

/** So many digits of an id tell whether it is the same: it waits in a long queue. */
const shortIdLength = 16;

/** What a changed file had before, where it may serve. */
function toVersion({size}: Stats, previous: PreviousEntries | undefined): Pick<FileToStore, 'previous'> {
	const {content, contents} = (size >= minimumDeltaBytes && previous?.node) || {};
	return content || contents ? {previous: {...(content && {content}), ...(contents && {contents})}} : {};
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
	@param previous - Where the previous snapshot has the same name: gone to it.
	@returns What to wait for before the next entry, if anything.
	*/
	record(task: DirectoryTask, name: ByteString, stats: Stats, previous: PreviousEntries | undefined): Promise<void> | undefined {
		const type = typeOf(stats);
		if (type === undefined) {
			this.#options.tally.skip(joinPath(task.place.path, name), 'it is of a kind that is not known');
			return undefined;
		}

		if (previous !== undefined && previous.type !== 'directory') {
			this.#options.tally.contents.meet();
		}

		if (!previous?.isUnchanged(type, stats)) {
			this.#recordNew(task, name, stats, previous);
			return undefined;
		}

		if (previous.hasContentLists) {
			return this.#recordLong(task, name, stats, previous);
		}

		this.#recordSame(task, name, stats, {previous, hasContent: previous.hasContent()});
		return undefined;
	}

	/** A file whose chunks are named in blobs of their own: they have to be read. */
	async #recordLong(task: DirectoryTask, name: ByteString, stats: Stats, previous: PreviousEntries): Promise<void> {
		this.#recordSame(task, name, stats, {previous, hasContent: await this.#options.previous.hasContent(previous.node)});
	}

	/** An entry that is as it was. */
	#recordSame(task: DirectoryTask, name: ByteString, stats: Stats, {previous, hasContent}: {readonly previous: PreviousEntries; readonly hasContent: boolean}): void {
		const {type} = previous;
		if (hasContent) {
			this.#options.tally.countFile(task.place.path, name, type === 'file' ? stats.size : 0);
			task.addReused(previous.position);
		} else {
			this.#recordNew(task, name, stats, previous);
		}
	}

	#recordNew(task: DirectoryTask, name: ByteString, stats: Stats, previous: PreviousEntries | undefined): void {
		const type = typeOf(stats);
		if (type === 'file') {
			this.#storeFile(task, name, stats, previous);
		} else if (type !== undefined) {
			this.#recordOther(task, name, type);
		}
	}

	#recordOther(task: DirectoryTask, name: ByteString, type: NodeType): void {
		const {tally, runtime} = this.#options;
		const path = joinPath(task.place.path, name);
		const systemPath = joinPath(task.place.systemPath, name);
		try {
			const stats = lstatSync(toPath(systemPath), {bigint: true});
			if (typeOf(stats) === type) {
				task.add(name, encodeNode({...toMetadata(stats, type, systemPath, runtime.now()), name}));
				tally.countFile(task.place.path, name, 0);
			} else {
				tally.change(path, 'it became something else while its directory was read; it is left out');
			}
		} catch (error) {
			this.#options.tally.noteError(path, error);
		}
	}

	#storeFile(task: DirectoryTask, name: ByteString, stats: Stats, previous: PreviousEntries | undefined): void {
		const {sink, tally} = this.#options;
		const {systemPath} = task.place;
		const {size} = stats;
		const wasThere = previous?.type === 'file';
		const firstChunk = wasThere ? previous.firstChunk() : undefined;
		if (wasThere) {
			tally.contents.notice(() => firstChunk);
		}

		task.expect();
		tally.expectFile(size);
		// It waits in a long queue: what it holds is kept small.
		const known = firstChunk !== undefined && {firstChunk: firstChunk.slice(0, shortIdLength)};
		this.#hardLinks.store(sink, {systemPath: joinPath(systemPath, name), name, ...toVersion(stats, previous), ...known}, stats, result => {
			tally.settleFile(size);
			this.#settle(task, name, result, wasThere);
			task.arrive();
		});
	}

	#settle(task: DirectoryTask, name: ByteString, result: StoredFile, wasThere: boolean): void {
		const {tally} = this.#options;
		const folder = task.place.path;
		switch (result.kind) {
			case 'stored': {
				task.add(name, result.json);
				tally.countFile(folder, name, result.size);
				tally.contents.count(result.size, result.look ?? {content: 'known'}, wasThere);
				if (result.isChanged) {
					tally.change(joinPath(folder, name), 'it changed while it was read; what was read is in the snapshot');
				}

				break;
			}

			case 'gone': {
				tally.change(joinPath(folder, name), 'it vanished or became something else while its directory was read; it is left out');
				break;
			}

			case 'unreadable': {
				tally.fail(joinPath(folder, name), result.message);
				break;
			}
		}
	}
}
