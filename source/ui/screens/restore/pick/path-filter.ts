import type {FolderEntry} from '../../../../engine/index.ts';

/** What somebody typed to find entries by. No name holds a slash: the engine looks for the last part, and the rest has to stand before it. */
export type PathFilter = {
	/** What names have to hold. */
	readonly name: string;
	readonly matches: (entry: Pick<FolderEntry, 'path' | 'type'>) => boolean;
};

const toComparable = (text: string): string => text.normalize('NFC').toLowerCase();

/** @param text - A part of a name, or of a path with a part of its name at the end; with a slash at its end for directories only. */
export function createPathFilter(text: string): PathFilter {
	const parts = text.split('/');
	const last = parts.findLastIndex(part => part !== '');
	const wanted = toComparable(parts.slice(0, last + 1).join('/'));
	const isForFolders = text.endsWith('/');
	return {
		name: parts[last] ?? text,
		matches({path, type}) {
			const comparable = toComparable(path);
			const isAtName = comparable.lastIndexOf(wanted) + wanted.length > comparable.lastIndexOf('/') + 1;
			return comparable.includes(wanted) && isAtName && (!isForFolders || type === 'directory');
		},
	};
}
