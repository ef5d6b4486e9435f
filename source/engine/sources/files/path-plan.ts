import {lstatSync, realpathSync} from 'node:fs';
import {CofferError, errorText, systemErrorCode} from '../../errors.ts';
import {toDisplayText, toPath, type ByteString} from '../../byte-string.ts';

/** The paths of a source as a tree from `/`: what is wanted whole, and the directories on the way there. */
export type PathPlan = {
	/** Everything below, and the entry itself. */
	readonly isWanted: boolean;
	readonly children: ReadonlyMap<ByteString, PathPlan>;
};

type Growing = {isWanted: boolean; readonly children: Map<ByteString, Growing>};

/**
Where a source path really is: symbolic links on the way, and the path itself when it is one, are followed, as they were named by the user.
@throws `source-missing`, `source-failed`
*/
export function resolveSourcePath(path: ByteString): ByteString {
	try {
		const real = realpathSync.native(toPath(path), 'latin1') as ByteString;
		lstatSync(toPath(real));
		return real;
	} catch (error) {
		const name = toDisplayText(path);
		if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) {
			throw new CofferError('source-missing', `The source path ${name} does not exist, so nothing was backed up. Is it mounted? Correct the source's paths if it has moved.`, {context: {path: name}, cause: error});
		}

		throw new CofferError('source-failed', `The source path ${name} cannot be read, so nothing was backed up: ${errorText(error)}. Run coffer as a user who may read it.`, {context: {path: name}, cause: error});
	}
}

/** @param paths - Absolute and real. A path below another wanted one is part of it. */
export function planPaths(paths: readonly ByteString[]): PathPlan {
	const root: Growing = {isWanted: false, children: new Map()};
	for (const path of paths) {
		let node = root;
		for (const name of path.split('/').filter(part => part !== '') as ByteString[]) {
			let child = node.children.get(name);
			if (child === undefined) {
				child = {isWanted: false, children: new Map()};
				node.children.set(name, child);
			}

			node = child;
		}

		node.isWanted = true;
	}

	return root;
}
