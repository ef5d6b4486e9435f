import {closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync, type BigIntStats} from 'node:fs';
import {Buffer} from 'node:buffer';
import type {BlobId} from '../../ids.ts';
import type {BlobHasher, BlobReader} from '../../repository/repository.ts';

const holeBytes = 4096;
const zeros = Buffer.alloc(holeBytes);

/** @throws System errors of write(2) */
export function writeFully(descriptor: number, bytes: Uint8Array, position: number): void {
	let written = 0;
	while (written < bytes.byteLength) {
		written += writeSync(descriptor, bytes, written, bytes.byteLength - written, position + written);
	}
}

function isZero(bytes: Buffer, start: number, end: number): boolean {
	return bytes.compare(zeros, 0, end - start, start, end) === 0;
}

/** Write all but the blocks of zeros, and the parts of blocks at the ends that are; the file must be given its length afterwards. @throws System errors of write(2) */
export function writeSparsely(descriptor: number, bytes: Buffer, position: number): void {
	let start = 0;
	let end = 0;
	while (end < bytes.byteLength) {
		const next = Math.min(bytes.byteLength, end + holeBytes - ((position + end) % holeBytes));
		if (isZero(bytes, end, next)) {
			writeFully(descriptor, bytes.subarray(start, end), position + start);
			start = next;
		}

		end = next;
	}

	writeFully(descriptor, bytes.subarray(start, end), position + start);
}

/** Give a sparse file its length. @throws System errors of ftruncate(2) */
export function setLength(descriptor: number, sizeBytes: number): void {
	ftruncateSync(descriptor, sizeBytes);
}

/** A file that is there already, as a source of those parts that are what the snapshot has at the same place. */
export class ExistingContent {
	readonly descriptor: number;
	readonly stats: BigIntStats;
	readonly #blobs: BlobReader;
	readonly #hasher: BlobHasher;
	#buffer = Buffer.alloc(0);

	/** @throws System errors; `ELOOP` for a symbolic link */
	constructor(path: string | Buffer, blobs: BlobReader, hasher: BlobHasher) {
		// Not blocking, as it may have become a FIFO meanwhile.
		this.descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
		this.stats = fstatSync(this.descriptor, {bigint: true});
		this.#blobs = blobs;
		this.#hasher = hasher;
	}

	/** The chunk, if the file has it at this place; good until the next call. */
	read(id: BlobId, position: number): Buffer | undefined {
		const length = this.#blobs.locate(id)?.length;
		if (length === undefined || !this.stats.isFile() || BigInt(position) + BigInt(length) > this.stats.size) {
			return undefined;
		}

		if (this.#buffer.byteLength < length) {
			this.#buffer = Buffer.allocUnsafeSlow(length);
		}

		const bytes = this.#buffer.subarray(0, length);
		let filled = 0;
		while (filled < length) {
			const count = readSync(this.descriptor, bytes, filled, length - filled, position + filled);
			if (count === 0) {
				return undefined;
			}

			filled += count;
		}

		return this.#hasher.idOf(bytes).toString('hex') === id ? bytes : undefined;
	}

	close(): void {
		closeSync(this.descriptor);
	}
}
