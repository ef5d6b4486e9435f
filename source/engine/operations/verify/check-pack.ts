import {createHash, type Hash} from 'node:crypto';
import {Buffer} from 'node:buffer';
import {CofferError, errorText, isCofferError} from '../../errors.ts';
import type {BlobId, DataKeyId, PackId} from '../../ids.ts';
import {releaseMemory} from '../../release-memory.ts';
import {headerBytes, PackReader, packName, plaintextBytesOf, type BlobHasher, type BlobReader, type Delta, type SegmentEntry} from '../../repository/repository.ts';
import type {JobContext} from '../job.ts';
import {isSameTable, toSegments, type PackContents} from './pack-contents.ts';
import {plainRanges, readRanges, segmentRanges, type PackRange} from './pack-ranges.ts';

export type PackToCheck = {
	readonly id: PackId;
	/** What the index says of it; `undefined` for a pack that no index names: then its own table is believed. */
	readonly contents: PackContents | undefined;
};

export type PackReport = {
	readonly readBytes: number;
	/** There is no such object. */
	readonly isMissing: boolean;
	/** What is wrong, in sentences; empty for an intact pack. */
	readonly flaws: readonly string[];
	/** Ids, 32 bytes each, of the blobs that cannot be read from it. */
	readonly lostIds: Uint8Array;
	/** What is wrong with blobs elsewhere that this pack's deltas need. */
	readonly baseFlaws: readonly BaseFlaw[];
	/** Nothing can be read from it. */
	readonly isLost: boolean;
};

/** A blob that cannot be read, and that deltas need. */
export type BaseFlaw = {
	readonly base: BlobId;
	/** Where it lies, if that is known. */
	readonly object: string | undefined;
	readonly message: string;
};

export type CheckContext = JobContext & {
	/** Reads the bases of deltas. */
	readonly blobs: BlobReader;
	readonly keyOf: (id: DataKeyId) => Promise<Uint8Array>;
	readonly hasher: BlobHasher;
};

const damageCodes = ['damaged', 'format-unsupported'] as const;
const nothing = new Uint8Array();

function lostPack(flaw: string, isMissing = false): PackReport {
	return {readBytes: 0, isMissing, flaws: [flaw], lostIds: nothing, baseFlaws: [], isLost: true};
}

/** Turn what is thrown for damage into a report of a pack that is lost as a whole. */
async function catchDamage(id: PackId, action: () => Promise<PackReport>): Promise<PackReport> {
	try {
		return await action();
	} catch (error) {
		if (isCofferError(error, 'object-missing') && error.context['object'] === packName(id)) {
			return lostPack(`${packName(id)} is missing.`, true);
		}

		if (isCofferError(error, ...damageCodes, 'object-missing')) {
			return lostPack(errorText(error));
		}

		throw error;
	}
}

function hashFlaws(id: PackId, hash: Hash): string[] {
	return hash.digest('hex') === id ? [] : [`${packName(id)} does not have the SHA-256 that its name says: it was damaged, renamed or swapped.`];
}

/** Check only that the pack's SHA-256 is its name, which needs no key. @throws What the storage throws */
export async function hashPack({id, contents}: PackToCheck, {storage, runtime}: JobContext): Promise<PackReport> {
	return catchDamage(id, async () => {
		const name = packName(id);
		const sizeBytes = await storage.size(name);
		if (sizeBytes === undefined) {
			return lostPack(`${name} is missing.`, true);
		}

		if (contents && sizeBytes !== contents.sizeBytes) {
			return {readBytes: 0, isMissing: false, flaws: [sizeFlaw(name, sizeBytes, contents.sizeBytes)], lostIds: nothing, baseFlaws: [], isLost: false};
		}

		const hash = createHash('sha256');
		for await (const {bytes} of readRanges(storage, name, plainRanges(sizeBytes), runtime)) {
			hash.update(bytes);
		}

		return {readBytes: sizeBytes, isMissing: false, flaws: hashFlaws(id, hash), lostIds: nothing, baseFlaws: [], isLost: false};
	});
}

export function sizeFlaw(name: string, sizeBytes: number, expectedBytes: number): string {
	return `${name} has ${sizeBytes} bytes where the index says ${expectedBytes}: it was ${sizeBytes < expectedBytes ? 'truncated' : 'lengthened'} or replaced.`;
}

/** One pass over one pack. */
class PackCheck {
	readonly flaws: string[] = [];
	readonly lost: Uint8Array[] = [];
	readonly baseFlaws = new Map<BlobId, BaseFlaw>();
	readBytes = 0;
	readonly #name: string;
	readonly #reader: PackReader;
	readonly #hasher: BlobHasher;
	readonly #blobs: BlobReader;
	readonly #segments: readonly SegmentEntry[];
	readonly #isIndexed: boolean;
	#badSegments = 0;
	#firstBad = '';

	constructor(reader: PackReader, {hasher, blobs}: Pick<CheckContext, 'hasher' | 'blobs'>, segments: readonly SegmentEntry[], isIndexed: boolean) {
		this.#name = packName(reader.address.id);
		this.#reader = reader;
		this.#hasher = hasher;
		this.#blobs = blobs;
		this.#segments = segments;
		this.#isIndexed = isIndexed;
	}

	async take({start, segments}: PackRange, bytes: Buffer): Promise<void> {
		this.readBytes += bytes.byteLength;
		for (const number of segments) {
			const segment = this.#segments[number]!;
			const at = segment.offset - start;
			let isAuthentic = false;
			try {
				const address = {...segment, number, plaintextBytes: plaintextBytesOf(segment)};
				const content = this.#reader.decrypt(address, bytes.subarray(at, at + segment.sealedBytes));
				isAuthentic = true;
				const dictionary = segment.delta && await this.#readDictionary(segment.delta);
				if (segment.delta === undefined || dictionary !== undefined) {
					const plaintext = this.#reader.unpack(address, content, dictionary);
					if (plaintext !== content) {
						releaseMemory(content);
					}

					if (dictionary) {
						releaseMemory(dictionary);
					}

					this.#checkBlobs(segment, plaintext);
					releaseMemory(plaintext);
				}
			} catch (error) {
				if (!isCofferError(error, ...damageCodes)) {
					throw error;
				}

				if (!isAuthentic || segment.delta === undefined || await this.#areBasesIntact(segment.delta)) {
					this.#markBad(segment.ids, errorText(error));
				}
			}
		}
	}

	/** The segment reaches beyond the end of the object. */
	takeCutOff(segment: SegmentEntry): void {
		this.#markBad(segment.ids, `${this.#name} ends before byte ${segment.offset + segment.sealedBytes}`);
	}

	takeEnd(bytes: Buffer): void {
		this.readBytes += bytes.byteLength;
		try {
			const table = this.#reader.openEnd(bytes, this.#segments.length);
			if (!isSameTable(table, this.#segments)) {
				this.flaws.push(`${this.#name} describes itself otherwise than ${this.#isIndexed ? 'the index does' : 'it did a moment ago'}.`);
			}
		} catch (error) {
			if (!isCofferError(error, ...damageCodes)) {
				throw error;
			}

			this.flaws.push(`${errorText(error)} Only what follows the contents of ${this.#name} is hit: padding, or the table that would be used if the index were lost.`);
		}
	}

	finish(): void {
		if (this.#badSegments > 0) {
			this.flaws.unshift(`${this.#badSegments} of ${this.#segments.length} segments cannot be read: ${this.#firstBad}`);
		}
	}

	/** `undefined` where a base cannot be read, which is no flaw of this pack. @throws `damaged` for a delta that cannot be */
	async #readDictionary(delta: Delta, options: {readonly areChecked?: boolean} = {}): Promise<Buffer | undefined> {
		try {
			return await this.#blobs.readDictionary(delta, options);
		} catch (error) {
			if (!isCofferError(error, 'damaged') || error.context['blob'] === undefined) {
				throw error;
			}

			const {blob, object} = error.context;
			const base = blob as BlobId;
			this.baseFlaws.set(base, {base, object: typeof object === 'string' ? object : undefined, message: error.message});
			return undefined;
		}
	}

	/** A delta that comes out wrong may have been given a wrong base: an authentic one, but of a pack that was swapped. */
	async #areBasesIntact(delta: Delta): Promise<boolean> {
		try {
			return await this.#readDictionary(delta, {areChecked: true}) !== undefined;
		} catch (error) {
			if (!isCofferError(error, 'damaged')) {
				throw error;
			}

			return true;
		}
	}

	#checkBlobs(segment: SegmentEntry, plaintext: Buffer): void {
		let offset = 0;
		for (const [position, length] of segment.lengths.entries()) {
			const id = segment.ids.subarray(position * 32, (position + 1) * 32);
			if (!this.#hasher.idOf(plaintext.subarray(offset, offset + length)).equals(id)) {
				const reason = `${this.#name}, at byte ${segment.offset}, holds another content than its id says.`;
				if (segment.delta) {
					throw new CofferError('damaged', reason);
				}

				this.#markBad(id, reason);
			}

			offset += length;
		}
	}

	#markBad(ids: Uint8Array, reason: string): void {
		this.#badSegments++;
		this.#firstBad ||= reason;
		this.lost.push(ids);
	}
}

/** Whether a data key is there and intact; if not, that is a problem of its own. */
async function canOpenKey(id: DataKeyId, keyOf: CheckContext['keyOf']): Promise<boolean> {
	try {
		await keyOf(id);
		return true;
	} catch (error) {
		if (isCofferError(error, ...damageCodes, 'object-missing')) {
			return false;
		}

		throw error;
	}
}

/**
Read a pack once, whole, and check all of it: its SHA-256, header, every segment, every blob's id, padding, table and trailer, and that the index says the same.
@throws What the storage throws; `key-role`
*/
export async function checkPack({id, contents}: PackToCheck, {storage, runtime, keyOf, hasher, blobs}: CheckContext): Promise<PackReport> {
	return catchDamage(id, async () => {
		const name = packName(id);
		const dataKeyId = contents?.dataKeyId ?? await PackReader.dataKeyIdOf(storage, id);
		if (contents === undefined && !(await canOpenKey(dataKeyId, keyOf))) {
			return hashPack({id, contents}, {storage, runtime});
		}

		const reader = await PackReader.open(storage, {id, dataKeyId}, keyOf, runtime);
		const segments = contents ? toSegments(contents) : (await reader.readTable()).segments;
		const check = new PackCheck(reader, {hasher, blobs}, segments, contents !== undefined);
		const sizeBytes = await storage.size(name);
		if (sizeBytes === undefined) {
			return lostPack(`${name} is missing.`, true);
		}

		const isWhole = contents === undefined || sizeBytes === contents.sizeBytes;
		const hash = createHash('sha256');
		for await (const {range, bytes} of readRanges(storage, name, segmentRanges(segments, sizeBytes, isWhole, name), runtime)) {
			hash.update(bytes);
			if (range.segments.length === 0) {
				check.takeEnd(bytes.subarray(Math.max(0, headerBytes - range.start)));
			} else {
				await check.take(range, bytes);
			}

			releaseMemory(bytes);
		}

		for (const segment of segments.filter(segment => segment.offset + segment.sealedBytes > sizeBytes)) {
			check.takeCutOff(segment);
		}

		check.finish();
		if (!isWhole) {
			check.flaws.unshift(sizeFlaw(name, sizeBytes, contents.sizeBytes));
		} else if (check.flaws.length === 0) {
			check.flaws.push(...hashFlaws(id, hash));
		}

		return {readBytes: check.readBytes, isMissing: false, flaws: check.flaws, lostIds: Buffer.concat(check.lost), baseFlaws: [...check.baseFlaws.values()], isLost: false};
	});
}
