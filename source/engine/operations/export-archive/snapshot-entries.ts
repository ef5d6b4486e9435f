import type {Buffer} from 'node:buffer';
import {toDisplayText, type ByteString} from '../../byte-string.ts';
import {CofferError, throwIfAborted} from '../../errors.ts';
import type {TarEntry} from '../../archives/tar/tar-writer.ts';
import type {BlobReader, StoredSnapshot} from '../../repository/repository.ts';
import type {TreeNode} from '../../tree-node.ts';
import type {FolderReader} from '../browse/folder-reader.ts';
import {walkEntries} from '../browse/list-entries.ts';
import {readFile} from '../browse/read-file.ts';
import {splitDevice} from '../restore/special-files.ts';
import type {TreeSource} from '../restore/tree-source.ts';

export type SnapshotEntriesOptions = {
	readonly reader: FolderReader;
	readonly source: TreeSource;
	readonly blobs: BlobReader;
	readonly signal: AbortSignal | undefined;
	/** Told of each entry that a tar cannot hold, with a reason for people. */
	readonly onSkip: (path: ByteString, reason: string) => void;
	/** Told of each entry before it is given. */
	readonly onEntry: (path: ByteString, node: TreeNode) => void;
};

/** By the file's own number: the first name that was given of it. */
type FirstNames = Map<string, ByteString>;

/** The path that the tar has: without the slash at the start; of directories with one at the end, as tar writes them. */
function tarPath(path: ByteString, {type}: TreeNode): ByteString {
	return `${path.slice(1)}${type === 'directory' ? '/' : ''}` as ByteString;
}

function deviceOf({rdev = '0'}: TreeNode): {readonly major: number; readonly minor: number} {
	const {major, minor} = splitDevice(BigInt(rdev));
	return {major: Number(major), minor: Number(minor)};
}

/** The path under which the same file was given before, if it was. */
function findFirstName(names: FirstNames, path: ByteString, {links, device, inode}: TreeNode): ByteString | undefined {
	if (links <= 1) {
		return undefined;
	}

	const key = `${device}:${inode}`;
	const first = names.get(key);
	names.set(key, first ?? path);
	return first;
}

async function * readChecked(path: ByteString, node: TreeNode, {source, blobs, signal}: SnapshotEntriesOptions): AsyncGenerator<Buffer, void> {
	yield * readFile({path, node, tree: undefined}, {source, blobs, signal});
}

/**
Everything in a snapshot as entries of a tar, each directory before what it holds. A file's further names are hard links to the first.
@yields The next entry.
@throws `damaged` where a part of a file is lost; what the reader and the storage throw; `aborted`
*/
export async function * snapshotEntries({tree}: StoredSnapshot, options: SnapshotEntriesOptions): AsyncGenerator<TarEntry, void> {
	const {reader, signal, onSkip, onEntry} = options;
	const names: FirstNames = new Map();
	for await (const {path, node} of walkEntries(reader, {path: '/' as ByteString, node: undefined, tree}, true)) {
		throwIfAborted(signal);
		if (node.type === 'socket') {
			onSkip(path, 'a tar cannot hold a socket');
			continue;
		}

		onEntry(path, node);
		const {type, mode, uid, gid, mtimeNs, xattrs, target, size = 0} = node;
		const name = tarPath(path, node);
		const linkTo = findFirstName(names, name, node);
		yield {
			path: name, type, mode, uid, gid, mtimeNs,
			...(linkTo === undefined && xattrs && {xattrs}),
			...(linkTo !== undefined && {linkTo}),
			...(target !== undefined && {target}),
			...((type === 'block' || type === 'character') && {device: deviceOf(node)}),
			...(type === 'file' && linkTo === undefined && {size, content: readChecked(path, node, options)}),
		};
	}
}

/** What is lost cannot be exported. */
export function refuseLoss(path: ByteString, message: string): never {
	const name = toDisplayText(path);
	throw new CofferError('damaged', `${name} cannot be exported, or not all of it: ${message} Nothing was written. "coffer restore" brings back what there is.`, {context: {path: name}});
}
