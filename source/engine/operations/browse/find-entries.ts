import {hash} from 'node:crypto';
import {joinPath, type ByteString} from '../../byte-string.ts';
import type {BlobId, SnapshotId} from '../../ids.ts';
import type {StoredSnapshot} from '../../repository/repository.ts';
import type {TreeNode} from '../../tree-node.ts';
import {toSnapshotEntry, type SnapshotEntry} from './entry.ts';
import type {FolderReader} from './folder-reader.ts';
import type {NamePattern} from './name-pattern.ts';

/** One version of an entry, and which snapshots have it. */
export type FoundEntry = SnapshotEntry & {
	/** Oldest first. */
	readonly snapshots: ReadonlyArray<{readonly id: SnapshotId; readonly time: string; readonly source: string}>;
};

type Match = {readonly path: ByteString; readonly node: TreeNode};

/** What makes two entries of one path the same version: all that is shown of them, and the content of files. */
function versionOf({path, node}: Match): string {
	const {type, mode, uid, gid, mtimeNs, size, target, content, contents} = node;
	return hash('sha256', JSON.stringify([path, type, mode, uid, gid, String(mtimeNs), size, target, content, contents]), 'base64');
}

/** Looks through trees; one that several snapshots share at the same place is read once. */
class Search {
	readonly #reader: FolderReader;
	readonly #pattern: NamePattern;
	readonly #known = new Map<string, readonly Match[]>();

	constructor(reader: FolderReader, pattern: NamePattern) {
		this.#reader = reader;
		this.#pattern = pattern;
	}

	async run(path: ByteString, tree: readonly BlobId[], isBelowMatch: boolean): Promise<readonly Match[]> {
		const key = hash('sha256', `${path}\0${tree.join('')}`, 'base64');
		const known = this.#known.get(key);
		if (known) {
			return known;
		}

		const matches: Match[] = [];
		for (const node of await this.#reader.read(path, tree)) {
			const childPath = joinPath(path, node.name);
			const isMatch = this.#pattern.matches(childPath, node.name, node.type === 'directory', isBelowMatch);
			if (isMatch) {
				matches.push({path: childPath, node});
			}

			for (const match of node.tree ? await this.run(childPath, node.tree, isMatch || isBelowMatch) : []) {
				matches.push(match);
			}
		}

		this.#known.set(key, matches);
		return matches;
	}
}

/**
Every version of every entry that matches, by path and then by age.
@param snapshots - Oldest first.
@throws What the reader throws
*/
export async function findEntries(reader: FolderReader, snapshots: readonly StoredSnapshot[], pattern: NamePattern): Promise<FoundEntry[]> {
	const search = new Search(reader, pattern);
	const versions = new Map<string, {readonly match: Match; readonly snapshots: StoredSnapshot[]}>();
	for (const snapshot of snapshots) {
		for (const match of await search.run('/' as ByteString, snapshot.tree, false)) {
			const version = versionOf(match);
			const known = versions.get(version);
			if (known) {
				known.snapshots.push(snapshot);
			} else {
				versions.set(version, {match, snapshots: [snapshot]});
			}
		}
	}

	return [...versions.values()]
		.sort((a, b) => Number(a.match.path > b.match.path) - Number(a.match.path < b.match.path))
		.map(({match: {path, node}, snapshots: holders}) => ({...toSnapshotEntry(path, node), snapshots: holders.map(({id, time, source}) => ({id, time, source}))}));
}
