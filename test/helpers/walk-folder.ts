import {lstatSync, readdirSync, readFileSync, readlinkSync} from 'node:fs';
import {createHash} from 'node:crypto';
import {toPath, type ByteString} from '../../source/engine/byte-string.ts';
import {typeOf} from '../../source/engine/sources/files/metadata.ts';
import type {NodeType} from '../../source/engine/tree-node.ts';
import {toMicroseconds} from '../../source/engine/operations/restore/target-times.ts';

export type WalkedEntry = {
	readonly type: NodeType | undefined;
	readonly mode: number;
	readonly uid: number;
	readonly gid: number;
	/** Microseconds since 1970. */
	readonly mtimeUs: bigint;
	readonly links: number;
	readonly inode: bigint;
	readonly size: bigint;
	readonly allocatedBytes: bigint;
	/** Of files: SHA-256 of the content, or the content itself when it is short. */
	readonly content?: string;
	readonly target?: string;
};

/**
Everything below a folder, by the path from there; names are bytes, one character each. The folder itself stands under the empty path.
@param options.hasFullContent - Give every file's content, in hexadecimal. @default false
*/
export function walkFolder(folder: string, {hasFullContent = false}: {readonly hasFullContent?: boolean} = {}): Map<string, WalkedEntry> {
	const entries = new Map<string, WalkedEntry>();
	const describeContent = (bytes: Buffer): string => {
		if (hasFullContent) {
			return bytes.toString('hex');
		}

		return bytes.length <= 64 ? bytes.toString('latin1') : createHash('sha256').update(bytes).digest('hex');
	};

	const visit = (path: string): void => {
		const full = toPath((path === '' ? folder : `${folder}/${path}`) as ByteString);
		const stats = lstatSync(full, {bigint: true});
		const type = typeOf(stats);
		const bytes = type === 'file' ? readFileSync(full) : undefined;
		entries.set(path, {
			type,
			mode: Number(stats.mode & 0o7777n),
			uid: Number(stats.uid),
			gid: Number(stats.gid),
			mtimeUs: toMicroseconds(stats.mtimeNs),
			links: Number(stats.nlink),
			inode: stats.ino,
			size: stats.size,
			allocatedBytes: stats.blocks * 512n,
			...(bytes && {content: describeContent(bytes)}),
			...(type === 'symlink' && {target: readlinkSync(full, 'latin1')}),
		});
		if (type === 'directory') {
			for (const name of readdirSync(full, 'latin1').toSorted()) {
				visit(path === '' ? name : `${path}/${name}`);
			}
		}
	};

	visit('');
	return entries;
}

/** What a folder looks like, to be compared as a whole: type, mode, mtime, content. */
export function describeFolder(folder: string): Record<string, string> {
	const entries = [...walkFolder(folder)].filter(([path]) => path !== '');
	return Object.fromEntries(entries.map(([path, {type, mode, mtimeUs, content, target}]) => [path, `${type} ${mode.toString(8)} ${mtimeUs} ${content ?? target ?? ''}`]));
}
