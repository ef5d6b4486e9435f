import {Buffer} from 'node:buffer';
import {CofferError} from '../errors.ts';
import {sealedSize, type SegmentCipher} from '../crypto/segment-cipher.ts';
import {memoryCorrupted} from './memory-corrupted.ts';
import {parseStoredJson, toCanonicalJson} from './canonical-json.ts';
import {compressZstd, decompressZstd} from './compression.ts';
import {Fields} from './fields.ts';
import {headerBytes} from './object-header.ts';
import {segmentFromJson, segmentToJson, type SegmentEntry} from './segment-table.ts';

/*
A pack: header (80) ‖ sealed segments 0, 1, … ‖ padding ‖ sealed segment table ‖ trailer (64).

- The padding is empty, or one more sealed segment, of zeros, with the next number.
- The table is the segment number 2^32 − 1: a zstd frame of canonical JSON {"segments": […]}, so that a pack can be read when every index is lost.
- The trailer is the segment number 2^32 − 2: the sealed table's length, 8 bytes little-endian.
*/

export const tableNumber = 0xFF_FF_FF_FF;
export const trailerNumber = 0xFF_FF_FF_FE;
export const trailerBytes = 64;
const maximumTableBytes = 64 * 1024 * 1024;

/**
The size to which `sizeBytes` is padded: Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", PETS 2019), then up to a whole AES
block. At most 12 % more, 3 % for 32 MiB.
*/
export function paddedSize(sizeBytes: number): number {
	if (sizeBytes < 2) {
		return sizeBytes;
	}

	const exponent = Math.floor(Math.log2(sizeBytes));
	const unit = Math.max(2 ** (exponent - Math.floor(Math.log2(Math.max(exponent, 1))) - 1), 16);
	return Math.ceil(sizeBytes / unit) * unit;
}

/** Seal, and open again before it is stored (see WriteCheck). @throws `memory-corrupted` */
function sealChecked(cipher: SegmentCipher, number: number, plaintext: Uint8Array): Buffer[] {
	const parts = cipher.seal(number, plaintext);
	if (!cipher.open(number, Buffer.concat(parts)).equals(plaintext)) {
		throw memoryCorrupted('The end of a pack');
	}

	return parts;
}

/**
What follows the segments of a pack, in parts.
@param endOfSegments - How long the pack is so far, with its header.
@throws `memory-corrupted`
*/
export function sealPackEnd(cipher: SegmentCipher, segments: readonly SegmentEntry[], endOfSegments: number, isPadded: boolean): Buffer[] {
	const json = Buffer.from(toCanonicalJson({segments: segments.map(segment => segmentToJson(segment))}));
	const table = compressZstd(json, 3);
	if (!decompressZstd(table, json.byteLength, 'the segment table').equals(json)) {
		throw memoryCorrupted('The table of a pack');
	}

	const tableBytes = sealedSize(table.byteLength);
	const parts: Buffer[] = [];
	const sizeBytes = endOfSegments + tableBytes + trailerBytes;
	const minimumPadding = sealedSize(0);
	const paddingBytes = isPadded ? paddedSize(sizeBytes + minimumPadding) - sizeBytes : 0;
	if (paddingBytes > 0) {
		// `sealedSize(n)` of the largest n that fills exactly these bytes: everything here is a multiple of the AES block.
		parts.push(...sealChecked(cipher, segments.length, Buffer.alloc(paddingBytes - minimumPadding + 15)));
	}

	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(tableBytes));
	parts.push(...sealChecked(cipher, tableNumber, table), ...sealChecked(cipher, trailerNumber, length));
	return parts;
}

/** The length of the sealed table. @throws `damaged` */
export function openTrailer(cipher: SegmentCipher, trailer: Uint8Array, packBytes: number, what: string): number {
	const length = cipher.open(trailerNumber, trailer);
	const tableBytes = length.byteLength === 8 ? Number(length.readBigUInt64LE()) : Infinity;
	if (tableBytes > maximumTableBytes || headerBytes + tableBytes + trailerBytes > packBytes) {
		throw new CofferError('damaged', `${what} has a segment table that does not fit into it: it was damaged.`);
	}

	return tableBytes;
}

/** @param table - Decrypted. @throws `damaged` */
export function decodeTable(table: Uint8Array, what: string): SegmentEntry[] {
	const json = decompressZstd(table, maximumTableBytes, what);
	const fields = new Fields(parseStoredJson(json, what), what);
	const segments = fields.objects('segments').map(segment => segmentFromJson(segment, what));
	fields.end();
	return segments;
}
