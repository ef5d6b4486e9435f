import type {Dirent} from 'node:fs';
import {readdir} from 'node:fs/promises';
import path from 'node:path';

export type WalkOptions = {
	/** Absolute: where a walk begins. */
	readonly roots: readonly string[];
	/** Absolute: these folders are left out, with all below them. */
	readonly leftOut: ReadonlySet<string>;
	/** Levels below a root. */
	readonly maximumDepth: number;
	/** So many folders are looked into at most. */
	readonly maximumFolders: number;
	/** Asked before each folder: whether there is no time left. */
	readonly isOver: () => boolean;
};

/** A folder that a walk has come to. */
export type WalkedFolder = {readonly root: string; readonly folder: string; readonly entries: readonly Dirent[]};

/** Below folders of these names, and hidden ones, programs keep what they make anew or fetch again. */
const dullNames: ReadonlySet<string> = new Set(['node_modules', 'cache', 'Cache', 'caches', 'venv', 'site-packages', '__pycache__', 'snap']);

/** What no configuration could name: control characters, and what stands for bytes that are no text. */
const unnameable = /[\p{Control}\u{FFFD}]/u;

/**
Look into folders, the upper ones first, in all roots alike, so that what is near is found before a limit is reached. Symbolic links are not followed; what cannot be read is passed over.
@param hasMore - Told of each folder. `false`: what is below does not matter.
*/
export async function walkFolders({roots, leftOut, maximumDepth, maximumFolders, isOver}: WalkOptions, hasMore: (folder: WalkedFolder) => Promise<boolean>): Promise<void> {
	const queue = [...new Set(roots)].map(root => ({root, folder: root, depth: 0}));
	const seen = new Set(roots);
	for (let count = 0; count < queue.length && count < maximumFolders && !isOver(); count++) {
		const {root, folder, depth} = queue[count]!;
		let entries: Dirent[];
		try {
			entries = await readdir(folder, {withFileTypes: true});
		} catch {
			continue;
		}

		entries = entries.filter(({name}) => !unnameable.test(name));
		const isGoingOn = await hasMore({root, folder, entries});
		if (!isGoingOn || depth >= maximumDepth) {
			continue;
		}

		const folders = entries.filter(entry => entry.isDirectory() && !entry.name.startsWith('.') && !dullNames.has(entry.name)).map(({name}) => path.join(folder, name));
		for (const below of folders.filter(one => !leftOut.has(one) && !seen.has(one))) {
			seen.add(below);
			queue.push({root, folder: below, depth: depth + 1});
		}
	}
}
