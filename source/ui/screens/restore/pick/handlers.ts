import type {Dashboard} from '../../../dashboard.ts';
import {movementHandlers, type Handler, type Handlers} from '../../../handler.ts';
import {createLine} from '../../../line-edit.ts';
import {changeRestore, currentRestore} from '../current.ts';
import {noMarks, toggleMark, type Marks} from '../marks.ts';
import {snapshotIndex, toPicking, toTarget} from '../state.ts';
import {goBack} from '../step-handlers.ts';
import {treeLines} from './layout.ts';
import {fetchMissing, searchDelayMs, startSearch} from './loading.ts';
import {entryAtCursor, goIn, goOut, markAll, moveCursor, toggleAtCursor, withHiddenToggled, withSearchText, type Picking} from './picking.ts';

const pickingOf = (dashboard: Dashboard): Picking => currentRestore(dashboard).picking!;

/** Change what is picked, and fetch what is missing then. */
function change(dashboard: Dashboard, update: (picking: Picking) => Picking): void {
	changeRestore(dashboard, screen => ({...screen, picking: update(screen.picking!)}));
	fetchMissing(dashboard);
}

const changing = (update: (picking: Picking) => Picking): Handler => ({run(dashboard) {
	change(dashboard, update);
}});

function setSearch(dashboard: Dashboard, text: string): void {
	changeRestore(dashboard, screen => ({...screen, picking: withSearchText(screen.picking!, text)}));
	startSearch(dashboard, searchDelayMs);
}

function back(dashboard: Dashboard): void {
	if (pickingOf(dashboard).tree.search) {
		setSearch(dashboard, '');
	} else {
		goBack(dashboard);
	}
}

function open(dashboard: Dashboard, key: string): void {
	const picking = pickingOf(dashboard);
	const {search} = picking.tree;
	const entry = entryAtCursor(picking);
	if (search?.status === 'failed') {
		startSearch(dashboard);
	} else if (!search && entry && entry.type !== 'directory') {
		dashboard.notify('This is no folder. Space marks it, n goes on with it.');
	} else {
		change(dashboard, current => goIn(current, key === 'enter'));
	}
}

/** What the next step is about: what is marked, or else the entry at the cursor. */
function chosenOf(picking: Picking): Marks {
	const entry = entryAtCursor(picking);
	return picking.marks.size > 0 || !entry ? picking.marks : toggleMark(noMarks, entry, picking.snapshot);
}

function whyNotNext(dashboard: Dashboard): string | undefined {
	const picking = pickingOf(dashboard);
	if (chosenOf(picking).size > 0) {
		return undefined;
	}

	const {search, folders} = picking.tree;
	if (search?.status === 'searching') {
		return 'The search is still under way.';
	}

	const isLoading = folders.values().some(({status}) => status === 'loading');
	return isLoading && !search ? 'The folder is still being read.' : 'Nothing is marked, and the cursor is on nothing that could be restored.';
}

/** To the snapshot that is so many steps older. */
function toOlder(dashboard: Dashboard, steps: number): void {
	changeRestore(dashboard, screen => toPicking({...screen, snapshot: screen.snapshots[snapshotIndex(screen) + steps]!.id}));
	if (pickingOf(dashboard).tree.search) {
		startSearch(dashboard);
	} else {
		fetchMissing(dashboard);
	}
}

/** The keys of the second step. */
export const pickHandlers: Handlers = {
	...movementHandlers((dashboard, movement) => {
		change(dashboard, picking => moveCursor(picking, movement, treeLines(dashboard.state.size)));
	}),
	back: {run: back},
	open: {run: open},
	close: changing(goOut),
	mark: {
		unavailable: dashboard => entryAtCursor(pickingOf(dashboard)) ? undefined : 'There is nothing here to mark.',
		run(dashboard) {
			change(dashboard, toggleAtCursor);
		},
	},
	'mark-all': changing(markAll),
	'mark-none': changing(picking => ({...picking, marks: noMarks})),
	hidden: changing(withHiddenToggled),
	filter: {run(dashboard) {
		const before = pickingOf(dashboard).tree.search?.text ?? '';
		dashboard.openOverlay({
			kind: 'filter', line: createLine(before), before,
			onChange(text) {
				setSearch(dashboard, text);
			},
			onKeep() {
				currentRestore(dashboard).errands.hurry('search');
			},
		});
	}},
	version: {
		unavailable(dashboard) {
			const screen = currentRestore(dashboard);
			return snapshotIndex(screen) < screen.snapshots.length - 1 ? undefined : 'This is the oldest snapshot.';
		},
		run(dashboard) {
			toOlder(dashboard, 1);
		},
	},
	'newer-version': {
		unavailable: dashboard => snapshotIndex(currentRestore(dashboard)) > 0 ? undefined : 'This is the newest snapshot.',
		run(dashboard) {
			toOlder(dashboard, -1);
		},
	},
	'next-step': {
		unavailable: whyNotNext,
		run(dashboard) {
			changeRestore(dashboard, screen => toTarget(screen, chosenOf(screen.picking!)));
		},
	},
};
