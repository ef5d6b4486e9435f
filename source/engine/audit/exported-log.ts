import {Buffer} from 'node:buffer';
import {createHmac, timingSafeEqual} from 'node:crypto';
import type {AuditHead} from '../audit-head.ts';
import {CofferError} from '../errors.ts';

/*
A file that a log was exported to: one line about it, then lines as they stand in the log. The first line, with its members in this order:

	{"format": "coffer audit log 1", "repository", "host", "exported", "follows": {"number", "mac"}, "head": {"number", "mac"}, "mac"}

`follows` is the entry before the first one of the file, with 0 and 64 zeros at the beginning of the log; `head` the last one. `mac` is made as that of an entry.
*/

const format = 'coffer audit log 1';
const macTailBytes = 74;

/** What the first line of an exported log tells. */
export type ExportHeader = {
	readonly repository: string;
	/** Whose log it is. */
	readonly host: string;
	/** RFC 3339. */
	readonly exported: string;
	/** The entry before the first. */
	readonly follows: AuditHead;
	/** The last entry. */
	readonly head: AuditHead;
};

function signedText({repository, host, exported, follows, head}: ExportHeader): string {
	return JSON.stringify({format, repository, host, exported, follows: {number: follows.number, mac: follows.mac}, head: {number: head.number, mac: head.mac}});
}

const macOf = (signed: string, key: Uint8Array): Buffer => createHmac('sha256', key).update(signed).digest();

/** The first line, with its end. */
export function encodeExportHeader(header: ExportHeader, key: Uint8Array): Buffer {
	const signed = signedText(header);
	return Buffer.from(`${signed.slice(0, -1)},"mac":"${macOf(signed, key).toString('hex')}"}\n`);
}

const isHead = (value: unknown): value is AuditHead => {
	const {number, mac} = (value ?? {}) as Partial<Record<string, unknown>>;
	return Number.isSafeInteger(number) && typeof mac === 'string' && /^[\da-f]{64}$/.test(mac);
};

/**
@param line - Without its end.
@param file - For the error.
@throws `usage` for a file that is no exported log; `audit-failed` where its first line was changed, or its key is another one
*/
export function decodeExportHeader(line: Buffer, key: Uint8Array, file: string): ExportHeader {
	const text = line.toString();
	const signed = `${text.slice(0, -macTailBytes)}}`;
	let header: Partial<Record<keyof ExportHeader | 'format', unknown>> | null;
	try {
		header = JSON.parse(signed) as typeof header;
	} catch {
		header = null;
	}

	if (typeof header !== 'object' || header?.format !== format) {
		throw new CofferError('usage', `${file} is no audit log that "coffer audit export" wrote. Name such a file, or verify the log of this host without --file.`, {context: {file}});
	}

	const mac = Buffer.from(text.slice(-66, -2), 'hex');
	const {repository, host, exported, follows, head} = header;
	const isWhole = typeof repository === 'string' && typeof host === 'string' && typeof exported === 'string' && isHead(follows) && isHead(head);
	if (!isWhole || mac.byteLength !== 32 || !timingSafeEqual(macOf(signed, key), mac) || !text.endsWith(`,"mac":"${mac.toString('hex')}"}`)) {
		throw new CofferError('audit-failed', `The first line of ${file} is not what was written: it was changed, or the log is of another repository.`, {context: {file}});
	}

	return {repository, host, exported, follows, head};
}
