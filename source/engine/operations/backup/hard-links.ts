import type {Stats} from 'node:fs';
import {encodeNode} from '../../repository/repository.ts';
import type {TreeNode} from '../../tree-node.ts';
import type {BackupSink} from './backup-sink.ts';
import type {ContentLook} from './content-look.ts';
import type {FileToStore} from './store-file.ts';
import type {StoredFile} from './store-job.ts';

type OnResult = (result: StoredFile) => void;

/** What is known of a file with several names: being stored for one of them, or stored. */
type Linked = {readonly waiting: Array<{readonly file: FileToStore; readonly onResult: OnResult}>; stored?: {readonly node: TreeNode; readonly look?: ContentLook | undefined}};

/** Has each file with several hard links read once, for the first of its names. */
export class HardLinks {
	readonly #known = new Map<string, Linked>();

	store(sink: BackupSink, file: FileToStore, stats: Stats, onResult: OnResult): void {
		if (stats.nlink <= 1) {
			sink.addFile(file, stats.size, onResult);
			return;
		}

		const key = `${stats.dev}:${stats.ino}`;
		const known = this.#known.get(key);
		if (known?.stored) {
			onResult(this.#rename(known.stored, file));
		} else if (known) {
			known.waiting.push({file, onResult});
		} else {
			this.#storeFirst(sink, file, {key, size: stats.size}, onResult);
		}
	}

	#storeFirst(sink: BackupSink, file: FileToStore, {key, size}: {readonly key: string; readonly size: number}, onResult: OnResult): void {
		const linked: Linked = {waiting: []};
		this.#known.set(key, linked);
		sink.addFile(file, size, result => {
			onResult(result);
			this.#settle(sink, linked, {key, size}, result);
		});
	}

	#settle(sink: BackupSink, linked: Linked, {key, size}: {readonly key: string; readonly size: number}, result: StoredFile): void {
		const waiting = linked.waiting.splice(0);
		if (result.kind === 'stored' && result.node) {
			const stored = {node: result.node, look: result.look};
			linked.stored = stored;
			for (const {file, onResult} of waiting) {
				onResult(this.#rename(stored, file));
			}
		} else {
			// That name was gone, or the file lost its other names: each of those that wait is tried for itself.
			this.#known.delete(key);
			for (const {file, onResult} of waiting) {
				sink.addFile(file, size, onResult);
			}
		}
	}

	#rename({node, look}: NonNullable<Linked['stored']>, {name}: FileToStore): StoredFile {
		return {kind: 'stored', json: encodeNode({...node, name}), size: node.size ?? 0, isChanged: false, ...(look && {look})};
	}
}
