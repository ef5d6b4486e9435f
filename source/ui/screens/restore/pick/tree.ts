import type {EntryPath, FolderEntry} from '../../../../engine/index.ts';
import {ancestorsOf, keyOf, nameOf, rootKey, rootPath, type PathKey} from '../path-key.ts';

export type TreeEntry = FolderEntry & {readonly key: PathKey};

/** What is known of a directory. */
export type Folder =
	| {readonly status: 'loading'}
	| {readonly status: 'loaded'; readonly entries: readonly TreeEntry[]}
	| {readonly status: 'failed'; readonly message: string};

/** Entries anywhere in the snapshot, by their names. */
export type Search = {readonly text: string} & (
	| {readonly status: 'searching'}
	| {readonly status: 'found'; readonly entries: readonly TreeEntry[]; readonly isCut: boolean}
	| {readonly status: 'failed'; readonly message: string}
);

/** The tree of a snapshot, as far as it was looked into. */
export type Tree = {
	readonly folders: ReadonlyMap<PathKey, Folder>;
	readonly open: ReadonlySet<PathKey>;
	/** Names that begin with a dot are shown. */
	readonly isHiddenShown: boolean;
	/** While there is one, what it found is shown instead of the folders. */
	readonly search?: Search;
};

export type EntryRow = {readonly kind: 'entry'; readonly key: PathKey; readonly entry: TreeEntry; readonly depth: number; readonly isOpen: boolean};

/** Stands in the place of what a folder holds. */
export type NoteRow = {readonly kind: 'note'; readonly key: PathKey; readonly folder: EntryPath; readonly depth: number; readonly text: string; readonly isFailure: boolean};

export type TreeRow = EntryRow | NoteRow;

export type TreeRows = {
	readonly rows: readonly TreeRow[];
	/** Entries that are not shown because of the dot that their names begin with. */
	readonly hidden: number;
	/** Folders that are open and not yet loaded. */
	readonly wanted: readonly EntryPath[];
};

export const emptyTree: Tree = {folders: new Map(), open: new Set(), isHiddenShown: true};

export function toTreeEntries(entries: readonly FolderEntry[]): TreeEntry[] {
	return entries.map(entry => ({...entry, key: keyOf(entry)}));
}

/** No entry has this key, and its nearest ancestor is the folder. */
const noteKeyOf = (folder: PathKey): PathKey => `${folder}//` as PathKey;

const isHiddenName = (entry: EntryPath): boolean => nameOf(entry).startsWith('.');
const isHiddenPath = ({path}: EntryPath): boolean => path.includes('/.');

class Flattening {
	readonly rows: TreeRow[] = [];
	readonly wanted: EntryPath[] = [];
	hidden = 0;
	readonly #tree: Tree;

	constructor(tree: Tree) {
		this.#tree = tree;
	}

	addFolder(key: PathKey, path: EntryPath, depth: number): void {
		const folder = this.#tree.folders.get(key);
		if (folder?.status !== 'loaded') {
			if (folder === undefined) {
				this.wanted.push(path);
			}

			this.#note(path, key, depth, folder?.status === 'failed' ? folder.message : undefined);
			return;
		}

		const shown = this.#tree.isHiddenShown ? folder.entries : folder.entries.filter(entry => !isHiddenName(entry));
		this.hidden += folder.entries.length - shown.length;
		if (shown.length === 0) {
			const text = folder.entries.length === 0 ? 'empty' : 'nothing but hidden names';
			this.rows.push({kind: 'note', key: noteKeyOf(key), folder: path, depth, text, isFailure: false});
		}

		for (const entry of shown) {
			const isOpen = entry.type === 'directory' && this.#tree.open.has(entry.key);
			this.rows.push({kind: 'entry', key: entry.key, entry, depth, isOpen});
			if (isOpen) {
				this.addFolder(entry.key, entry, depth + 1);
			}
		}
	}

	addSearch(search: Search): void {
		if (search.status !== 'found') {
			this.#note(rootPath, rootKey, 0, search.status === 'failed' ? search.message : undefined, 'searching…');
			return;
		}

		const shown = this.#tree.isHiddenShown ? search.entries : search.entries.filter(entry => !isHiddenPath(entry));
		this.hidden = search.entries.length - shown.length;
		this.rows.push(...shown.map((entry): EntryRow => ({kind: 'entry', key: entry.key, entry, depth: 0, isOpen: false})));
		if (shown.length === 0) {
			this.rows.push({kind: 'note', key: noteKeyOf(rootKey), folder: rootPath, depth: 0, text: `no name holds "${search.text}"`, isFailure: false});
		}
	}

	/** @param failure - @default it is under way */
	#note(folder: EntryPath, key: PathKey, depth: number, failure: string | undefined, waiting = 'loading…'): void {
		this.rows.push({kind: 'note', key: noteKeyOf(key), folder, depth, text: failure ?? waiting, isFailure: failure !== undefined});
	}
}

const known = new WeakMap<Tree, TreeRows>();

/** The tree as lines, one below the other. For one tree always the same object. */
export function rowsOf(tree: Tree): TreeRows {
	let flat = known.get(tree);
	if (!flat) {
		const flattening = new Flattening(tree);
		if (tree.search) {
			flattening.addSearch(tree.search);
		} else {
			flattening.addFolder(rootKey, rootPath, 0);
		}

		const {rows, hidden, wanted} = flattening;
		flat = {rows, hidden, wanted};
		known.set(tree, flat);
	}

	return flat;
}

export function withFolder(tree: Tree, key: PathKey, folder: Folder): Tree {
	return {...tree, folders: new Map(tree.folders).set(key, folder)};
}

/** Without what was found out of a folder, so that it is loaded anew. */
export function withoutFolder(tree: Tree, key: PathKey): Tree {
	return {...tree, folders: new Map([...tree.folders].filter(([other]) => other !== key))};
}

export function withOpen(tree: Tree, key: PathKey, isOpen: boolean): Tree {
	return {...tree, open: new Set(isOpen ? [...tree.open, key] : [...tree.open].filter(other => other !== key))};
}

export function withoutSearch({search: _, ...tree}: Tree): Tree {
	return tree;
}

/** Every folder on the way to an entry opened, and nothing searched for. */
export function withEntryShown(tree: Tree, key: PathKey): Tree {
	return {...withoutSearch(tree), open: new Set([...tree.open, ...ancestorsOf(key)])};
}
