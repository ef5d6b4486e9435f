import type {EntryVersion, FolderSize, SnapshotId, StoredSnapshot} from '../../../../engine/index.ts';
import {moveRow, type Movement} from '../../../scrolling.ts';
import {noMarks, toggleMark, withMark, type Marks} from '../marks.ts';
import {ancestorsOf, keyOf, parentOf, rootKey, rootPath, type PathKey} from '../path-key.ts';
import {emptyTree, rowsOf, withEntryShown, withFolder, withOpen, withoutFolder, withoutSearch, type Folder, type Search, type Tree, type TreeEntry, type TreeRow} from './tree.ts';

/** What is known of the versions of an entry. */
export type Versions =
	| {readonly status: 'loading'}
	| {readonly status: 'known'; readonly versions: readonly EntryVersion[]}
	| {readonly status: 'failed'; readonly message: string};

/** The second step: what of a snapshot is to be restored. */
export type Picking = {
	/** The one that `tree` and `sizes` are of. */
	readonly snapshot: SnapshotId;
	readonly tree: Tree;
	/** Where no line has this key, the cursor is on the nearest folder above. */
	readonly cursor: PathKey;
	/** Where the cursor was before something was searched for. */
	readonly cursorBefore?: PathKey;
	readonly marks: Marks;
	/** Of directories. `unknown`: it could not be measured. */
	readonly sizes: ReadonlyMap<PathKey, FolderSize | 'unknown'>;
	/** The directory that is being measured. */
	readonly measuring?: PathKey;
	/** Of entries, in all snapshots. */
	readonly versions: ReadonlyMap<PathKey, Versions>;
	/** The first folder with a choice in it was found, or somebody has moved. */
	readonly isSettled: boolean;
};

type Snapshot = {readonly id: SnapshotId; readonly statistics: {readonly files: number; readonly bytes: number}};

const rootSize = ({statistics: {files, bytes}}: Snapshot): Picking['sizes'] => new Map([[rootKey, {files, bytes}]]);

export function createPicking(snapshot: Snapshot): Picking {
	return {snapshot: snapshot.id, tree: emptyTree, cursor: rootKey, marks: noMarks, sizes: rootSize(snapshot), versions: new Map(), isSettled: false};
}

/** The same place and the same marks in another snapshot. */
export function toSnapshot({measuring: _, ...pick}: Picking, snapshot: StoredSnapshot): Picking {
	const {tree} = pick;
	const search: Search | undefined = tree.search && {text: tree.search.text, status: 'searching'};
	return {...pick, snapshot: snapshot.id, sizes: rootSize(snapshot), tree: {...withoutSearch(tree), folders: new Map(), ...(search && {search})}};
}

/** The line that the cursor is on. */
export function cursorIndex({tree, cursor}: Picking): number {
	const {rows} = rowsOf(tree);
	const index = rows.findIndex(({key}) => key === cursor);
	if (index !== -1 || tree.search) {
		return Math.max(0, index);
	}

	const above = new Set(ancestorsOf(cursor));
	return Math.max(0, rows.findLastIndex(({key}) => above.has(key)));
}

export function rowAtCursor(pick: Picking): TreeRow | undefined {
	return rowsOf(pick.tree).rows[cursorIndex(pick)];
}

export function entryAtCursor(pick: Picking): TreeEntry | undefined {
	const row = rowAtCursor(pick);
	return row?.kind === 'entry' ? row.entry : undefined;
}

export function moveCursor(pick: Picking, movement: Movement, page: number): Picking {
	const {rows} = rowsOf(pick.tree);
	const to = rows[moveRow(cursorIndex(pick), movement, {count: rows.length, page})];
	return {...pick, isSettled: true, cursor: to?.key ?? pick.cursor};
}

/**
Go into what the cursor is on: a folder is opened, a match is shown in its folder, what failed is tried again.
@param isToggle - An open folder is closed; otherwise the cursor goes to what it holds.
*/
export function goIn(pick: Picking, isToggle: boolean): Picking {
	const {tree} = pick;
	const row = rowAtCursor(pick);
	if (row === undefined) {
		return pick;
	}

	if (row.kind === 'note') {
		return row.isFailure && !tree.search ? {...pick, tree: withoutFolder(tree, keyOf(row.folder))} : pick;
	}

	const {key, isOpen} = row;
	const moved = {...pick, isSettled: true, cursor: key};
	if (tree.search) {
		const {cursorBefore: _, ...rest} = moved;
		return {...rest, tree: withEntryShown(tree, key)};
	}

	if (row.entry.type !== 'directory') {
		return moved;
	}

	if (isOpen && !isToggle) {
		return moveCursor(moved, 'down', 1);
	}

	return {...moved, tree: withOpen(tree, key, !isOpen)};
}

/** Close the folder at the cursor, or go to the one above. */
export function goOut(pick: Picking): Picking {
	const row = rowAtCursor(pick);
	if (row === undefined || pick.tree.search) {
		return pick;
	}

	if (row.kind === 'entry' && row.isOpen) {
		return {...pick, isSettled: true, cursor: row.key, tree: withOpen(pick.tree, row.key, false)};
	}

	const above = row.kind === 'note' ? keyOf(row.folder) : parentOf(row.key);
	return {...pick, isSettled: true, cursor: above === rootKey ? row.key : above};
}

/** Mark what the cursor is on, or take that away, and go on to the next line. */
export function toggleAtCursor(pick: Picking): Picking {
	const entry = entryAtCursor(pick);
	return entry ? moveCursor({...pick, marks: toggleMark(pick.marks, entry, pick.snapshot)}, 'down', 1) : pick;
}

/** Mark everything, or everything that the search found. */
export function markAll(pick: Picking): Picking {
	const {tree, snapshot} = pick;
	const wanted = tree.search ? rowsOf(tree).rows.flatMap(row => row.kind === 'entry' ? [row.entry] : []) : [{...rootPath, type: 'directory' as const}];
	let {marks} = pick;
	for (const {path, path64, type, size} of wanted.map(entry => ({path64: undefined, size: undefined, ...entry}))) {
		marks = withMark(marks, {path, type, snapshot, isIncluded: true, ...(path64 !== undefined && {path64}), ...(size !== undefined && {size})});
	}

	return {...pick, marks};
}

export function withHiddenToggled(pick: Picking): Picking {
	return {...pick, tree: {...pick.tree, isHiddenShown: !pick.tree.isHiddenShown}};
}

/** What was found out of a folder. At the start, the way leads on to the first folder that has more than one entry. */
export function withFolderLoaded(pick: Picking, key: PathKey, folder: Folder): Picking {
	const tree = withFolder(pick.tree, key, folder);
	if (pick.isSettled || folder.status !== 'loaded') {
		return {...pick, tree};
	}

	const [first, second] = folder.entries;
	return first?.type === 'directory' && second === undefined
		? {...pick, cursor: first.key, tree: withOpen(tree, first.key, true)}
		: {...pick, tree, isSettled: true, cursor: first?.key ?? key};
}

/** Search for something else; an empty text takes the search away. */
export function withSearchText(pick: Picking, text: string): Picking {
	if (text === '') {
		const {cursorBefore, ...rest} = pick;
		return {...rest, cursor: cursorBefore ?? pick.cursor, tree: withoutSearch(pick.tree)};
	}

	return {...pick, isSettled: true, cursor: rootKey, cursorBefore: pick.cursorBefore ?? pick.cursor, tree: {...pick.tree, search: {text, status: 'searching'}}};
}

/** What was found, unless something else is searched for by now. The cursor stays where it is, or goes to the first match. */
export function withSearchDone(pick: Picking, search: Search): Picking {
	if (pick.tree.search?.text !== search.text) {
		return pick;
	}

	const tree = {...pick.tree, search};
	const {rows} = rowsOf(tree);
	return {...pick, tree, cursor: rows[cursorIndex({...pick, tree})]?.key ?? pick.cursor};
}
