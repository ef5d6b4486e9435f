import {stepNames, type Step} from './figures.ts';
import type {Machine} from './machine.ts';
import {workKindNames, type WorkKind} from './work-kinds.ts';

/** Processor seconds by kind of work; the mean of a run. */
export type StepProfile = Readonly<Partial<Record<WorkKind, number>>>;

/** Where the time of each step went. Plain data, which is stored. */
export type ProfileResult = {
	/** Such as `2026-11-21`. */
	readonly date: string;
	/** What was profiled: version and commit. */
	readonly program: string;
	readonly machine: Machine;
	readonly rounds: number;
	/** Of the generated data. */
	readonly size: number;
	/** Samples a second. */
	readonly frequency: number;
	readonly steps: Readonly<Partial<Record<Step, StepProfile>>>;
};

/** The mean of several rounds. @param rounds - Not empty. */
export function addProfiles(rounds: ReadonlyArray<Readonly<Record<Step, StepProfile>>>): Record<Step, StepProfile> {
	const meanOf = (step: Step): StepProfile => Object.fromEntries(workKindNames
		.map(kind => [kind, rounds.reduce((sum, round) => sum + (round[step][kind] ?? 0), 0) / rounds.length] as const)
		.filter(([, seconds]) => seconds > 0));
	return Object.fromEntries(stepNames.map(step => [step, meanOf(step)])) as Record<Step, StepProfile>;
}

/** Processor seconds of a step, all kinds together. */
export function totalOf(profile: StepProfile): number {
	return Object.values(profile).reduce((sum, seconds) => sum + seconds, 0);
}
