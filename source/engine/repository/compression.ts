import {constants, zstdCompressSync, zstdDecompressSync} from 'node:zlib';
import {CofferError} from '../errors.ts';

/** How the plaintext of a segment was packed: a zstd frame (RFC 8878), or as it is where that saves nothing. */
export type Compression = 'none' | 'zstd';

/** ZSTD_COMPRESSBOUND: no output is larger, so one buffer holds it all and the pool is not asked for 16 KiB at a time. */
function compressBound(byteCount: number): number {
	return byteCount + (byteCount >> 8) + (byteCount < 131_072 ? (131_072 - byteCount) >> 11 : 0);
}

export function compressZstd(plaintext: Uint8Array, level: number): Buffer {
	return zstdCompressSync(plaintext, {
		chunkSize: Math.max(compressBound(plaintext.byteLength), 64),
		params: {[constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 0},
		pledgedSrcSize: plaintext.byteLength,
	});
}

const largestChunkBytes = 4 * 1024 * 1024;

/**
@param maximumBytes - Output beyond this is refused before it is made.
@throws `damaged`
*/
export function decompressZstd(compressed: Uint8Array, maximumBytes: number, what: string): Buffer {
	// A segment's limit is its exact size: one buffer takes it. Metadata has a limit far above its size: do not ask for megabytes each time.
	const chunkSize = maximumBytes <= largestChunkBytes ? maximumBytes : Math.min(largestChunkBytes, Math.max(64 * 1024, compressed.byteLength * 8));
	try {
		return zstdDecompressSync(compressed, {maxOutputLength: maximumBytes, chunkSize: Math.max(64, chunkSize)});
	} catch (error) {
		throw new CofferError('damaged', `${what} does not unpack within its limit of ${maximumBytes} bytes: it was damaged.`, {cause: error});
	}
}
