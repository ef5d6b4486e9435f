import type {Compression} from './compression.ts';
import {DeltaTable, type Delta, type DeltaTableMemory} from './delta-table.ts';

/** Where a blob's plaintext lies. */
export type BlobLocation = {
	/** Number of the pack in the session's list of packs. */
	readonly pack: number;
	/** Number of the segment in its pack. */
	readonly segment: number;
	readonly compression: Compression;
	/** Where the sealed segment begins in the pack. */
	readonly segmentOffset: number;
	readonly sealedBytes: number;
	/** The size of the whole segment's plaintext. */
	readonly plaintextBytes: number;
	/** Where the blob begins in the segment's plaintext. */
	readonly offset: number;
	readonly length: number;
	/** The segment is a delta. */
	readonly delta?: Delta;
};

type LevelMemory = Readonly<Record<'slots' | 'ids' | 'locations' | 'count', SharedArrayBuffer>>;

/** The memory of a `BlobIndex`, to be handed to a worker thread. */
export type BlobIndexMemory = {
	readonly levels: readonly LevelMemory[];
	/** As it was when this was taken. */
	readonly deltas: DeltaTableMemory;
};

const fieldsPerLocation = 8;
/** More than any table has room for. */
const entriesPerLevel = 2 ** 27;
const unknownPack = 0xFF_FF_FF_FF;
const smallestCapacity = 16 * 1024;
const compressions: readonly Compression[] = ['none', 'zstd'];

/**
One table of fixed capacity: open addressing over typed arrays in shared memory. An entry is written before its slot is claimed with one atomic
compare-and-exchange, so threads may insert at once; a lost race only wastes the entry.
*/
class Level {
	readonly memory: LevelMemory;
	readonly capacity: number;
	readonly #slots: Int32Array;
	readonly #ids: Uint32Array;
	readonly #locations: Uint32Array;
	readonly #count: Int32Array;
	readonly #mask: number;

	constructor(memory: LevelMemory) {
		this.memory = memory;
		this.#slots = new Int32Array(memory.slots);
		this.#ids = new Uint32Array(memory.ids);
		this.#locations = new Uint32Array(memory.locations);
		this.#count = new Int32Array(memory.count);
		this.#mask = this.#slots.length - 1;
		this.capacity = this.#ids.length / 8;
	}

	static allocate(capacity: number): Level {
		const slotCount = 2 ** Math.ceil(Math.log2(capacity * 1.5));
		return new Level({
			slots: new SharedArrayBuffer(slotCount * 4),
			ids: new SharedArrayBuffer(capacity * 32),
			locations: new SharedArrayBuffer(capacity * fieldsPerLocation * 4),
			count: new SharedArrayBuffer(4),
		});
	}

	get count(): number {
		return Math.min(Atomics.load(this.#count, 0), this.capacity);
	}

	find(id: Uint32Array): number {
		for (let slot = id[0]! & this.#mask; ; slot = (slot + 1) & this.#mask) {
			const entry = Atomics.load(this.#slots, slot) - 1;
			if (entry < 0 || this.#isAt(entry, id)) {
				return entry;
			}
		}
	}

	/** @returns The entry, whether new or there before; −1 when the table is full. */
	insert(id: Uint32Array, location: BlobLocation | undefined, delta: number): {entry: number; isNew: boolean} {
		const found = this.find(id);
		if (found >= 0) {
			return {entry: found, isNew: false};
		}

		const entry = Atomics.add(this.#count, 0, 1);
		if (entry >= this.capacity) {
			return {entry: -1, isNew: false};
		}

		this.#ids.set(id, entry * 8);
		this.#setLocation(entry, location, delta);
		for (let slot = id[0]! & this.#mask; ; slot = (slot + 1) & this.#mask) {
			const occupant = Atomics.compareExchange(this.#slots, slot, 0, entry + 1) - 1;
			if (occupant < 0) {
				return {entry, isNew: true};
			}

			if (this.#isAt(occupant, id)) {
				return {entry: occupant, isNew: false};
			}
		}
	}

	idOf(entry: number): Uint8Array {
		return new Uint8Array(this.#ids.buffer, entry * 32, 32);
	}

	/** @returns The location without its delta, and the number of that; 0 for none. */
	locationOf(entry: number): readonly [BlobLocation, number] | undefined {
		const at = entry * fieldsPerLocation;
		const pack = this.#locations[at]!;
		return pack === unknownPack
			? undefined
			: [{
				pack,
				segment: this.#locations[at + 1]! >>> 1,
				compression: compressions[this.#locations[at + 1]! & 1]!,
				segmentOffset: this.#locations[at + 2]!,
				sealedBytes: this.#locations[at + 3]!,
				plaintextBytes: this.#locations[at + 4]!,
				offset: this.#locations[at + 5]!,
				length: this.#locations[at + 6]!,
			}, this.#locations[at + 7]!];
	}

	#setLocation(entry: number, location: BlobLocation | undefined, delta: number): void {
		const at = entry * fieldsPerLocation;
		this.#locations[at] = location?.pack ?? unknownPack;
		if (location) {
			this.#locations[at + 1] = (location.segment << 1) | compressions.indexOf(location.compression);
			this.#locations[at + 2] = location.segmentOffset;
			this.#locations[at + 3] = location.sealedBytes;
			this.#locations[at + 4] = location.plaintextBytes;
			this.#locations[at + 5] = location.offset;
			this.#locations[at + 6] = location.length;
			this.#locations[at + 7] = delta;
		}
	}

	#isAt(entry: number, id: Uint32Array): boolean {
		const at = entry * 8;
		for (let word = 0; word < 8; word++) {
			if (this.#ids[at + word] !== id[word]) {
				return false;
			}
		}

		return true;
	}
}

/**
The ids of all blobs that a repository holds, and where each lies: shared by every thread of a run. It grows by further tables, each twice as large; only the main
thread adds them (`grow`) and hands them on. A blob that finds every table full is simply not remembered, and may be stored twice.
*/
export class BlobIndex {
	readonly #levels: Level[];
	readonly #deltas: DeltaTable;
	readonly #scratchBytes = new Uint8Array(32);
	readonly #scratch = new Uint32Array(this.#scratchBytes.buffer, this.#scratchBytes.byteOffset, 8);

	constructor(memory?: BlobIndexMemory) {
		this.#levels = memory?.levels.map(level => new Level(level)) ?? [];
		this.#deltas = new DeltaTable(memory?.deltas);
	}

	/** The memory of all tables; what is inserted later through either side is seen by both. */
	get memory(): BlobIndexMemory {
		return {levels: this.#levels.map(level => level.memory), deltas: this.#deltas.memory};
	}

	get count(): number {
		let sum = 0;
		for (const level of this.#levels) {
			sum += level.count;
		}

		return sum;
	}

	/** Add a table when the newest is half full, or has no room for `expected` more. @returns Whether one was added. */
	grow(expected = 0): boolean {
		const newest = this.#levels.at(-1);
		if (newest && newest.count + expected <= newest.capacity / 2) {
			return false;
		}

		this.#levels.push(Level.allocate(Math.max(smallestCapacity, (newest?.capacity ?? 0) * 2, expected * 2)));
		return true;
	}

	/** Take over tables that another thread has added. */
	adopt(memory: Pick<BlobIndexMemory, 'levels'>): void {
		for (const level of memory.levels.slice(this.#levels.length)) {
			this.#levels.push(new Level(level));
		}
	}

	/** Remember a blob. @returns `true` when it was not known before. */
	add(id: Uint8Array, location?: BlobLocation): boolean {
		const delta = location?.delta ? this.#deltas.add(location.delta) : 0;
		this.#scratchBytes.set(id);
		for (let index = 0; index < this.#levels.length - 1; index++) {
			if (this.#levels[index]!.find(this.#scratch) >= 0) {
				return false;
			}
		}

		const result = this.#levels.at(-1)?.insert(this.#scratch, location, delta);
		return result === undefined || result.entry < 0 || result.isNew;
	}

	has(id: Uint8Array): boolean {
		this.#scratchBytes.set(id);
		return this.#levels.some(level => level.find(this.#scratch) >= 0);
	}

	/** `undefined` for a blob that is not known, or was added without a place. */
	locate(id: Uint8Array): BlobLocation | undefined {
		const address = this.addressOf(id);
		return address === undefined ? undefined : this.locationAt(address);
	}

	/** A number that stands for a known blob as long as this table lives; the same in every thread. */
	addressOf(id: Uint8Array): number | undefined {
		this.#scratchBytes.set(id);
		for (const [index, level] of this.#levels.entries()) {
			const entry = level.find(this.#scratch);
			if (entry >= 0) {
				return (index * entriesPerLevel) + entry;
			}
		}

		return undefined;
	}

	/** @param address - From `addressOf`. @returns 32 bytes, not to be changed. */
	idAt(address: number): Uint8Array {
		return this.#levels[Math.floor(address / entriesPerLevel)]!.idOf(address % entriesPerLevel);
	}

	/** @param address - From `addressOf`. @returns `undefined` for a blob that was added without a place. */
	locationAt(address: number): BlobLocation | undefined {
		const found = this.#levels[Math.floor(address / entriesPerLevel)]!.locationOf(address % entriesPerLevel);
		if (found === undefined) {
			return undefined;
		}

		const [location, delta] = found;
		return delta === 0 ? location : {...location, delta: this.#deltas.get(delta)};
	}
}
