import type {SnapshotChange, SnapshotComparison, StoredSnapshot} from '../../../engine/index.ts';
import {clampRow, isMatch} from '../../model/selectors.ts';
import {moveRow, type Movement} from '../../scrolling.ts';

/** So many differences are listed; all of them are counted. */
export const listedChanges = 2000;

/** What differs between two snapshots. */
export type DiffScreen = {
	readonly kind: 'diff';
	/** The older one. */
	readonly from: StoredSnapshot;
	readonly to: StoredSnapshot;
	/** `undefined` while it is being found out. */
	readonly comparison?: SnapshotComparison;
	/** Why it could not be found out. */
	readonly problem?: string;
	/** In the list as it is filtered. */
	readonly cursor: number;
	readonly filter: string;
};

export function createDiffScreen(from: StoredSnapshot, to: StoredSnapshot): DiffScreen {
	return {kind: 'diff', from, to, cursor: 0, filter: ''};
}

/** What became of an entry, in one word; `metadata`: nothing of it changed but owner, mode, times or attributes. */
export type ChangeKind = 'added' | 'removed' | 'changed' | 'metadata';

export function kindOf(change: SnapshotChange): ChangeKind {
	return change.change === 'changed' && change.differs.every(aspect => aspect === 'metadata') ? 'metadata' : change.change;
}

/** The differences that are shown: those whose path or kind has the words of the filter. */
export function listChanges({comparison, filter}: Pick<DiffScreen, 'comparison' | 'filter'>): readonly SnapshotChange[] {
	const changes = comparison?.changes ?? [];
	return filter.trim() === '' ? changes : changes.filter(change => isMatch(`${change.path} ${kindOf(change)}`, filter));
}

/** How many differences there are, and not only how many are listed. */
export function countChanges({counts: {added, removed, changed, metadataOnly}}: SnapshotComparison): number {
	return added + removed + changed + metadataOnly;
}

export function selectedChange(screen: DiffScreen): SnapshotChange | undefined {
	const listed = listChanges(screen);
	return listed[clampRow(screen.cursor, listed.length)];
}

export function moveInDiff(screen: DiffScreen, movement: Movement, page: number): DiffScreen {
	const {length: count} = listChanges(screen);
	return {...screen, cursor: moveRow(clampRow(screen.cursor, count), movement, {count, page})};
}

/** Another filter, with the cursor on the entry that it stood on where that is still listed. */
export function filterDiff(screen: DiffScreen, filter: string): DiffScreen {
	const selected = selectedChange(screen);
	const filtered = {...screen, filter};
	return {...filtered, cursor: Math.max(0, selected ? listChanges(filtered).indexOf(selected) : 0)};
}

/** While it is found out anew. */
export function withoutComparison({comparison: _, problem: _problem, ...screen}: DiffScreen): DiffScreen {
	return {...screen, cursor: 0};
}
