import {ChangeTally, type EntryFacts, type SnapshotChange, type SnapshotComparison} from '../../source/engine/index.ts';
import {ago, dayMs} from './overview-builder.ts';

/** A file of root's, with what a test changes of it. */
export function buildFacts(change: Partial<EntryFacts> = {}): EntryFacts {
	return {type: 'file', mode: 0o644, uid: 0, gid: 0, size: 84_012, mtime: `${ago(2 * dayMs).slice(0, -'.000Z'.length)}.000000001Z`, ...change};
}

export const added = (path: string, change: Partial<EntryFacts> = {}): SnapshotChange => ({path, change: 'added', after: buildFacts(change)});
export const removed = (path: string, change: Partial<EntryFacts> = {}): SnapshotChange => ({path, change: 'removed', before: buildFacts(change)});

export function changed(path: string, after: Partial<EntryFacts>, differs: Extract<SnapshotChange, {change: 'changed'}>['differs'] = ['content']): SnapshotChange {
	return {path, change: 'changed', differs, before: buildFacts(), after: buildFacts(after)};
}

/** @param limit - Of the changes so many are listed; all are counted. @default all */
export function buildComparison(changes: readonly SnapshotChange[], limit = changes.length): SnapshotComparison {
	const tally = new ChangeTally();
	for (const change of changes) {
		tally.add(change);
	}

	return {changes: changes.slice(0, limit), counts: tally.counts};
}
