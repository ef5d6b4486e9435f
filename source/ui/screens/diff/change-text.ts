import type {EntryFacts, SnapshotChange} from '../../../engine/index.ts';
import {formatBytes, formatCount, formatSecond} from '../../../text/format.ts';
import {formatMode} from '../../../text/mode-text.ts';
import {kindOf} from './state.ts';

/** One thing that is known of an entry, on one side or both. */
export type ChangeFact = {
	readonly label: string;
	/** `undefined`: the entry was not there, or has no such thing. */
	readonly before?: string;
	readonly after?: string;
};

const factTexts: ReadonlyArray<readonly [label: string, text: (facts: EntryFacts) => string | undefined]> = [
	['type', ({type}) => type],
	['size', ({size}) => size === undefined ? undefined : `${formatBytes(size)} (${formatCount(size)} bytes)`],
	['modified', ({mtime}) => formatSecond(mtime)],
	['mode', ({type, mode}) => formatMode(type, mode)],
	['owner', ({uid, gid}) => `${uid}:${gid}`],
	['target', ({target}) => target],
	['links', ({links}) => links === undefined ? undefined : String(links)],
];

const sideOf = (change: SnapshotChange, side: 'before' | 'after'): EntryFacts | undefined => (change as {readonly before?: EntryFacts; readonly after?: EntryFacts})[side];

/** What is known of an entry on both sides. */
export function changeFacts(change: SnapshotChange): ChangeFact[] {
	const [before, after] = [sideOf(change, 'before'), sideOf(change, 'after')];
	return factTexts.map(([label, text]): ChangeFact => {
		const [was, is] = [before && text(before), after && text(after)];
		// Times that differ by less than a second are shown with what differs.
		const isFine = label === 'modified' && was === is && before?.mtime !== after?.mtime;
		const fraction = (facts: EntryFacts | undefined): string => isFine ? facts!.mtime.slice('2026-11-21T19:30:05'.length, -1) : '';
		return {label, ...(was !== undefined && {before: was + fraction(before)}), ...(is !== undefined && {after: is + fraction(after)})};
	}).filter(({before: was, after: is}) => was !== undefined || is !== undefined);
}

/** What happened to an entry, in words. */
export function changeTitle(change: SnapshotChange): string {
	if (change.change !== 'changed') {
		return change.change;
	}

	const {before, after, differs} = change;
	if (differs.includes('type')) {
		return `now a ${after.type}, before a ${before.type}`;
	}

	return kindOf(change) === 'metadata' ? 'only metadata changed' : `changed: ${differs.join(' and ')}`;
}

function metadataWords(before: EntryFacts, after: EntryFacts): string {
	const words = [
		...(before.mode === after.mode ? [] : ['mode']), ...(before.uid === after.uid && before.gid === after.gid ? [] : ['owner']), ...(before.mtime === after.mtime ? [] : ['time']),
	];
	return words.length === 0 ? 'attributes' : words.join(', ');
}

/** Sizes that look alike are told apart by their difference. */
function sizesText(before: number, after: number): string {
	const [was, is] = [formatBytes(before), formatBytes(after)];
	if (was !== is) {
		return `${was} -> ${is}`;
	}

	return before === after ? `${is}, same size` : `${is}, ${after > before ? '+' : '-'}${formatBytes(Math.abs(after - before))}`;
}

/** What changed of an entry, in at most some twenty characters: `1.2 MB`, `84 kB -> 86 kB`, `84 kB, +12 B`, `mode, owner`. */
export function changeSummary(change: SnapshotChange): string {
	if (change.change !== 'changed') {
		const {size, type} = change.change === 'added' ? change.after : change.before;
		return size === undefined ? type : formatBytes(size);
	}

	const {before, after, differs} = change;
	if (differs.includes('type')) {
		return `${before.type} -> ${after.type}`;
	}

	if (kindOf(change) === 'metadata') {
		return metadataWords(before, after);
	}

	return before.size === undefined || after.size === undefined ? after.type : sizesText(before.size, after.size);
}

/** Characters of a path that are worth showing in full. */
const longestPath = 4096;

/** The path as it is shown in full: of one beyond all measure its end. */
export const fullPath = ({path}: SnapshotChange): string => path.length > longestPath ? `…${path.slice(-longestPath)}` : path;

/** Everything about a change in lines, for a message. */
export function changeLines(change: SnapshotChange): string[] {
	return [fullPath(change), changeTitle(change), '', ...changeFacts(change).map(({label, before, after}) => {
		const isSame = before === after || before === undefined || after === undefined;
		return `${label.padEnd(9)} ${isSame ? (before ?? after) : `${before} -> ${after}`}`;
	})];
}
