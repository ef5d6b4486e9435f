import {Buffer} from 'node:buffer';
import {toBytes} from '../../byte-string.ts';
import type {StreamedEntry} from '../../streamed-entry.ts';
import type {NodeType} from '../../tree-node.ts';
import {encodePaxRecords, encodeXattrName, formatPaxTime, xattrPrefix} from './pax-records.ts';
import {blockBytes, encodeTarHeader, headerLimits, type TarHeader} from './tar-header.ts';

/** An entry as the writer takes it: of files the size is known, and `content` gives exactly so many bytes. */
export type TarEntry = Omit<StreamedEntry, 'rdev' | 'content'> & {
	/** Of devices. */
	readonly device?: {readonly major: number; readonly minor: number};
	readonly content?: AsyncIterable<Uint8Array>;
};

/** GNU tar fills its blocking factor of 20. */
const recordBytes = 20 * blockBytes;
const types: Readonly<Record<Exclude<NodeType, 'socket'>, string>> = {file: '0', symlink: '2', character: '3', block: '4', directory: '5', fifo: '6'};

function toHeader(entry: TarEntry): TarHeader {
	const {path, type, linkTo, target, size = 0, mtimeNs, device} = entry;
	const floor = mtimeNs >= 0n ? mtimeNs / 1_000_000_000n : 0n;
	return {
		name: path,
		mode: entry.mode,
		uid: entry.uid,
		gid: entry.gid,
		size: linkTo === undefined && type === 'file' ? size : 0,
		mtime: Number(floor),
		type: linkTo === undefined ? types[type as keyof typeof types] : '1',
		linkName: linkTo ?? target ?? ('' as typeof path),
		major: device?.major ?? 0,
		minor: device?.minor ?? 0,
	};
}

/** What the header has no room for. */
function toRecords({mtimeNs, xattrs = []}: TarEntry, {name, linkName, uid, gid, size}: TarHeader): Map<string, string> {
	const records = new Map<string, string>();
	const addWhere = (isNeeded: boolean, key: string, value: string) => {
		if (isNeeded) {
			records.set(key, value);
		}
	};

	// Names that are no UTF-8 stand as they are, as GNU tar writes them; "hdrcharset=BINARY", which POSIX has for them, makes it complain.
	addWhere(name.length > headerLimits.nameBytes || /[^\u0000-\u007F]/.test(name), 'path', name);
	addWhere(linkName.length > headerLimits.linkNameBytes || /[^\u0000-\u007F]/.test(linkName), 'linkpath', linkName);
	addWhere(uid > headerLimits.id, 'uid', String(uid));
	addWhere(gid > headerLimits.id, 'gid', String(gid));
	addWhere(size > headerLimits.size, 'size', String(size));
	addWhere(mtimeNs < 0n || mtimeNs % 1_000_000_000n !== 0n || mtimeNs / 1_000_000_000n > BigInt(headerLimits.mtime), 'mtime', formatPaxTime(mtimeNs));
	for (const {name: attribute, value} of xattrs) {
		records.set(`${xattrPrefix}${encodeXattrName(attribute)}`, value.toString('latin1'));
	}

	return records;
}

function padding(sizeBytes: number, multiple: number): Buffer {
	return Buffer.alloc((multiple - (sizeBytes % multiple)) % multiple);
}

/**
A tar archive in pax format, which GNU tar and bsdtar read. Sockets have no place in one.
@yields The next bytes, good until the following ones are asked for.
@throws RangeError where an entry's content is not as long as its size; what the entries throw
*/
export async function * writeTar(entries: AsyncIterable<TarEntry>): AsyncGenerator<Uint8Array, void> {
	let written = 0;
	const count = (bytes: Uint8Array): Uint8Array => {
		written += bytes.byteLength;
		return bytes;
	};

	for await (const entry of entries) {
		const header = toHeader(entry);
		const records = toRecords(entry, header);
		if (records.size > 0) {
			const bytes = encodePaxRecords(records);
			yield count(encodeTarHeader({...header, name: toBytes(`PaxHeaders/${header.name}`.slice(0, 100)).toString('latin1') as typeof header.name, mode: 0o644, size: bytes.byteLength, type: 'x', linkName: '' as typeof header.linkName}));
			yield count(bytes);
			yield count(padding(bytes.byteLength, blockBytes));
		}

		yield count(encodeTarHeader(header));
		let length = 0;
		for await (const piece of header.size > 0 ? entry.content ?? [] : []) {
			length += piece.byteLength;
			yield count(piece);
		}

		if (length !== header.size) {
			throw new RangeError('The content of a tar entry is not as long as its header says');
		}

		yield count(padding(header.size, blockBytes));
	}

	yield count(Buffer.alloc(2 * blockBytes));
	yield padding(written, recordBytes);
}
