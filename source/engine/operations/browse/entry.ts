import {toBytes, toDisplayText, toExactText, type ByteString} from '../../byte-string.ts';
import type {NodeType, TreeNode} from '../../tree-node.ts';

/** What a snapshot holds of an entry, but for its path and content. */
export type EntryFacts = {
	readonly type: NodeType;
	/** Permission bits with setuid, setgid and sticky. */
	readonly mode: number;
	readonly uid: number;
	readonly gid: number;
	/** Bytes; of files. */
	readonly size?: number;
	/** RFC 3339 in UTC with nanoseconds. */
	readonly mtime: string;
	/** Number of hard links, where there are several. */
	readonly links?: number;
	/** Of symbolic links, for people. */
	readonly target?: string;
	/** The same in base64, where it is not UTF-8. */
	readonly target64?: string;
};

/** Where an entry is in a snapshot. */
export type EntryPath = {
	/** Absolute, for people: bytes that are not UTF-8 stand as U+FFFD; control characters are not removed. */
	readonly path: string;
	/** The very bytes in base64, where they are not UTF-8. */
	readonly path64?: string;
};

/** An entry of a snapshot. */
export type SnapshotEntry = EntryPath & EntryFacts;

const nsPerSecond = 1_000_000_000n;
/** The last second that a `Date` can hold, and minus it the first. */
const lastSecond = 8_640_000_000_000;

/** RFC 3339 in UTC with nanoseconds; times beyond what a `Date` holds become the last one that it does. @param ns - Since 1970. */
export function toTimeText(ns: bigint): string {
	const fraction = ((ns % nsPerSecond) + nsPerSecond) % nsPerSecond;
	// Exact: a Date holds fewer seconds than a number can count.
	const second = Number((ns - fraction) / nsPerSecond);
	const held = Math.max(-lastSecond, Math.min(lastSecond, second));
	return `${new Date(held * 1000).toISOString().slice(0, -'.000Z'.length)}.${String(fraction).padStart(9, '0')}Z`;
}

/** The bytes in base64, where they are no text. */
function toBase64(value: ByteString): string | undefined {
	return toExactText(value) === undefined ? toBytes(value).toString('base64') : undefined;
}

export function toEntryPath(path: ByteString): EntryPath {
	const path64 = toBase64(path);
	return {path: toDisplayText(path), ...(path64 !== undefined && {path64})};
}

export function toEntryFacts({type, mode, uid, gid, size, mtimeNs, links, target}: TreeNode): EntryFacts {
	const target64 = target === undefined ? undefined : toBase64(target);
	return {
		type, mode, uid, gid,
		...(type === 'file' && size !== undefined && {size}),
		mtime: toTimeText(mtimeNs),
		...(links > 1 && {links}),
		...(target !== undefined && {target: toDisplayText(target)}),
		...(target64 !== undefined && {target64}),
	};
}

/** @param path - Absolute. */
export function toSnapshotEntry(path: ByteString, node: TreeNode): SnapshotEntry {
	return {...toEntryPath(path), ...toEntryFacts(node)};
}
