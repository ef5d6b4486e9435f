import type {Column} from './figures.ts';
import type {ToolKey} from './tools/tools.ts';

/** One thing that coffer aims at: at most so many times what another tool takes, or at most so many bytes. */
export type Target = {
	readonly column: Column;
	/** Whom it is compared with; `best` is the best of the backup programs. */
	readonly against: ToolKey | 'best' | 'bytes';
	readonly atMost: number;
	/** More than what is aimed at first. @default false */
	readonly isStretch?: boolean;
};

/** Those that do what coffer does: deduplicate, hash, and make durable. */
export const backupPrograms: readonly ToolKey[] = ['restic', 'borg', 'duplicity'];

/** Fixed before anything was measured. */
export const targets: readonly Target[] = [
	{column: 'first', against: 'restic', atMost: 0.8},
	{column: 'first', against: 'restic', atMost: 0.6, isStretch: true},
	{column: 'first', against: 'pipeline', atMost: 1, isStretch: true},
	{column: 'unchanged', against: 'best', atMost: 0.5},
	{column: 'next', against: 'best', atMost: 0.7},
	{column: 'verify', against: 'best', atMost: 1},
	{column: 'restore', against: 'best', atMost: 0.8},
	{column: 'sizeFirst', against: 'best', atMost: 0.97},
	{column: 'memory', against: 'bytes', atMost: 300e6},
	{column: 'growth', against: 'restic', atMost: 0.2},
	{column: 'growth', against: 'duplicity', atMost: 1},
];

/** How one target stands. */
export type Standing = {
	/** A ratio, or bytes. */
	readonly measured: number;
	/** Whom it was compared with; for `best` who that is. */
	readonly peer?: ToolKey;
	readonly isMet: boolean;
};

/** @param medians - Of one column, by tool. @returns `undefined` where coffer or the peer was not measured, or took nothing. */
export function assess({against, atMost}: Target, medians: Readonly<Partial<Record<ToolKey, number>>>): Standing | undefined {
	const {coffer} = medians;
	if (coffer === undefined) {
		return undefined;
	}

	if (against === 'bytes') {
		return {measured: coffer, isMet: coffer <= atMost};
	}

	const candidates = against === 'best' ? backupPrograms : [against];
	const [peer] = candidates.filter(key => medians[key] !== undefined).toSorted((a, b) => medians[a]! - medians[b]!);
	if (peer === undefined || medians[peer] === 0) {
		return undefined;
	}

	const measured = coffer / medians[peer]!;
	return {measured, peer, isMet: measured <= atMost};
}
