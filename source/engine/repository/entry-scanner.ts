import {Buffer} from 'node:buffer';
import type {NodeType} from '../tree-node.ts';
import type {JsonScanner} from './json-scanner.ts';

const keyOf = (name: string): Uint8Array => Buffer.from(`"${name}":`);
const keys = {
	ancestor: keyOf('ancestor'),
	content: keyOf('content'),
	contents: keyOf('contents'),
	ctime: keyOf('ctime'),
	device: keyOf('device'),
	gid: keyOf('gid'),
	inode: keyOf('inode'),
	links: keyOf('links'),
	mode: keyOf('mode'),
	mtime: keyOf('mtime'),
	name: keyOf('name'),
	size: keyOf('size'),
	sparse: keyOf('sparse'),
	target: keyOf('target'),
	tree: keyOf('tree'),
	type: keyOf('type'),
	uid: keyOf('uid'),
};
const yes = Buffer.from('true');
/** Those with more members than are scanned, devices, are left to the decoder. */
const typeTexts = (['file', 'directory', 'symlink', 'fifo', 'socket'] as const).map(type => ({type, text: Buffer.from(`"${type}"`)}));
const comma = 0x2C;
const slash = 0x2F;
const dot = 0x2E;
const maximumId = 0xFF_FF_FF_FF;

/**
Reads of one entry of a tree what tells whether a file is unchanged, and passes the rest. It takes exactly what `encodeNode` writes, without escapes, extended attributes and devices; a test holds the two together.
*/
export class EntryScanner {
	type: NodeType = 'file';
	/** Milliseconds as `Stats` of node:fs has them; NaN: do not rely on it. */
	ctimeMs = Number.NaN;
	mtimeMs = 0;
	inode = 0;
	device = 0;
	/** −1 for what has none. */
	size = -1;
	/** Whether its chunks are named by blobs of their own. */
	hasContentLists = false;
	/** How many chunks the list at `contentStart` names; below 0 where there is no such list. */
	contentCount = -1;
	contentStart = 0;
	/** Where the entry lies in the bytes, and its name in it. */
	start = 0;
	end = 0;
	nameStart = 0;
	nameEnd = 0;
	readonly #bytes: Buffer;
	readonly #json: JsonScanner;

	constructor(bytes: Buffer, json: JsonScanner) {
		this.#bytes = bytes;
		this.#json = json;
	}

	/**
	Read the entry that comes next.
	@param isFirst - Else its name must come after the one before.
	@returns `false` when it is not what is read here.
	*/
	scan(isFirst: boolean): boolean {
		const json = this.#json;
		this.start = json.at;
		json.expectByte(0x7B);
		if (json.take(keys.ancestor)) {
			json.expect(yes);
			json.expectByte(comma);
		}

		this.#scanContent();
		this.ctimeMs = json.take(keys.ctime) ? json.readTime() : Number.NaN;
		if (!Number.isNaN(this.ctimeMs)) {
			json.expectByte(comma);
		}

		json.expect(keys.device);
		this.device = json.readDecimal();
		json.expectByte(comma);
		this.#skipNumber(keys.gid, maximumId);
		json.expect(keys.inode);
		this.inode = json.readDecimal();
		json.expectByte(comma);
		if (json.take(keys.links)) {
			json.readNatural(maximumId);
			json.expectByte(comma);
		}

		this.#skipNumber(keys.mode, 0o7777);
		json.expect(keys.mtime);
		this.mtimeMs = json.readTime();
		json.expectByte(comma);
		this.#scanName(isFirst);
		const isComplete = this.#scanRest();
		this.end = json.at;
		return isComplete && !json.hasFailed;
	}

	#scanContent(): void {
		const json = this.#json;
		this.contentCount = -1;
		if (json.take(keys.content)) {
			this.contentStart = json.at;
			this.contentCount = json.skipIds();
			json.expectByte(comma);
		}

		this.hasContentLists = json.take(keys.contents);
		if (this.hasContentLists) {
			json.skipIds();
			json.expectByte(comma);
		}
	}

	/** What a directory can hold, and later than the name before it. */
	#scanName(isFirst: boolean): void {
		const json = this.#json;
		const bytes = this.#bytes;
		const previousEnd = this.nameEnd;
		let previous = this.nameStart;
		json.expect(keys.name);
		const length = json.skipText(slash);
		json.expectByte(comma);
		const end = json.at - 2;
		this.nameStart = end - length;
		this.nameEnd = end;
		let at = this.nameStart;
		while (at < end && previous < previousEnd && bytes[at] === bytes[previous]) {
			at++;
			previous++;
		}

		const isLater = isFirst || (at < end && (previous === previousEnd || bytes[at]! > bytes[previous]!));
		const isDots = length <= 2 && bytes[this.nameStart] === dot && bytes[end - 1] === dot;
		if (length === 0 || isDots || !isLater) {
			json.fail();
		}
	}

	/** What comes after the name. @returns Whether the entry has what one of its type needs. */
	#scanRest(): boolean {
		const json = this.#json;
		this.size = -1;
		if (json.take(keys.size)) {
			this.size = json.readNatural(Number.MAX_SAFE_INTEGER);
			json.expectByte(comma);
		}

		if (json.take(keys.sparse)) {
			json.expect(yes);
			json.expectByte(comma);
		}

		const hasTarget = json.take(keys.target) && json.skipText() > 0;
		if (hasTarget) {
			json.expectByte(comma);
		}

		const hasTree = json.take(keys.tree);
		if (hasTree) {
			json.skipIds();
			json.expectByte(comma);
		}

		json.expect(keys.type);
		const isKnown = this.#scanType();
		json.expectByte(comma);
		json.expect(keys.uid);
		json.readNatural(maximumId);
		json.expectByte(0x7D);
		switch (this.type) {
			case 'file': {
				return isKnown && this.size >= 0 && (this.contentCount >= 0) !== this.hasContentLists;
			}

			case 'directory': {
				return isKnown && hasTree;
			}

			default: {
				return isKnown && (hasTarget || this.type !== 'symlink');
			}
		}
	}

	#scanType(): boolean {
		for (const {type, text} of typeTexts) {
			if (this.#json.take(text)) {
				this.type = type;
				return true;
			}
		}

		return false;
	}

	#skipNumber(key: Uint8Array, maximum: number): void {
		this.#json.expect(key);
		this.#json.readNatural(maximum);
		this.#json.expectByte(comma);
	}
}
