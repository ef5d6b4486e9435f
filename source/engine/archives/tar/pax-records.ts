import {Buffer} from 'node:buffer';
import {fromBytes, fromText, toBytes, toExactText, type ByteString} from '../../byte-string.ts';
import {CofferError} from '../../errors.ts';

/*
Pax records stand before an entry and say what its header cannot (POSIX.1-2017, pax, "pax Extended Header"): lines `LENGTH KEY=VALUE\n`, where LENGTH counts the whole line in bytes.
Values are bytes: they may hold anything, newlines included.
*/

/** The values by their keys, one character a byte. */
export type PaxRecords = ReadonlyMap<string, string>;

/** @param what - Names the archive in errors. @throws `damaged` */
export function decodePaxRecords(bytes: Buffer, what: string): Map<string, string> {
	const records = new Map<string, string>();
	let offset = 0;
	// Some programs pad the records with zeros.
	while (offset < bytes.byteLength && bytes[offset] !== 0) {
		const space = bytes.indexOf(0x20, offset);
		const digits = bytes.toString('latin1', offset, space === -1 ? offset : Math.min(space, offset + 12));
		const end = offset + Number(digits);
		const equals = bytes.indexOf(0x3D, space);
		if (!/^\d+$/.test(digits) || end > bytes.byteLength || end <= space + 1 || bytes[end - 1] !== 0x0A || equals === -1 || equals >= end) {
			throw new CofferError('damaged', `${what} holds a tar entry whose pax records are not what was written.`);
		}

		records.set(fromBytes(bytes.subarray(space + 1, equals)), fromBytes(bytes.subarray(equals + 1, end - 1)));
		offset = end;
	}

	return records;
}

function encodeRecord(key: string, value: string): Buffer {
	const body = ` ${key}=${value}\n`;
	let {length} = body;
	while (length !== body.length + String(length).length) {
		length = body.length + String(length).length;
	}

	return toBytes(`${length}${body}`);
}

/** @param records - Keys and values with one character a byte. */
export function encodePaxRecords(records: PaxRecords): Buffer {
	return Buffer.concat([...records].map(([key, value]) => encodeRecord(key, value)));
}

/** Before the name of an extended attribute, whose value is that of the record (star(1), GNU tar). */
export const xattrPrefix = 'SCHILY.xattr.';

/** The name of an extended attribute as part of a key, which can hold no "=": as GNU tar has it. */
export function encodeXattrName(name: string): string {
	return fromText(name).replaceAll('%', '%25').replaceAll('=', '%3D');
}

/** The reverse; `undefined` for what is no text. */
export function decodeXattrName(key: string): string | undefined {
	const name = toExactText(key.replaceAll('%3D', '=').replaceAll('%25', '%') as ByteString);
	return name === '' || name?.includes('\0') ? undefined : name;
}

/** A time as records have it: seconds since 1970 with decimals. @returns Nanoseconds; `undefined` for what is no time. */
export function parsePaxTime(text: string): bigint | undefined {
	const match = /^(?<sign>-?)(?<seconds>\d{1,15})(?:\.(?<fraction>\d*))?$/.exec(text);
	if (!match?.groups) {
		return undefined;
	}

	const {sign, seconds, fraction = ''} = match.groups;
	const ns = (BigInt(seconds!) * 1_000_000_000n) + BigInt(fraction.padEnd(9, '0').slice(0, 9));
	return sign === '-' ? -ns : ns;
}

/** The reverse, with all nine decimals where any is needed. */
export function formatPaxTime(timeNs: bigint): string {
	const absolute = timeNs < 0n ? -timeNs : timeNs;
	const fraction = absolute % 1_000_000_000n;
	return `${timeNs < 0n ? '-' : ''}${absolute / 1_000_000_000n}${fraction === 0n ? '' : `.${String(fraction).padStart(9, '0')}`}`;
}
