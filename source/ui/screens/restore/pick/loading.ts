import type {EntryPath, SnapshotId} from '../../../../engine/index.ts';
import type {Dashboard} from '../../../dashboard.ts';
import {windowOf} from '../../../scrolling.ts';
import {currentRestore} from '../current.ts';
import {keyOf, type PathKey} from '../path-key.ts';
import type {RestoreScreen} from '../state.ts';
import {treeLines} from './layout.ts';
import {createPathFilter} from './path-filter.ts';
import {cursorIndex, entryAtCursor, withFolderLoaded, withSearchDone, type Picking, type Versions} from './picking.ts';
import {rowsOf, toTreeEntries, type Folder, type Search} from './tree.ts';

/** So long nothing is typed or moved before something is looked up, in milliseconds. */
export const searchDelayMs = 150;
export const versionsDelayMs = 200;

const searchLimit = 1000;

type At = {readonly dashboard: Dashboard; readonly id: number; readonly snapshot: SnapshotId};

/** Change what is known of a snapshot; nothing when another one is looked at by now. */
function change({dashboard, id, snapshot}: At, update: (picking: Picking) => Picking): void {
	dashboard.changeScreen(id, 'restore', screen => screen.picking?.snapshot === snapshot ? {...screen, picking: update(screen.picking)} : screen);
}

function pickingOf({dashboard, id, snapshot}: At): {readonly screen: RestoreScreen; readonly picking: Picking} | undefined {
	const screen = dashboard.state.screens.find(candidate => candidate.id === id);
	return screen?.kind === 'restore' && ['pick', 'target'].includes(screen.step) && screen.picking?.snapshot === snapshot ? {screen, picking: screen.picking} : undefined;
}

function loadFolder(at: At, path: EntryPath): void {
	const key = keyOf(path);
	const settle = (folder: Folder) => {
		change(at, picking => withFolderLoaded(picking, key, folder));
		loadWanted(at);
	};

	change(at, picking => withFolderLoaded(picking, key, {status: 'loading'}));
	at.dashboard.load(async engine => engine.listFolder(at.snapshot, path), entries => {
		settle({status: 'loaded', entries: toTreeEntries(entries)});
	}, ({message}) => {
		settle({status: 'failed', message});
	});
}

/** Directories whose size is wanted: those that are seen, then those that are marked. */
function findUnmeasured({tree, marks, sizes}: Picking, cursor: number, height: number): EntryPath | undefined {
	const {rows} = rowsOf(tree);
	const {start, end} = windowOf(rows.length, cursor, height);
	const seen = rows.slice(start, end).flatMap(row => row.kind === 'entry' ? [row.entry] : []);
	return [...seen, ...marks.values()].find(entry => entry.type === 'directory' && !sizes.has(keyOf(entry)));
}

function measureNext(at: At): void {
	const {dashboard, snapshot} = at;
	const current = pickingOf(at);
	const path = current && findUnmeasured(current.picking, cursorIndex(current.picking), treeLines(dashboard.state.size));
	if (!current || !path || current.picking.measuring !== undefined || !dashboard.engine) {
		return;
	}

	const key = keyOf(path);
	const settle = (size: Picking['sizes'] extends ReadonlyMap<PathKey, infer Size> ? Size : never) => {
		change(at, ({measuring: _, ...picking}) => ({...picking, sizes: new Map(picking.sizes).set(key, size)}));
		measureNext(at);
	};

	change(at, picking => ({...picking, measuring: key}));
	const signal = current.screen.errands.begin('measure');
	dashboard.load(async engine => engine.measureFolder(snapshot, path, {signal}), size => {
		settle(size);
	}, () => {
		if (!signal.aborted) {
			settle('unknown');
		}
	});
}

/** Look up the versions of the entry at the cursor, once the cursor rests. */
function loadVersions(at: At): void {
	const {dashboard, snapshot, id} = at;
	const current = pickingOf(at);
	const entry = current && entryAtCursor(current.picking);
	const known = entry && current.picking.versions.get(entry.key);
	if (!entry || (known && known.status !== 'failed')) {
		return;
	}

	const {errands} = current.screen;
	// All snapshots have the same versions: they are kept when another one is looked at.
	const put = (versions: Versions | undefined) => {
		dashboard.changeScreen(id, 'restore', screen => {
			const all = new Map(screen.picking?.versions);
			if (versions) {
				all.set(entry.key, versions);
			} else {
				all.delete(entry.key);
			}

			return screen.picking ? {...screen, picking: {...screen.picking, versions: all}} : screen;
		});
	};

	errands.beginLater('versions', {clock: dashboard.clock, delayMs: versionsDelayMs}, signal => {
		put({status: 'loading'});
		dashboard.load(async engine => engine.entryVersions(snapshot, entry, {signal}), versions => {
			put({status: 'known', versions});
		}, ({message}) => {
			put(signal.aborted ? undefined : {status: 'failed', message});
		});
	});
}

/** Fetch what is missing of what is seen. */
function loadWanted(at: At): void {
	const current = pickingOf(at);
	for (const path of current ? rowsOf(current.picking.tree).wanted : []) {
		loadFolder(at, path);
	}

	measureNext(at);
	loadVersions(at);
}

/** Search for what the state says is searched for. @param delayMs - @default at once */
function search(at: At, text: string, delayMs = 0): void {
	const {dashboard, snapshot} = at;
	const {errands} = pickingOf(at)!.screen;
	const settle = (result: Search) => {
		change(at, picking => withSearchDone(picking, result));
		loadWanted(at);
	};

	const run = (signal: AbortSignal) => {
		const {name, matches} = createPathFilter(text);
		dashboard.load(async engine => engine.searchSnapshot(snapshot, name, {signal, limit: searchLimit}), found => {
			settle({text, status: 'found', entries: toTreeEntries(found.filter(entry => matches(entry))), isCut: found.length >= searchLimit});
		}, ({message}) => {
			if (!signal.aborted) {
				settle({text, status: 'failed', message});
			}
		});
	};

	if (delayMs === 0) {
		run(errands.begin('search'));
	} else {
		errands.beginLater('search', {clock: dashboard.clock, delayMs}, run);
	}
}

/** Where the second step is now. */
function here(dashboard: Dashboard): At {
	const {id, snapshot} = currentRestore(dashboard);
	return {dashboard, id, snapshot};
}

/** Fetch what is missing of what the second step shows; to be called after each change of it. */
export function fetchMissing(dashboard: Dashboard): void {
	loadWanted(here(dashboard));
}

/** Search for what is typed. @param delayMs - Not before so long nothing else is typed. @default at once */
export function startSearch(dashboard: Dashboard, delayMs?: number): void {
	const {picking, errands} = currentRestore(dashboard);
	const text = picking?.tree.search?.text;
	if (text === undefined) {
		errands.end('search');
		fetchMissing(dashboard);
	} else {
		search(here(dashboard), text, delayMs);
	}
}
