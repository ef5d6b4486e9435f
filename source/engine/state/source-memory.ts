import type {SnapshotId} from '../ids.ts';
import {toChoice, toCount, toList, toRecord, toText, toTime} from './shapes.ts';

/** A snapshot that this host has seen in the repository. */
export type SeenSnapshot = {
	readonly id: SnapshotId;
	/** Name of its object in the storage. */
	readonly objectName: string;
	readonly time: string;
};

export const runOutcomes = ['ok', 'partial', 'failed', 'interrupted'] as const;

/** How a run ended. `partial`: some source data could not be read. */
export type RunOutcome = typeof runOutcomes[number];

/** One run of a source on this host. */
export type SourceRun = {
	/** When it began. */
	readonly time: string;
	readonly outcome: RunOutcome;
	readonly durationMs: number;
	/** An `ErrorCode`; only of runs that made no snapshot. */
	readonly code?: string;
	/** For people; only of runs that did not end well. */
	readonly error?: string;
	readonly snapshot?: SnapshotId;
	readonly addedBytes?: number;
};

/** What this host remembers of one source. */
export type SourceMemory = {
	readonly source: string;
	/** The newest snapshot of this host's own runs. */
	readonly head?: SeenSnapshot;
	/** Oldest first, at most `maximumRuns`. */
	readonly runs: readonly SourceRun[];
	/** Former heads that vanished from the repository without having been forgotten. */
	readonly losses: readonly SeenSnapshot[];
};

/** Older runs are dropped. */
export const maximumRuns = 100;
const maximumLosses = 20;

export function emptySourceMemory(source: string): SourceMemory {
	return {source, runs: [], losses: []};
}

function decodeSeen(value: unknown): SeenSnapshot {
	const record = toRecord(value);
	return {id: toText(record['id']) as SnapshotId, objectName: toText(record['objectName']), time: toTime(record['time'])};
}

function decodeRun(value: unknown): SourceRun {
	const {code, error, snapshot, addedBytes, ...record} = toRecord(value);
	return {
		time: toTime(record['time']),
		outcome: toChoice(record['outcome'], runOutcomes),
		durationMs: toCount(record['durationMs']),
		...(code !== undefined && {code: toText(code)}),
		...(error !== undefined && {error: toText(error)}),
		...(snapshot !== undefined && {snapshot: toText(snapshot) as SnapshotId}),
		...(addedBytes !== undefined && {addedBytes: toCount(addedBytes)}),
	};
}

/** @throws TypeError for another shape */
export function decodeSourceMemory(value: unknown): SourceMemory {
	const {head, ...record} = toRecord(value);
	return {
		source: toText(record['source']),
		runs: toList(record['runs']).map(run => decodeRun(run)),
		losses: toList(record['losses']).map(loss => decodeSeen(loss)),
		...(head !== undefined && {head: decodeSeen(head)}),
	};
}

/** The memory after one more run. @param head - The snapshot that it made. */
export function withRun(memory: SourceMemory, run: SourceRun, head?: SeenSnapshot): SourceMemory {
	return {...memory, runs: [...memory.runs, run].slice(-maximumRuns), ...(head && {head})};
}

/** The memory when `losses` is all that is missing now; the head may be among them, and then no longer counts as head. */
export function withLosses(memory: SourceMemory, losses: readonly SeenSnapshot[]): SourceMemory {
	const {head, ...rest} = memory;
	const isHeadLost = losses.some(loss => loss.id === head?.id);
	return {...rest, losses: losses.slice(-maximumLosses), ...(head && !isHeadLost && {head})};
}
