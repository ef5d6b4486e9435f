import type {RunMeasures} from '../../source/engine/monitoring/anomalies/source-history.ts';
import {Random, seedOf} from './random.ts';

/** Kinds of sources, by how their backups differ from day to day. */
export const historyKinds = ['steady', 'growing', 'weekly', 'monthly', 'bursty', 'noisy', 'small'] as const;
export type HistoryKind = typeof historyKinds[number];

const dayMs = 24 * 60 * 60 * 1000;
const megabyte = 1_000_000;

/** A number of the standard normal distribution (Box and Muller). */
function normal(random: () => number): number {
	return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

type Day = {readonly factor: number; readonly growth: number};

const shapes: Readonly<Record<HistoryKind, (day: number, random: () => number) => Day>> = {
	steady: (_, random) => ({factor: Math.exp(0.25 * normal(random)), growth: 0.0005}),
	growing: (_, random) => ({factor: Math.exp(0.4 * normal(random)), growth: 0.006}),
	weekly: (day, random) => ({factor: Math.exp(0.3 * normal(random)) * (day % 7 >= 5 ? 0.1 : 1) * (day % 7 === 6 ? 60 : 1), growth: 0.001}),
	monthly: (day, random) => ({factor: Math.exp(0.3 * normal(random)) * (day % 30 === 29 ? 15 : 1), growth: 0.001}),
	bursty: (_, random) => ({factor: Math.exp(0.9 * normal(random)) * (random() < 0.04 ? 12 : 1), growth: 0.001}),
	noisy: (_, random) => ({factor: Math.exp(1.3 * normal(random)), growth: 0.001}),
	small: (_, random) => ({factor: Math.exp(1.5 * normal(random)), growth: 0}),
};

/** Daily runs of one source, without anything that somebody should know. @param days - How many. */
export function simulateRuns(kind: HistoryKind, days: number, seed: number): RunMeasures[] {
	const source = new Random(seedOf(`${kind} ${seed}`));
	const random = () => source.fraction();
	const scale = Math.exp(kind === 'small' ? 0 : 4 + 4 * random());
	let bytes = 40 * scale * megabyte;
	let files = Math.round(300 + random() * (kind === 'small' ? 500 : 50_000));
	const share = 0.002 + 0.02 * random();
	const secondsPerRun = 3 + 200 * random();
	return Array.from({length: days}, (_, day): RunMeasures => {
		const {factor, growth} = shapes[kind](day, random);
		const addedBytes = Math.round(0.4 * scale * megabyte * factor);
		// Now and then something is tidied up.
		const removedShare = (random() < 0.01 ? 0.03 : 0.002) * random();
		bytes *= (1 + growth + 0.004 * normal(random)) * (random() < 0.01 ? 0.9 : 1);
		const before = files;
		const removedFiles = Math.round(before * removedShare);
		const newFiles = Math.round(before * (removedShare + growth));
		files = Math.max(10, before - removedFiles + newFiles);
		const changedFiles = Math.min(before, Math.round(before * share * Math.sqrt(factor)));
		// A machine that has something else to do takes twice or three times as long.
		const load = Math.exp(0.2 * normal(random)) * (random() < 0.03 ? 1 + 2 * random() : 1);
		return {
			time: new Date(Date.UTC(2026, 0, 1, 2) + day * dayMs).toISOString(), durationMs: Math.round((secondsPerRun + addedBytes / (40 * megabyte)) * load * 1000),
			bytes: Math.round(bytes), addedBytes, before, newFiles, changedFiles, removedFiles,
		};
	});
}

/** What somebody should know of. */
export const injections = {
	'ten times the size': run => ({...run, bytes: run.bytes * 10, addedBytes: run.addedBytes + run.bytes * 9}),
	'half of the size gone': run => ({...run, bytes: Math.round(run.bytes / 2)}),
	'five times as long, and 10 minutes': run => ({...run, durationMs: run.durationMs * 5 + 600_000}),
	'half of all added anew': run => ({...run, addedBytes: run.addedBytes + run.bytes / 2}),
	'60 % of the files changed': run => ({...run, changedFiles: Math.round(0.6 * (run.before ?? 0))}),
	'30 % of the files removed': run => ({...run, removedFiles: Math.round(0.3 * (run.before ?? 0))}),
} as const satisfies Readonly<Record<string, (run: RunMeasures) => RunMeasures>>;
export type Injection = keyof typeof injections;
