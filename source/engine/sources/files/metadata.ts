import {readlinkSync, type BigIntStats, type Stats} from 'node:fs';
import {toPath, type ByteString} from '../../byte-string.ts';
import type {NodeMetadata, NodeType} from '../../tree-node.ts';
import {readExtendedAttributes} from './extended-attributes.ts';

/** Bits of st_mode that say what a file is, and what each value means (inode(7)). */
const typeMask = 0o17_0000;
const typeOfBits = new Map<number, NodeType>([[0o10_0000, 'file'], [0o04_0000, 'directory'], [0o12_0000, 'symlink'], [0o01_0000, 'fifo'], [0o14_0000, 'socket'], [0o06_0000, 'block'], [0o02_0000, 'character']]);

/** What kind of file it is; `undefined` for kinds that Linux does not have. */
export function typeOf(stats: Stats | BigIntStats): NodeType | undefined {
	return typeOfBits.get(Number(stats.mode) & typeMask);
}

/** The milliseconds that `Stats` (without `bigint`) computes from these nanoseconds, to the last bit. */
function toStatMilliseconds(ns: bigint): number {
	const billion = 1_000_000_000n;
	const remainder = ((ns % billion) + billion) % billion;
	return (Number((ns - remainder) / billion) * 1000) + (Number(remainder) / 1_000_000);
}

/** Whether a file is still what the previous snapshot recorded: type, device, inode, size, mtime and ctime. */
export function isUnchanged(node: NodeMetadata & {readonly size?: number}, type: NodeType, stats: Stats): boolean {
	return node.type === type && node.ctimeNs !== undefined
		&& toStatMilliseconds(node.ctimeNs) === stats.ctimeMs
		&& toStatMilliseconds(node.mtimeNs) === stats.mtimeMs
		&& Number(node.inode) === stats.ino
		&& Number(node.device) === stats.dev
		&& (type !== 'file' || node.size === stats.size);
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
