import {toDisplayText, type ByteString} from '../../byte-string.ts';
import type {HeldFolder} from './held-folder.ts';
import {readRefs} from './repository-refs.ts';

/** What a folder holds of a repository already. */
export type ExistingRepository = {
	/** All refs but HEAD that stand on objects. */
	readonly ids: ReadonlyMap<ByteString, string>;
	readonly hasObjects: boolean;
};

function hasFiles(folder: HeldFolder): boolean {
	return folder.names().some(name => {
		const inner = folder.find(name);
		try {
			return inner ? hasFiles(inner) : true;
		} finally {
			inner?.close();
		}
	});
}

/** @throws `source-failed` where its refs cannot be read */
export function readExisting(folder: HeldFolder, hexLength: number, path: string): ExistingRepository {
	const objects = folder.find('objects');
	try {
		return {
			ids: folder.look('refs') === undefined ? new Map() : readRefs(folder, hexLength, path).ids,
			hasObjects: objects !== undefined && hasFiles(objects),
		};
	} finally {
		objects?.close();
	}
}

export function areSameRefs(a: ReadonlyMap<ByteString, string>, b: ReadonlyMap<ByteString, string>): boolean {
	return a.size === b.size && [...a].every(([name, id]) => b.get(name) === id);
}

/** Refs that are there and are not among the new ones stay. @throws Error where both cannot be: a ref cannot be a folder of others */
export function mergeRefs(existing: ReadonlyMap<ByteString, string>, added: ReadonlyMap<ByteString, string>): Map<ByteString, string> {
	const merged = new Map([...existing, ...added]);
	for (const name of merged.keys()) {
		for (let slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/', slash - 1)) {
			const above = name.slice(0, slash) as ByteString;
			if (merged.has(above)) {
				throw new Error(`the refs ${toDisplayText(above)} and ${toDisplayText(name)} cannot both be, and one of them is there already`);
			}
		}
	}

	return merged;
}
