import type {Progress, PruneSummary, RetentionDecision, RetentionSnapshot} from '../../../engine/index.ts';
import {clampRow, isMatch} from '../../model/selectors.ts';
import {moveRow, type Movement} from '../../scrolling.ts';

/** What a prune would do, then how far it is, and what came of it. */
export type PruneScreen = {
	readonly kind: 'prune';
	/** Of a dry run; `undefined` while it is found out. */
	readonly preview?: PruneSummary;
	/** How far that is. */
	readonly progress?: Progress;
	/** Why it could not be found out. */
	readonly problem?: string;
	/** In the list as it is filtered. */
	readonly cursor: number;
	readonly filter: string;
	/** Only snapshots that go are listed. */
	readonly isOnlyGoing: boolean;
	/** The job that was begun here, or that was found at work. */
	readonly job?: number;
};

/** @param filter - What is shown at first. @default everything */
export function createPruneScreen(filter = ''): PruneScreen {
	return {kind: 'prune', cursor: 0, filter, isOnlyGoing: false};
}

type Place = Pick<RetentionSnapshot, 'source' | 'host'>;

function byName(a: Place, b: Place): number {
	const [one, other] = [`${a.source}/${a.host}`, `${b.source}/${b.host}`];
	return one < other ? -1 : Number(one > other);
}

/** Source by source, the newest first. */
function inOrder(a: RetentionDecision, b: RetentionDecision): number {
	const order = byName(a.snapshot, b.snapshot);
	return order === 0 ? Date.parse(b.snapshot.time) - Date.parse(a.snapshot.time) : order;
}

/** What a filter looks through. */
function wordsOf({snapshot: {id, time, source, host, class: backupClass, tags}, isKept, reasons}: RetentionDecision): string {
	return [source, host, id, time, backupClass, ...tags, isKept ? 'keep' : 'goes', ...reasons.map(({text}) => text)].join(' ');
}

/** The snapshots that are shown. */
export function listDecisions({decisions}: Pick<PruneSummary, 'decisions'>, {filter, isOnlyGoing}: Pick<PruneScreen, 'filter' | 'isOnlyGoing'>): readonly RetentionDecision[] {
	const shown = isOnlyGoing ? decisions.filter(({isKept}) => !isKept) : decisions;
	return (filter.trim() === '' ? shown : shown.filter(decision => isMatch(wordsOf(decision), filter))).toSorted(inOrder);
}

export function moveInDecisions(screen: PruneScreen, count: number, movement: Movement, page: number): PruneScreen {
	return {...screen, cursor: moveRow(clampRow(screen.cursor, count), movement, {count, page})};
}

/** Another choice of snapshots, with the cursor on the one that it stood on where that is still shown. */
export function chooseDecisions(screen: PruneScreen, summary: Pick<PruneSummary, 'decisions'> | undefined, choice: Partial<Pick<PruneScreen, 'filter' | 'isOnlyGoing'>>): PruneScreen {
	const chosen = {...screen, ...choice};
	if (!summary) {
		return chosen;
	}

	const before = listDecisions(summary, screen);
	const selected = before[clampRow(screen.cursor, before.length)];
	return {...chosen, cursor: Math.max(0, selected ? listDecisions(summary, chosen).indexOf(selected) : 0)};
}

/** While it is found out anew. */
export function withoutPreview({preview: _, problem: _problem, progress: _progress, job: _job, ...screen}: PruneScreen): PruneScreen {
	return screen;
}

/** How many snapshots of a source are kept, and how many go. */
export type SourceCount = {readonly source: string; readonly host: string; readonly kept: number; readonly going: number};

/** For each source and host, by name. */
export function countSources({decisions}: Pick<PruneSummary, 'decisions'>): SourceCount[] {
	const groups = Map.groupBy(decisions, ({snapshot: {source, host}}) => JSON.stringify([source, host]));
	return [...groups.values()].map(group => {
		const {source, host} = group[0]!.snapshot;
		const kept = group.filter(({isKept}) => isKept).length;
		return {source, host, kept, going: group.length - kept};
	}).toSorted(byName);
}

/** Whether running it would change anything. */
export function isWorthwhile({forgotten, completed, packs: {removed, waiting}, freedBytes}: PruneSummary): boolean {
	return forgotten.length > 0 || completed.length > 0 || removed > 0 || waiting > 0 || freedBytes > 0;
}
