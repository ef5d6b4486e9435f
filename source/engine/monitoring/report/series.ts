import type {StoredSnapshot} from '../../repository/repository.ts';
import type {DataRead} from '../../state/data-reads.ts';
import type {SourceRun} from '../../state/source-memory.ts';
import type {StorageSample} from '../../state/storage-samples.ts';
import {coverageOf} from '../data-coverage.ts';
import type {CoveragePoint, RunPoint, StoragePoint} from './report.ts';

type Time = {readonly fromMs: number; readonly toMs: number};

const dayMs = 24 * 60 * 60 * 1000;
/** More points than that show nothing more. */
const maximumPoints = 60;

const isWithin = (time: string, {fromMs, toMs}: Time): boolean => Date.parse(time) >= fromMs && Date.parse(time) < toMs;

/** Runs of a source for a chart, oldest first: the newest `maximumPoints`. @param runs - Of the time. */
export function runPoints(runs: readonly SourceRun[], snapshots: readonly StoredSnapshot[]): RunPoint[] {
	const sizes = new Map(snapshots.map(({id, statistics: {bytes}}) => [id, bytes]));
	return runs.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time)).slice(-maximumPoints).map(({time, outcome, durationMs, snapshot, addedBytes}) => {
		const bytes = snapshot === undefined ? undefined : sizes.get(snapshot);
		return {time, outcome, durationMs, ...(bytes !== undefined && {bytes}), ...(addedBytes !== undefined && {addedBytes})};
	});
}

/** How full a destination was: the last sample of each day of the time. */
export function storagePoints(samples: readonly StorageSample[], time: Time): StoragePoint[] {
	const days = new Map<number, StoragePoint>();
	for (const {time: at, usedBytes} of samples) {
		if (usedBytes !== undefined && isWithin(at, time)) {
			days.set(Math.floor(Date.parse(at) / dayMs), {time: at, usedBytes});
		}
	}

	return [...days.values()].slice(-maximumPoints);
}

/** Which share of the data was read in the `withinMs` before each of some moments of the time, the last one its end. */
export function coveragePoints(reads: readonly DataRead[], {fromMs, toMs}: Time, withinMs: number): CoveragePoint[] {
	const stepMs = Math.max(dayMs, (toMs - fromMs) / maximumPoints);
	const count = Math.floor((toMs - fromMs) / stepMs) + 1;
	const moments = Array.from({length: count}, (_, index) => toMs - (count - 1 - index) * stepMs);
	return moments.map(atMs => ({time: new Date(atMs).toISOString(), share: coverageOf(reads, {fromMs: atMs - withinMs, toMs: atMs})}));
}
