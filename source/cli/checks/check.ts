import {errorText} from '../../engine/index.ts';

export type CheckState = 'ok' | 'warn' | 'fail';

/** What `doctor` found out about one thing. */
export type Check = {
	readonly name: string;
	readonly state: CheckState;
	/** What was seen. */
	readonly evidence: string;
	/** What to do; only where something is to be done. */
	readonly advice?: string;
};

export const ok = (name: string, evidence: string): Check => ({name, state: 'ok', evidence});
export const warn = (name: string, evidence: string, advice: string): Check => ({name, state: 'warn', evidence, advice});
export const fail = (name: string, evidence: string, advice?: string): Check => ({name, state: 'fail', evidence, ...(advice !== undefined && {advice})});

/** A check that failed with an error: its message says what to do. */
export const failWith = (name: string, error: unknown): Check => fail(name, errorText(error));
