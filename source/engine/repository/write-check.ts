import {Buffer} from 'node:buffer';
import {isCofferError} from '../errors.ts';
import {releaseMemory} from '../release-memory.ts';
import type {SegmentCipher} from '../crypto/segment-cipher.ts';
import type {BlobHasher} from './blob-id.ts';
import {decompressZstd} from './compression.ts';
import {memoryCorrupted} from './memory-corrupted.ts';
import {plaintextBytesOf, type BlobKind, type NewSegment} from './segment-table.ts';

/** Of the segments of file contents one in so many is opened again, unless all are asked for. */
export const segmentsPerCheck = 16;

/**
Opens sealed segments again before they are stored: decrypts, unpacks and hashes, and compares with the ids that the plaintext had when it was first seen. So a bit that flips in this machine's memory
while a segment is compressed or encrypted ends the run, instead of becoming a backup that nobody can restore.
*/
export class WriteCheck {
	readonly #hasher: BlobHasher;
	readonly #segmentsPerCheck: number;
	#count = 0;

	/** @param options.isComplete - Check every segment of file contents. Those of trees always are. @default false */
	constructor(hasher: BlobHasher, kind: BlobKind, options: {readonly isComplete?: boolean} = {}) {
		this.#hasher = hasher;
		this.#segmentsPerCheck = kind === 'tree' || options.isComplete ? 1 : segmentsPerCheck;
	}

	/**
	Take note of a segment, and check it when its turn has come: the first one, then one in every `segmentsPerCheck`.
	@param parts - As `SegmentCipher.seal` gave them.
	@param dictionary - Of a delta: the plaintexts of its bases.
	@throws `memory-corrupted`
	*/
	onSealed(cipher: SegmentCipher, number: number, parts: readonly Uint8Array[], segment: NewSegment, dictionary?: Uint8Array): void {
		if (this.#count++ % this.#segmentsPerCheck === 0) {
			try {
				const sealed = Buffer.concat(parts);
				const content = cipher.open(number, sealed);
				this.#compare(content, segment, dictionary);
				releaseMemory(sealed);
				releaseMemory(content);
			} catch (error) {
				throw isCofferError(error, 'damaged') ? memoryCorrupted('A part of this backup', error) : error;
			}
		}
	}

	#compare(content: Uint8Array, {compression, ids, lengths}: NewSegment, dictionary: Uint8Array | undefined): void {
		const totalBytes = plaintextBytesOf({lengths});
		const plaintext = compression === 'zstd' ? decompressZstd(content, totalBytes, 'the segment', dictionary) : content;
		if (plaintext.byteLength !== totalBytes) {
			throw memoryCorrupted('A part of this backup');
		}

		let offset = 0;
		for (const [index, length] of lengths.entries()) {
			const id = this.#hasher.idOf(plaintext.subarray(offset, offset + length));
			if (!id.equals(ids.subarray(index * id.byteLength, (index + 1) * id.byteLength))) {
				throw memoryCorrupted('A part of this backup');
			}

			offset += length;
		}

		if (plaintext !== content) {
			releaseMemory(plaintext);
		}
	}
}
