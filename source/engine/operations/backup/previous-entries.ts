import {Buffer} from 'node:buffer';
import type {Stats} from 'node:fs';
import type {ByteString} from '../../byte-string.ts';
import {isCofferError, type CofferError} from '../../errors.ts';
import type {BlobIndex, TreeScanner} from '../../repository/repository.ts';
import {isSameState} from '../../sources/files/metadata.ts';
import type {NodeType, TreeNode} from '../../tree-node.ts';

export type PreviousEntriesOptions = {
	/** One for each blob of the tree; their bytes stay in memory as long as this does. */
	readonly scanners: readonly TreeScanner[];
	/** Of the tree's blobs. */
	readonly sizeBytes: number;
	/** Whether the tree could not be read. @default false */
	readonly isDamaged?: boolean;
	/** What the repository has. */
	readonly blobs: BlobIndex;
	/** Told once, when the rest of the directory cannot be used. */
	readonly onDamage: (error: CofferError) => void;
	/** Told of each file that nobody asked for, as far as the entries were gone through: it is gone. @default nobody */
	readonly onGone?: (firstChunk: () => string | undefined) => void;
};

/** An entry as `encodeTree` takes it. */
export type EncodedEntry = {readonly name: ByteString; readonly json: string};

/**
The entries of one directory as the previous snapshot has them, gone through beside its listing, both in byte order: no object is made of an entry that is taken over.
*/
export class PreviousEntries {
	readonly #options: PreviousEntriesOptions;
	readonly #id = Buffer.alloc(32);
	#part = 0;
	#scanner: TreeScanner | undefined;
	#position = -1;
	/** In the blobs before. */
	#lastName: ByteString | undefined;
	#isDamaged: boolean;
	/** Whether the entry at `#position` was asked for. */
	#isMet = false;

	constructor(options: PreviousEntriesOptions) {
		this.#options = options;
		this.#scanner = options.scanners[0];
		this.#isDamaged = options.isDamaged ?? false;
	}

	get sizeBytes(): number {
		return this.#options.sizeBytes;
	}

	/** Which entry `seek` found, counted from 0. */
	get position(): number {
		return this.#position;
	}

	/** All of the entry that `seek` found. @throws `damaged` */
	get node(): TreeNode {
		return this.#found.node;
	}

	/** Of the entry that `seek` found. */
	get type(): NodeType {
		return this.#found.entry.type;
	}

	/** Whether the entry that `seek` found names its chunks in blobs of their own. */
	get hasContentLists(): boolean {
		return this.#found.entry.hasContentLists;
	}

	/** Go to an entry. @param name - After every name that was asked for before. @returns Whether it is there. */
	seek(name: ByteString): boolean {
		if (this.#position === -1) {
			this.#advance();
		}

		while (this.#scanner) {
			const order = this.#scanner.compareName(name);
			if (order >= 0) {
				this.#isMet ||= order === 0;
				return order === 0;
			}

			this.#advance();
		}

		return false;
	}

	/** Whether the entry that `seek` found is still what it was. */
	isUnchanged(type: NodeType, stats: Stats): boolean {
		return isSameState(this.#found.entry, type, stats);
	}

	/** Whether the repository has every chunk that the entry that `seek` found names by itself. */
	hasContent(): boolean {
		const scanner = this.#found;
		const {contentCount} = scanner.entry;
		for (let index = 0; index < contentCount; index++) {
			scanner.contentId(index, this.#id);
			if (!this.#options.blobs.has(this.#id)) {
				return false;
			}
		}

		return true;
	}

	/** The id of the first chunk of the entry that `seek` found, in hexadecimal; `undefined` where that is empty, or named elsewhere. */
	firstChunk(): string | undefined {
		const scanner = this.#found;
		if (scanner.entry.hasContentLists || scanner.entry.contentCount < 1) {
			return undefined;
		}

		scanner.contentId(0, this.#id);
		return this.#id.toString('hex');
	}

	/** Whether so many entries are all that there are. Nothing can be sought afterwards. */
	isWhole(count: number): boolean {
		if (this.#position === -1) {
			this.#advance();
		}

		while (this.#scanner) {
			this.#advance();
		}

		return !this.#isDamaged && this.#position === count;
	}

	/** Entries that `seek` has found, in their order. @param positions - In ascending order. */
	take(positions: readonly number[]): EncodedEntry[] {
		const entries: EncodedEntry[] = [];
		let position = 0;
		for (const scanner of this.#options.scanners.map(used => used.restart())) {
			while (entries.length < positions.length && scanner.next()) {
				if (positions[entries.length] === position++) {
					entries.push({name: scanner.name!, json: scanner.json});
				}
			}
		}

		return entries;
	}

	get #found(): TreeScanner {
		if (!this.#scanner) {
			throw new TypeError('No entry was found');
		}

		return this.#scanner;
	}

	#advance(): void {
		if (this.#scanner && this.#position >= 0 && !this.#isMet && this.#scanner.entry.type === 'file') {
			this.#options.onGone?.(() => this.firstChunk());
		}

		this.#isMet = false;
		this.#position++;
		try {
			while (this.#scanner && !this.#scanner.next()) {
				this.#lastName = this.#scanner.name ?? this.#lastName;
				this.#scanner = this.#options.scanners[++this.#part];
			}

			if (this.#lastName !== undefined) {
				this.#scanner?.assertAfter(this.#lastName);
			}
		} catch (error) {
			if (!isCofferError(error, 'damaged')) {
				throw error;
			}

			this.#isDamaged = true;
			this.#scanner = undefined;
			this.#options.onDamage(error);
		}
	}
}
