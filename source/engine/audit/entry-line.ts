import {Buffer} from 'node:buffer';
import {createHmac, timingSafeEqual} from 'node:crypto';
import type {AuditHead} from '../audit-head.ts';
import {auditOperations, auditResults, type AuditEntry} from './audit-entry.ts';

/*
One line of JSON, ended by "\n", with its members in this order and no white space between them; strings as JSON.stringify writes them:

	{"number", "time", "host", "user", "from", "role"?, "slot"?, "run", "operation", "result", "objects", "detail"?, "previous", "mac"}

`previous` is the `mac` of the entry before, 64 zeros in the first. `mac` is the HMAC-SHA-256 of the line without `,"mac":"…"` and without its end.
*/

/** Longer lines are neither written nor read. */
export const maximumLineBytes = 64 * 1024;
/** What the first entry follows. */
export const logBeginning: AuditHead = {number: 0, mac: '0'.repeat(64)};

const maximumObjects = 50;
const maximumObjectLength = 200;
const maximumTextLength = 1000;
/** `,"mac":"`, 64 digits, `"}`. */
const macTail = /,"mac":"(?<mac>[\da-f]{64})"\}$/;
const macTailBytes = 74;

/** An entry as it stands in the log. */
export type StoredEntry = AuditEntry & {readonly previous: string; readonly mac: string};

/** A line that was read: an entry, whose MAC may still be wrong, or no entry at all. */
export type ParsedLine = {readonly entry: StoredEntry; readonly signed: Buffer};

const cut = (text: string, length: number): string => text.length > length ? `${text.slice(0, length - 1)}…`.toWellFormed() : text.toWellFormed();

/** The same with no more and no longer texts than a line has room for. */
export function boundEntry(entry: AuditEntry): AuditEntry {
	const {objects, detail, ...rest} = entry;
	const kept = objects.slice(0, maximumObjects).map(object => cut(object, maximumObjectLength));
	const more = objects.length - kept.length;
	return {
		...rest,
		host: cut(rest.host, maximumTextLength),
		user: cut(rest.user, maximumTextLength),
		from: cut(rest.from, maximumTextLength),
		objects: more > 0 ? [...kept, `and ${more} more`] : kept,
		...(detail !== undefined && {detail: cut(detail, maximumTextLength)}),
	};
}

/** The line without its MAC and its end. */
function signedText({number, time, host, user, from, role, slot, run, operation, result, objects, detail}: AuditEntry, previous: string): string {
	return JSON.stringify({number, time, host, user, from, role, slot, run, operation, result, objects, detail, previous});
}

const macOf = (signed: Uint8Array | string, key: Uint8Array): Buffer => createHmac('sha256', key).update(signed).digest();

/** The line of an entry, with its end, and the entry's own MAC. @param entry - See `boundEntry`. */
export function encodeEntry(entry: AuditEntry, previous: string, key: Uint8Array): {readonly line: Buffer; readonly mac: string} {
	const signed = signedText(entry, previous);
	const mac = macOf(signed, key).toString('hex');
	return {line: Buffer.from(`${signed.slice(0, -1)},"mac":"${mac}"}\n`), mac};
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isOptionalText = (value: unknown): boolean => value === undefined || isText(value);

function isEntry(value: Partial<Record<keyof StoredEntry, unknown>>): value is StoredEntry {
	return Number.isSafeInteger(value.number) && (value.number as number) > 0
		&& [value.time, value.host, value.user, value.from, value.run, value.previous].every(text => isText(text))
		&& !Number.isNaN(Date.parse(value.time as string))
		&& [value.role, value.slot, value.detail].every(text => isOptionalText(text))
		&& (auditOperations as readonly unknown[]).includes(value.operation)
		&& (auditResults as readonly unknown[]).includes(value.result)
		&& Array.isArray(value.objects) && value.objects.every(object => isText(object));
}

/** @param line - Without its end. @returns `undefined` for what is no entry, or not written as entries are */
export function parseLine(line: Buffer): ParsedLine | undefined {
	if (line.byteLength > maximumLineBytes || line.byteLength < macTailBytes) {
		return undefined;
	}

	const mac = macTail.exec(line.toString('latin1', line.byteLength - macTailBytes))?.groups?.['mac'];
	if (mac === undefined) {
		return undefined;
	}

	const signed = Buffer.concat([line.subarray(0, -macTailBytes), Buffer.from('}')]);
	try {
		const text = signed.toString();
		const value = JSON.parse(text) as Partial<Record<keyof StoredEntry, unknown>> | null;
		if (typeof value !== 'object' || value === null || !isEntry(value)) {
			return undefined;
		}

		const entry = {...value, mac};
		return signedText(entry, entry.previous) === text ? {entry, signed} : undefined;
	} catch {
		return undefined;
	}
}

/** Whether the line's MAC is that of its content under this key. */
export function isAuthentic({entry, signed}: ParsedLine, key: Uint8Array): boolean {
	return timingSafeEqual(macOf(signed, key), Buffer.from(entry.mac, 'hex'));
}
