const dayMs = 24 * 60 * 60 * 1000;

/** How old the active epoch may grow. */
export type KeyPolicy = {
	/** From this age on, in days, people are told that the rotation comes near. */
	readonly warnAfterDays: number;
	/** When it is this old, in days, it is to be replaced. */
	readonly rotateAfterDays: number;
};

export const defaultKeyPolicy: KeyPolicy = {warnAfterDays: 80, rotateAfterDays: 90};

/** Whole days from `created` to `nowMs`; never negative. */
export function ageInDays(created: string, nowMs: number): number {
	return Math.max(0, Math.floor((nowMs - Date.parse(created)) / dayMs));
}

export type KeyAgeState = 'ok' | 'warn' | 'due';

/** @param policy - @default defaultKeyPolicy */
export function keyAgeState(ageDays: number, {warnAfterDays, rotateAfterDays} = defaultKeyPolicy): KeyAgeState {
	return ageDays >= rotateAfterDays ? 'due' : (ageDays >= warnAfterDays ? 'warn' : 'ok');
}
