import {Buffer} from 'node:buffer';
import {fromBytes, toBytes, type ByteString} from '../../byte-string.ts';
import {CofferError} from '../../errors.ts';

/*
A tar archive is a sequence of blocks of 512 bytes: for each entry a header, then its content padded with zeros; in the end blocks of zeros.
A header (POSIX.1-2017, pax, "ustar Interchange Format"; tar(5) of GNU):

	0    name, 100 bytes          100  mode, 8      108  uid, 8       116  gid, 8
	124  size, 12                 136  mtime, 12    148  checksum, 8  156  type, 1
	157  target of a link, 100    257  "ustar" NUL "00" (POSIX), "ustar  " NUL (GNU), or else (before both)
	265  user name, 32            297  group name, 32
	329  major number, 8          337  minor number, 8
	345  POSIX: prefix of the name, 155             482  GNU, old sparse files: whether more of their map follows

Numbers are octal digits in ASCII, or, where the first byte's highest bit is set, binary, the highest byte first (GNU). The checksum is the sum of all bytes, its own counted as spaces.
*/

export const blockBytes = 512;

export type TarHeader = {
	readonly name: ByteString;
	readonly mode: number;
	readonly uid: number;
	readonly gid: number;
	/** Of the content that follows. */
	readonly size: number;
	/** Seconds since 1970. */
	readonly mtime: number;
	/** One character. */
	readonly type: string;
	readonly linkName: ByteString;
	readonly major: number;
	readonly minor: number;
	/** Of old sparse files: more of their map follows in blocks of its own, each with a mark at 504. @default false */
	readonly isSparseMapLong?: boolean;
};

const checksumOffset = 148;
const checksumLength = 8;

function textAt(block: Buffer, offset: number, length: number): ByteString {
	const field = block.subarray(offset, offset + length);
	const end = field.indexOf(0);
	return fromBytes(end === -1 ? field : field.subarray(0, end));
}

function binaryAt(field: Buffer): number {
	const isNegative = field[0]! >= 0xC0;
	let value = BigInt(isNegative ? field[0]! - 0x1_00 : field[0]! & 0x7F);
	for (const byte of field.subarray(1)) {
		value = (value * 256n) + BigInt(byte);
	}

	return Number(value);
}

/** NaN for what is no number. */
function numberAt(block: Buffer, offset: number, length: number): number {
	const field = block.subarray(offset, offset + length);
	if ((field[0]! & 0x80) !== 0) {
		return binaryAt(field);
	}

	const digits = field.toString('latin1').replaceAll('\0', ' ').trim();
	return digits === '' ? 0 : (/^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN);
}

/** 0 for what is no number: only devices have one, and some programs write none for all others. */
function deviceNumberAt(block: Buffer, offset: number): number {
	const value = numberAt(block, offset, 8);
	return Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

/** The sum of all bytes; of signed ones for some very old programs. */
function sum(block: Buffer, isSigned: boolean): number {
	let total = checksumLength * 0x20;
	for (let index = 0; index < blockBytes; index++) {
		if (!(index < checksumOffset || index >= checksumOffset + checksumLength)) {
			continue;
		}

		const byte = block[index]!;
		total += isSigned && byte > 127 ? byte - 256 : byte;
	}

	return total;
}

/** Whether the block's checksum fits: nothing but a header has one, save by chance. */
export function isTarHeader(block: Buffer): boolean {
	if (block.byteLength < blockBytes) {
		return false;
	}

	const stored = numberAt(block, checksumOffset, checksumLength);
	return stored === sum(block, false) || stored === sum(block, true);
}

/** Whether it marks the end of the archive. */
export function isZeroBlock(block: Buffer): boolean {
	return block.byteLength === blockBytes && block.every(byte => byte === 0);
}

/** @param what - Names the archive in errors. @throws `damaged` */
export function decodeTarHeader(block: Buffer, what: string): TarHeader {
	const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
	const prefix = isPosix ? textAt(block, 345, 155) : '';
	const name = textAt(block, 0, 100);
	const size = numberAt(block, 124, 12);
	const mtime = numberAt(block, 136, 12);
	if (!isTarHeader(block) || !Number.isSafeInteger(size) || size < 0 || !Number.isSafeInteger(mtime)) {
		throw new CofferError('damaged', `${what} holds a tar entry whose header is not what was written: its checksum or one of its numbers is wrong.`);
	}

	return {
		name: (prefix === '' ? name : `${prefix}/${name}`) as ByteString,
		mode: numberAt(block, 100, 8) & 0o7777,
		uid: numberAt(block, 108, 8),
		gid: numberAt(block, 116, 8),
		size,
		mtime,
		type: block[156] === 0 ? '0' : String.fromCharCode(block[156]!),
		linkName: textAt(block, 157, 100),
		major: deviceNumberAt(block, 329),
		minor: deviceNumberAt(block, 337),
		isSparseMapLong: block[482] === 1,
	};
}

/** Digits and a NUL in `length` bytes; what does not fit stands as 0, as a pax record beside it has it. */
function octal(value: number, length: number): string {
	const digits = value >= 0 ? value.toString(8) : '';
	return `${(digits.length < length ? digits : '').padStart(length - 1, '0')}\0`;
}

/** What a header has room for. What goes beyond must stand in pax records (`PaxFields`). */
export const headerLimits = {nameBytes: 100, linkNameBytes: 100, id: 0o777_7777, size: 0o777_7777_7777, mtime: 0o777_7777_7777} as const;

/** A header of POSIX's kind. Names that are too long are cut, numbers that are too large become 0. */
export function encodeTarHeader(header: TarHeader): Buffer {
	const block = Buffer.alloc(blockBytes);
	const put = (offset: number, text: string) => {
		block.write(text, offset, 'latin1');
	};

	toBytes(header.name).copy(block, 0, 0, headerLimits.nameBytes);
	put(100, octal(header.mode, 8));
	put(108, octal(header.uid, 8));
	put(116, octal(header.gid, 8));
	put(124, octal(header.size, 12));
	put(136, octal(header.mtime, 12));
	put(156, header.type);
	toBytes(header.linkName).copy(block, 157, 0, headerLimits.linkNameBytes);
	put(257, 'ustar\u000000');
	put(329, octal(header.major, 8));
	put(337, octal(header.minor, 8));
	put(checksumOffset, `${sum(block, false).toString(8).padStart(6, '0')}\0 `);
	return block;
}
