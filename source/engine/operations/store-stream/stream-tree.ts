import type {Buffer} from 'node:buffer';
import type {ByteString} from '../../byte-string.ts';
import type {BlobId} from '../../ids.ts';
import {encodeNode, encodeTree} from '../../repository/repository.ts';
import type {NodeMetadata, TreeNode} from '../../tree-node.ts';

/** An entry that is no directory. `links` grows while further names of it come. */
type Leaf = {readonly node: Omit<TreeNode, 'name' | 'links'>; readonly identity: {links: number}};

/** A directory; `metadata` is missing as long as only something below it has come. */
type Folder = {metadata?: NodeMetadata; readonly entries: Map<ByteString, Folder | Leaf>};

/** What is put into a tree: what the file system, or a stream, says of it, and of files the stored content. Device and inode are given by the tree. */
export type StreamedNode = Omit<TreeNode, 'name' | 'links' | 'device' | 'inode'>;

const isFolder = (entry: Folder | Leaf | undefined): entry is Folder => entry !== undefined && 'entries' in entry;

/**
Gathers the entries of a stream, in whatever order they come, until all are there: a directory can be stored only when nothing more comes into it.
Like tar it takes the last of several entries of one name; unlike it never goes through a symbolic link.
*/
export class StreamTree {
	readonly #root: Folder = {entries: new Map()};
	readonly #ancestor: NodeMetadata;
	#inodes = 0;

	/** @param mtimeNs - Of directories that come only as a part of paths. */
	constructor(mtimeNs: bigint) {
		this.#ancestor = {type: 'directory', mode: 0o755, uid: 0, gid: 0, mtimeNs, device: '0', inode: '0', links: 1};
	}

	/**
	@param parts - The names on the way from the root; none for the root.
	@returns A reason, for people, where it cannot be put there.
	*/
	add(parts: readonly ByteString[], node: StreamedNode): string | undefined {
		const folder = this.#enter(parts.slice(0, -1));
		const name = parts.at(-1);
		if (folder === undefined) {
			return 'the folder it would be in is something else in the archive, such as a symbolic link';
		}

		const there = name === undefined ? this.#root : folder.entries.get(name);
		const identified = {...node, device: '0', inode: String(++this.#inodes)};
		if (node.type === 'directory') {
			const metadata = {...identified, links: 1};
			if (isFolder(there)) {
				there.metadata = metadata;
			} else if (there === undefined) {
				folder.entries.set(name!, {metadata, entries: new Map()});
			} else {
				return 'something that is no directory has the same name in the archive; the first was kept';
			}

			return undefined;
		}

		if (isFolder(there)) {
			return 'a directory has the same name in the archive; the first was kept';
		}

		this.#forget(there);
		folder.entries.set(name!, {node: identified, identity: {links: 1}});
		return undefined;
	}

	/** Give what came under one path another name. @returns As `add`. */
	link(parts: readonly ByteString[], target: readonly ByteString[]): string | undefined {
		const folder = this.#enter(parts.slice(0, -1));
		const leaf = this.#find(target);
		const name = parts.at(-1);
		const there = name === undefined ? this.#root : folder?.entries.get(name);
		if (folder === undefined || name === undefined || isFolder(there)) {
			return 'its place is taken by something else in the archive';
		}

		if (leaf === undefined || isFolder(leaf)) {
			return 'it is a hard link to something that the archive does not have before it';
		}

		if (there !== leaf) {
			this.#forget(there);
			leaf.identity.links++;
			folder.entries.set(name, leaf);
		}

		return undefined;
	}

	/** Store all directories, each after what it holds. @returns The root's tree. */
	async store(storeTree: (blobs: readonly Buffer[]) => Promise<BlobId[]>): Promise<BlobId[]> {
		return this.#store(this.#root, storeTree);
	}

	async #store({entries}: Folder, storeTree: (blobs: readonly Buffer[]) => Promise<BlobId[]>): Promise<BlobId[]> {
		const encoded: Array<{name: ByteString; json: string}> = [];
		for (const [name, entry] of [...entries].sort(([a], [b]) => a < b ? -1 : 1)) {
			if (isFolder(entry)) {
				const tree = await this.#store(entry, storeTree);
				encoded.push({name, json: encodeNode({...entry.metadata ?? {...this.#ancestor, isAncestor: true}, name, tree})});
			} else {
				encoded.push({name, json: encodeNode({...entry.node, name, links: entry.identity.links})});
			}
		}

		return storeTree(encodeTree(encoded));
	}

	/** @returns The directory, made where it is missing; `undefined` where something else stands on the way. */
	#enter(parts: readonly ByteString[]): Folder | undefined {
		let folder = this.#root;
		for (const part of parts) {
			const there = folder.entries.get(part);
			if (there !== undefined && !isFolder(there)) {
				return undefined;
			}

			const inner: Folder = there ?? {entries: new Map()};
			folder.entries.set(part, inner);
			folder = inner;
		}

		return folder;
	}

	#find(parts: readonly ByteString[]): Folder | Leaf | undefined {
		let found: Folder | Leaf | undefined = this.#root;
		for (const part of parts) {
			found = isFolder(found) ? found.entries.get(part) : undefined;
		}

		return found;
	}

	/** Another entry takes a name of this one. */
	#forget(entry: Folder | Leaf | undefined): void {
		if (entry !== undefined && !isFolder(entry)) {
			entry.identity.links--;
		}
	}
}
