import {constants, zstdCompressSync, zstdDecompressSync} from 'node:zlib';
import {CofferError} from '../errors.ts';

/** How the plaintext of a segment was packed: a zstd frame (RFC 8878), or as it is where that saves nothing. */
export type Compression = 'none' | 'zstd';

/** ZSTD_COMPRESSBOUND: no output is larger, so one buffer holds it all and the pool is not asked for 16 KiB at a time. */
function compressBound(byteCount: number): number {
	return byteCount + (byteCount >> 8) + (byteCount < 131_072 ? (131_072 - byteCount) >> 11 : 0);
}

type Parameters = Readonly<Record<number, number>>;

function compress(plaintext: Uint8Array, parameters: Parameters, dictionary?: Uint8Array): Buffer {
	return zstdCompressSync(plaintext, {
		chunkSize: Math.max(compressBound(plaintext.byteLength), 64),
		params: {...parameters, [constants.ZSTD_c_checksumFlag]: 0},
		pledgedSrcSize: plaintext.byteLength,
		...(dictionary && {dictionary}),
	});
}

export function compressZstd(plaintext: Uint8Array, level: number): Buffer {
	return compress(plaintext, {[constants.ZSTD_c_compressionLevel]: level});
}

/** Level 3 with tables that suit segments of 1 to 2 MiB: 1 to 3 % smaller in the same time, as measured on text, logs and dumps (docs/decisions.md). */
const segmentParameters: Parameters = {
	[constants.ZSTD_c_compressionLevel]: 3,
	[constants.ZSTD_c_hashLog]: 18,
	[constants.ZSTD_c_chainLog]: 17,
	[constants.ZSTD_c_minMatch]: 6,
};

/** Compress what becomes one segment. */
export function compressSegment(plaintext: Uint8Array): Buffer {
	return compress(plaintext, segmentParameters);
}

/** A dictionary that begins like this is not raw content to zstd, but one of its own (RFC 8878, section 5). */
const dictionaryMagic = 0xEC_30_A4_37;

/** Whether zstd takes these bytes as what they are. */
export function isRawDictionary(bytes: Uint8Array): boolean {
	return bytes.byteLength >= 8 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) !== dictionaryMagic;
}

/**
Compress with a dictionary that is mostly the same: `zstd -D` unpacks it. Long matches are all that counts, so the fastest strategy does, with a window that reaches over the whole dictionary.
@param dictionary - `isRawDictionary`.
*/
export function compressDelta(plaintext: Uint8Array, dictionary: Uint8Array): Buffer {
	const reachLog = Math.ceil(Math.log2(plaintext.byteLength + dictionary.byteLength));
	const dictionaryLog = Math.ceil(Math.log2(dictionary.byteLength));
	return compress(plaintext, {
		[constants.ZSTD_c_compressionLevel]: 1,
		[constants.ZSTD_c_windowLog]: Math.min(Math.max(reachLog, 10), 27),
		// One place in four is remembered; a match that begins between two of them is found a few bytes later, and goes back to its beginning.
		[constants.ZSTD_c_hashLog]: Math.min(Math.max(dictionaryLog - 2, 10), 22),
		[constants.ZSTD_c_minMatch]: 7,
	}, dictionary);
}

const largestChunkBytes = 4 * 1024 * 1024;

/**
@param maximumBytes - Output beyond this is refused before it is made.
@param dictionary - What it was compressed with; of a delta.
@throws `damaged`
*/
export function decompressZstd(compressed: Uint8Array, maximumBytes: number, what: string, dictionary?: Uint8Array): Buffer {
	// A segment's limit is its exact size: one buffer takes it, with a byte to spare, as Node makes another one when it is full. Metadata has a limit far above its size: do not ask for megabytes each time.
	const chunkSize = maximumBytes <= largestChunkBytes ? maximumBytes + 1 : Math.min(largestChunkBytes, Math.max(64 * 1024, compressed.byteLength * 8));
	try {
		return zstdDecompressSync(compressed, {maxOutputLength: maximumBytes, chunkSize: Math.max(64, chunkSize), ...(dictionary && {dictionary})});
	} catch (error) {
		throw new CofferError('damaged', `${what} does not unpack within its limit of ${maximumBytes} bytes: it was damaged.`, {cause: error});
	}
}
