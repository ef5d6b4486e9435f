import {Buffer, isUtf8} from 'node:buffer';
import type {ByteString} from '../byte-string.ts';
import {toStatMilliseconds} from '../stat-time.ts';
import type {RecordedState, TreeNode} from '../tree-node.ts';
import {EntryScanner} from './entry-scanner.ts';
import {JsonScanner} from './json-scanner.ts';
import {assertNamesAscend, decodeEntry, decodeTree, encodeNode} from './tree.ts';

const open = Buffer.from('{"entries":[');
const close = Buffer.from(']}');
const comma = 0x2C;

/** What tells whether a file is unchanged. */
export type ScannedEntry = RecordedState & {
	/** Whether its chunks are named by blobs of their own, and not by `TreeScanner.contentId`. */
	readonly hasContentLists: boolean;
	/** How many chunks `TreeScanner.contentId` tells; below 0 for what has no content of its own. */
	readonly contentCount: number;
};

function toScanned({type, ctimeNs, mtimeNs, inode, device, size, content, contents}: TreeNode): ScannedEntry {
	return {
		type,
		ctimeMs: ctimeNs === undefined ? Number.NaN : toStatMilliseconds(ctimeNs),
		mtimeMs: toStatMilliseconds(mtimeNs),
		inode: Number(inode),
		device: Number(device),
		size: size ?? -1,
		hasContentLists: contents !== undefined,
		contentCount: content?.length ?? -1,
	};
}

/**
Goes through the entries of one tree blob in their order, and reads of each only what tells whether a file is unchanged. That costs a tenth of decoding, which makes objects of all.
What `EntryScanner` does not take, `decodeTree` does: from there on entries are decoded.
*/
export class TreeScanner {
	readonly #bytes: Buffer;
	readonly #what: string;
	readonly #json: JsonScanner;
	readonly #scanner: EntryScanner;
	#number = -1;
	/** All entries, once one was met that is not scanned. */
	#nodes: readonly TreeNode[] | undefined;
	#node: TreeNode | undefined;
	#decoded: ScannedEntry | undefined;

	/**
	@param bytes - Not to be changed meanwhile.
	@param what - Names the tree in errors.
	*/
	constructor(bytes: Buffer, what: string) {
		this.#bytes = bytes;
		this.#what = what;
		this.#json = new JsonScanner(bytes);
		this.#scanner = new EntryScanner(bytes, this.#json);
		if (isUtf8(bytes)) {
			this.#json.expect(open);
		} else {
			this.#json.fail();
		}
	}

	/** Go to the next entry. @returns `false` when there is none. @throws `damaged` */
	next(): boolean {
		this.#number++;
		const isFirst = this.#number === 0;
		if (this.#nodes === undefined) {
			if (this.#json.endsWith(close)) {
				return false;
			}

			if (!isFirst) {
				this.#json.expectByte(comma);
			}

			if (this.#scanner.scan(isFirst)) {
				return true;
			}

			this.#nodes = decodeTree(this.#bytes, this.#what);
		}

		const node = this.#nodes[this.#number];
		if (node) {
			this.#node = node;
			this.#decoded = toScanned(node);
		}

		return node !== undefined;
	}

	/** A scanner of the same blob that begins anew. */
	restart(): TreeScanner {
		return new TreeScanner(this.#bytes, this.#what);
	}

	/** The entry that `next` went to. Valid until its next call. */
	get entry(): ScannedEntry {
		return this.#decoded ?? this.#scanner;
	}

	/** Below 0 when the entry comes before this name, 0 when it bears it. */
	compareName(name: ByteString): number {
		if (this.#node) {
			return this.#node.name < name ? -1 : Number(this.#node.name > name);
		}

		const {nameStart, nameEnd} = this.#scanner;
		const length = nameEnd - nameStart;
		const common = Math.min(length, name.length);
		for (let index = 0; index < common; index++) {
			const difference = this.#bytes[nameStart + index]! - name.codePointAt(index)!;
			if (difference !== 0) {
				return difference;
			}
		}

		return length - name.length;
	}

	/** The entry's name; after the last one still that, and `undefined` where there is none. */
	get name(): ByteString | undefined {
		return this.#node?.name ?? ((this.#bytes.toString('latin1', this.#scanner.nameStart, this.#scanner.nameEnd) || undefined) as ByteString | undefined);
	}

	/** @throws `damaged` unless the entry comes after this name, of a blob before */
	assertAfter(name: ByteString): void {
		assertNamesAscend([{name}, {name: this.name ?? name}], this.#what);
	}

	/** The entry as `encodeNode` gives it. */
	get json(): string {
		return this.#node ? encodeNode(this.#node) : this.#bytes.toString('utf8', this.#scanner.start, this.#scanner.end);
	}

	/** All of the entry. @throws `damaged` */
	get node(): TreeNode {
		return this.#node ?? decodeEntry(this.#bytes.subarray(this.#scanner.start, this.#scanner.end), this.#what);
	}

	/** Write the id of one chunk into `target`, 32 bytes. */
	contentId(index: number, target: Buffer): void {
		if (this.#node) {
			target.write(this.#node.content![index]!, 'hex');
		} else {
			this.#json.readId(this.#scanner.contentStart, index, target);
		}
	}
}
