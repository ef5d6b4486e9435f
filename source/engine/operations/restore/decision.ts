import {lstatSync, readlinkSync, type BigIntStats} from 'node:fs';
import type {ByteString} from '../../byte-string.ts';
import {systemErrorCode} from '../../errors.ts';
import {typeOf} from '../../sources/files/metadata.ts';
import type {NodeType, TreeNode} from '../../tree-node.ts';
import type {OverwritePolicy} from './restore-request.ts';
import {toMicroseconds} from './target-times.ts';

/** What stands in the target where an entry belongs. */
export type ExistingEntry = {
	readonly type: NodeType | undefined;
	readonly stats: BigIntStats;
	/** Of symbolic links that could still be read. */
	readonly target?: ByteString;
};

/** @param path - For system calls; the last component is not followed. */
export function lookAt(path: string | Buffer): ExistingEntry | undefined {
	const stats = lstatSync(path, {bigint: true, throwIfNoEntry: false});
	if (stats === undefined) {
		return undefined;
	}

	const type = typeOf(stats);
	const target = type === 'symlink' ? readTarget(path) : undefined;
	return {type, stats, ...(target !== undefined && {target})};
}

/** `undefined` where the link has gone, or become something else, since it was looked at: whoever compares takes it for another one. */
function readTarget(path: string | Buffer): ByteString | undefined {
	try {
		return readlinkSync(path, 'latin1') as ByteString;
	} catch (error) {
		if (['ENOENT', 'EINVAL'].includes(systemErrorCode(error) ?? '')) {
			return undefined;
		}

		throw error;
	}
}

/**
`create`: nothing is there. `replace`. `compare`: it may be identical, its content and metadata have to be looked at. `identical`: taken as such. `keep`: the policy wants it to stay.
`beside`: restored under another name. `conflict`: a directory is there that this policy does not replace.
*/
export type Decision = 'create' | 'replace' | 'compare' | 'identical' | 'keep' | 'beside' | 'conflict';

/** Whether what is there counts as the same without being read. */
export function isTakenAsIdentical(node: TreeNode, existing: ExistingEntry): boolean {
	if (node.type !== existing.type) {
		return false;
	}

	switch (node.type) {
		case 'file': {
			return BigInt(node.size!) === existing.stats.size && toMicroseconds(node.mtimeNs) === toMicroseconds(existing.stats.mtimeNs);
		}

		case 'symlink': {
			return node.target === existing.target;
		}

		case 'block':
		case 'character': {
			return node.rdev === existing.stats.rdev.toString();
		}

		default: {
			return true;
		}
	}
}

/** What becomes of an entry that is no directory. */
export function decide(node: TreeNode, existing: ExistingEntry | undefined, policy: OverwritePolicy): Decision {
	if (existing === undefined) {
		return 'create';
	}

	if (policy === 'always') {
		return isTakenAsIdentical(node, existing) || (node.type === 'file' && existing.type === 'file') ? 'compare' : 'replace';
	}

	if (isTakenAsIdentical(node, existing)) {
		return 'identical';
	}

	switch (policy) {
		case 'never': {
			return 'keep';
		}

		case 'keep-both': {
			return 'beside';
		}

		case 'if-changed': {
			return existing.type === 'directory' ? 'conflict' : 'replace';
		}

		case 'if-newer': {
			return existing.type === 'directory' ? 'conflict' : (toMicroseconds(node.mtimeNs) > toMicroseconds(existing.stats.mtimeNs) ? 'replace' : 'keep');
		}
	}
}
