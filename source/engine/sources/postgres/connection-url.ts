import {type Buffer} from 'node:buffer';
import {createSecretBuffer} from '../../secret-buffer.ts';

/** A URL of a server, taken apart; the password never becomes a string, which nobody could wipe. */
export type ConnectionUrl = {
	/** libpq's keywords and their values: host, port, user, sslmode and others; neither password nor database. */
	readonly parameters: Readonly<Record<string, string>>;
	/** The one that it names. */
	readonly database?: string;
	/** The caller wipes it. */
	readonly password?: Buffer;
};

const [colon, slash, at, percent] = [...':/@%'].map(character => character.codePointAt(0)!) as [number, number, number, number];

function hexValue(byte: number | undefined): number {
	return byte === undefined ? Number.NaN : Number.parseInt(String.fromCodePoint(byte), 16);
}

/** What percent-encoded bytes stand for. @returns `undefined` where they are cut short. */
function decodePercents(bytes: Uint8Array): Buffer | undefined {
	const decoded = createSecretBuffer(bytes.byteLength);
	let length = 0;
	for (let index = 0; index < bytes.byteLength; index++) {
		let byte = bytes[index]!;
		if (byte === percent) {
			byte = (hexValue(bytes[index + 1]) * 16) + hexValue(bytes[index + 2]);
			if (Number.isNaN(byte)) {
				decoded.fill(0);
				return undefined;
			}

			index += 2;
		}

		decoded[length++] = byte;
	}

	return decoded.subarray(0, length);
}

/** Where the user's name and the password stand in a URL of bytes; `undefined` where it has neither. */
function findUserInfo(bytes: Buffer): {readonly start: number; readonly userEnd: number; readonly end: number} | undefined {
	const start = bytes.indexOf('://') + 3;
	const rest = bytes.subarray(start);
	const path = rest.indexOf(slash);
	const end = start + (path === -1 ? rest : rest.subarray(0, path)).lastIndexOf(at);
	if (start < 3 || end < start) {
		return undefined;
	}

	const separator = bytes.indexOf(colon, start);
	return {start, end, userEnd: separator === -1 || separator > end ? end : separator};
}

/**
Read what an administrator wrote: `postgresql://user:password@host:port/database?sslmode=require`.
@param bytes - Stay the caller's.
@returns `undefined` for what is no such URL, or has a secret in its query.
*/
export function readConnectionUrl(bytes: Buffer): ConnectionUrl | undefined {
	const info = findUserInfo(bytes);
	const text = info ? `${bytes.toString('utf8', 0, info.start)}${bytes.toString('utf8', info.end + 1)}` : bytes.toString();
	const hasPassword = info !== undefined && info.userEnd < info.end;
	try {
		const {protocol, hostname, port, pathname, searchParams} = new URL(text);
		const query = [...searchParams].filter(([name]) => name !== 'dbname');
		if (!/^postgres(?:ql)?:$/.test(protocol) || query.some(([name]) => !/^[a-z_]+$/.test(name) || name.includes('password'))) {
			return undefined;
		}

		const database = decodeURIComponent(pathname.slice(1)) || searchParams.get('dbname');
		const parts = {host: decodeURIComponent(hostname).replaceAll(/^\[|\]$/g, ''), port, user: info ? decodeURIComponent(bytes.toString('utf8', info.start, info.userEnd)) : ''};
		const password = hasPassword ? decodePercents(bytes.subarray(info.userEnd + 1, info.end)) : undefined;
		if (hasPassword && !password) {
			return undefined;
		}

		return {
			parameters: {...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== '')), ...Object.fromEntries(query)},
			...(database && {database}),
			...(password && {password}),
		};
	} catch {
		return undefined;
	}
}
