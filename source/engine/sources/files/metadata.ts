import {readlinkSync, type BigIntStats, type Stats} from 'node:fs';
import {toPath, type ByteString} from '../../byte-string.ts';
import {toStatMilliseconds} from '../../stat-time.ts';
import type {NodeMetadata, NodeType, RecordedState} from '../../tree-node.ts';
import {readExtendedAttributes} from './extended-attributes.ts';

/** Bits of st_mode that say what a file is, and what each value means (inode(7)). */
const typeMask = 0o17_0000;
const typeOfBits = new Map<number, NodeType>([[0o10_0000, 'file'], [0o04_0000, 'directory'], [0o12_0000, 'symlink'], [0o01_0000, 'fifo'], [0o14_0000, 'socket'], [0o06_0000, 'block'], [0o02_0000, 'character']]);

/** What kind of file it is; `undefined` for kinds that Linux does not have. */
export function typeOf(stats: Stats | BigIntStats): NodeType | undefined {
	return typeOfBits.get(Number(stats.mode) & typeMask);
}

/** Whether a file is still what was recorded: type, device, inode, size, mtime and ctime. */
export function isSameState(state: RecordedState, type: NodeType, stats: Stats): boolean {
	return state.type === type
		&& state.ctimeMs === stats.ctimeMs
		&& state.mtimeMs === stats.mtimeMs
		&& state.inode === stats.ino
		&& state.device === stats.dev
		&& (type !== 'file' || state.size === stats.size);
}

/** Whether a file is still what the previous snapshot recorded; see `isSameState`. */
export function isUnchanged(node: NodeMetadata & {readonly size?: number}, type: NodeType, stats: Stats): boolean {
	const {ctimeNs, mtimeNs, inode, device, size} = node;
	return ctimeNs !== undefined
		&& isSameState({type: node.type, ctimeMs: toStatMilliseconds(ctimeNs), mtimeMs: toStatMilliseconds(mtimeNs), inode: Number(inode), device: Number(device), size: size ?? -1}, type, stats);
}

const fineTickNs = 100_000_000n;
const coarseTickNs = 2_000_000_000n;

/**
Whether a file may change once more without its times showing it: it changed within the last tick of its file system's clock. Some file systems keep whole seconds, or two.
*/
function isRecent(ctimeNs: bigint, nowMs: number): boolean {
	const tick = ctimeNs % 1_000_000_000n === 0n ? coarseTickNs : fineTickNs;
	return ctimeNs + tick > BigInt(Math.floor(nowMs)) * 1_000_000n;
}

/**
@param nowMs - Before the file's content was read.
@param systemPath - Where the file is found, for what `stats` does not hold; its last component is not followed.
@throws System errors of readlink(2).
*/
export function toMetadata(stats: BigIntStats, type: NodeType, systemPath: ByteString, nowMs: number): NodeMetadata {
	const xattrs = readExtendedAttributes(systemPath);
	return {
		type,
		mode: Number(stats.mode & 0o7777n),
		uid: Number(stats.uid),
		gid: Number(stats.gid),
		mtimeNs: stats.mtimeNs,
		...(!isRecent(stats.ctimeNs, nowMs) && {ctimeNs: stats.ctimeNs}),
		device: stats.dev.toString(),
		inode: stats.ino.toString(),
		links: type === 'directory' ? 1 : Number(stats.nlink),
		...(xattrs.length > 0 && {xattrs}),
		...(type === 'symlink' && {target: readlinkSync(toPath(systemPath), 'latin1') as ByteString}),
		...((type === 'block' || type === 'character') && {rdev: stats.rdev.toString()}),
	};
}
