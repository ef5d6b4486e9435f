const dayMs = 24 * 60 * 60 * 1000;

/** A key is to be rotated when it is this old, in days. */
export const rotateAfterDays = 90;
/** From this age on, in days, people are told that the rotation comes near. */
export const warnAfterDays = 80;

/** Whole days from `created` to `nowMs`; never negative. */
export function ageInDays(created: string, nowMs: number): number {
	return Math.max(0, Math.floor((nowMs - Date.parse(created)) / dayMs));
}

export type KeyAgeState = 'ok' | 'warn' | 'due';

export function keyAgeState(ageDays: number): KeyAgeState {
	return ageDays >= rotateAfterDays ? 'due' : (ageDays >= warnAfterDays ? 'warn' : 'ok');
}
