import {readlinkSync, type BigIntStats} from 'node:fs';
import {toPath, type ByteString} from '../../byte-string.ts';
import {errorText, isCofferError} from '../../errors.ts';
import {typeOf} from '../../sources/files/metadata.ts';
import type {TreeNode} from '../../tree-node.ts';
import {toTimeText} from '../browse/entry.ts';
import type {TreeSource} from '../restore/tree-source.ts';
import type {ContentComparer} from './content-comparison.ts';
import type {SourceDifferenceKind} from './difference.ts';

export type Finding = {readonly kind: SourceDifferenceKind; readonly message: string};

/** What contents are compared with. */
export type Comparing = {readonly source: TreeSource; readonly contents: ContentComparer};

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/** Whether ctime shows that nobody touched the entry since the backup. A backup leaves it out where it could not be relied on. */
function isUntouched(node: TreeNode, stats: BigIntStats): boolean {
	return node.ctimeNs === stats.ctimeNs && node.inode === stats.ino.toString() && node.device === stats.dev.toString();
}

/** What differs without looking into the entry, in words. The mtime of a directory only says that its entries changed, which are compared themselves. */
function describeMetadata(node: TreeNode, stats: BigIntStats): string[] {
	const type = typeOf(stats);
	if (type !== node.type) {
		return [`it was a ${node.type} and is a ${type ?? 'thing of an unknown kind'}`];
	}

	const mode = Number(stats.mode & 0o7777n);
	return [
		...(node.type === 'file' && BigInt(node.size ?? 0) !== stats.size ? [`size ${node.size ?? 0}, now ${stats.size}`] : []),
		...(node.type === 'directory' || node.mtimeNs === stats.mtimeNs ? [] : [`mtime ${toTimeText(node.mtimeNs)}, now ${toTimeText(stats.mtimeNs)}`]),
		...(node.mode === mode ? [] : [`mode ${octal(node.mode)}, now ${octal(mode)}`]),
		...(BigInt(node.uid) === stats.uid && BigInt(node.gid) === stats.gid ? [] : [`owner ${node.uid}:${node.gid}, now ${stats.uid}:${stats.gid}`]),
		...(node.rdev === undefined || node.rdev === stats.rdev.toString() ? [] : ['another device number']),
	];
}

/**
Compare an entry with what is on disk, files by their content where size and mtime are the same.
@param systemPath - Where it is found; its last component is not followed.
@throws System errors; `aborted`
*/
export async function compareEntry(node: TreeNode, stats: BigIntStats, systemPath: ByteString, {source, contents}: Comparing): Promise<Finding | undefined> {
	const differences = describeMetadata(node, stats);
	const hasSameType = typeOf(stats) === node.type;
	if (hasSameType && node.type === 'symlink' && readlinkSync(toPath(systemPath), 'latin1') !== node.target) {
		differences.push('another target');
	}

	const isComparable = hasSameType && node.type === 'file' && BigInt(node.size ?? 0) === stats.size && node.mtimeNs === stats.mtimeNs;
	if (!isComparable) {
		return differences.length > 0 ? {kind: 'changed', message: `${differences.join('; ')}.`} : undefined;
	}

	const found = await source.readContent(node);
	if ('loss' in found) {
		return {kind: 'lost', message: `the repository cannot give its content back: ${found.loss} "coffer verify --read-data" shows what else is hit; a new backup stores it again.`};
	}

	const comparison = await contents.compare(systemPath, found.content, stats);
	if (comparison.kind === 'moving') {
		return {kind: 'changed', message: 'it changes while it is compared.'};
	}

	if (comparison.kind === 'other') {
		const place = `The content differs from byte ${comparison.offset} on or soon after it, with the same size and mtime`;
		return isUntouched(node, stats)
			? {kind: 'corrupt', message: `${place}, and ctime says that nobody changed it: the disk or the file system damaged it, or the backup read it wrongly. Compare it with "coffer restore" into another folder before you use either.`}
			: {kind: 'rewritten', message: `${place}; ctime shows that it was written since the backup.`};
	}

	return differences.length > 0 ? {kind: 'changed', message: `${differences.join('; ')}.`} : undefined;
}

/** What keeps an entry from being compared. @throws The error itself, when it is not about the entry */
export function explainFailure(error: unknown): Finding {
	if (isCofferError(error) || !(error instanceof Error) || !('code' in error)) {
		throw error;
	}

	return error.code === 'ENOENT' || error.code === 'ENOTDIR' ? {kind: 'missing', message: 'it is not there any more.'} : {kind: 'unreadable', message: `it cannot be compared: ${errorText(error)}.`};
}
