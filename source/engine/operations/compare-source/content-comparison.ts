import {closeSync, fstatSync, readSync, type BigIntStats} from 'node:fs';
import {Buffer} from 'node:buffer';
import type {ByteString} from '../../byte-string.ts';
import type {BlobId} from '../../ids.ts';
import type {BlobHasher, BlobReader} from '../../repository/repository.ts';
import {typeOf} from '../../sources/files/metadata.ts';
import {openFile} from '../backup/store-file.ts';
import type {Pacer} from '../restore/pacer.ts';

export type ContentComparison =
	| {readonly kind: 'same' | 'moving'}
	/** From this byte on, or from one of the next ones. */
	| {readonly kind: 'other'; readonly offset: number};

const isUntouched = (a: BigIntStats, b: BigIntStats): boolean => a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.size === b.size && a.ino === b.ino && a.dev === b.dev;

/** Compares files with the chunks that a snapshot has of them. One at a time. */
export class ContentComparer {
	readonly #options: {readonly blobs: BlobReader; readonly hasher: BlobHasher; readonly pacer: Pacer; readonly onBytes: (byteCount: number) => void};
	#buffer = Buffer.alloc(0);

	constructor(options: {readonly blobs: BlobReader; readonly hasher: BlobHasher; readonly pacer: Pacer; readonly onBytes: (byteCount: number) => void}) {
		this.#options = options;
	}

	/**
	@param content - Ids of chunks that the index knows.
	@param expected - What lstat(2) said of the file.
	@returns `moving` when it is no longer that file, or changed while it was read.
	@throws System errors; `aborted`
	*/
	async compare(systemPath: ByteString, content: readonly BlobId[], expected: BigIntStats): Promise<ContentComparison> {
		const descriptor = openFile(systemPath);
		try {
			const stats = fstatSync(descriptor, {bigint: true});
			if (typeOf(stats) !== 'file' || !isUntouched(expected, stats)) {
				return {kind: 'moving'};
			}

			const offset = await this.#findDifference(descriptor, content);
			const isMoving = !isUntouched(stats, fstatSync(descriptor, {bigint: true}));
			return isMoving ? {kind: 'moving'} : (offset === undefined ? {kind: 'same'} : {kind: 'other', offset});
		} finally {
			closeSync(descriptor);
		}
	}

	async #findDifference(descriptor: number, content: readonly BlobId[]): Promise<number | undefined> {
		const {blobs, hasher, pacer, onBytes} = this.#options;
		let offset = 0;
		for (const id of content) {
			if (pacer.isDue) {
				await pacer.pause();
			}

			const bytes = this.#read(descriptor, blobs.locate(id)?.length ?? 0, offset);
			onBytes(bytes.byteLength);
			if (hasher.idOf(bytes).toString('hex') !== id) {
				return offset;
			}

			offset += bytes.byteLength;
		}

		return undefined;
	}

	/** As many bytes as there are; good until the next call. */
	#read(descriptor: number, length: number, position: number): Buffer {
		if (this.#buffer.byteLength < length) {
			this.#buffer = Buffer.allocUnsafeSlow(length);
		}

		let filled = 0;
		while (filled < length) {
			const count = readSync(descriptor, this.#buffer, filled, length - filled, position + filled);
			if (count === 0) {
				break;
			}

			filled += count;
		}

		return this.#buffer.subarray(0, filled);
	}
}
