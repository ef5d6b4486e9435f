import type {SnapshotId} from '../../ids.ts';
import type {RetentionDecision} from '../../retention/decision.ts';
import type {RetentionSettings} from '../../retention/settings.ts';
import type {ForgottenSnapshot} from '../forget/forget.ts';

export type PruneRequest = {
	/** Which snapshots are forgotten first. @default none: only what no snapshot needs is removed */
	readonly retention?: RetentionSettings;
	/** Of packs that are mostly dead at most so many bytes are written anew. 0: none. @default no limit */
	readonly maximumRepackBytes?: number;
	/** No pack is written anew after so long, in milliseconds; what was begun is finished. @default no limit */
	readonly timeLimitMs?: number;
	/** Go on although this machine's clock looks wrong. @default false */
	readonly isClockTrusted?: boolean;
	/** Change nothing: say what would be done. @default false */
	readonly isDryRun?: boolean;
};

export type PruneSummary = {
	/** What retention says of every snapshot, oldest first; empty where it was not asked. */
	readonly decisions: readonly RetentionDecision[];
	/** Forgotten now, each with the rule; in a dry run: that would be. */
	readonly forgotten: ReadonlyArray<ForgottenSnapshot & {readonly reason: string}>;
	/** Forgotten by a run that was interrupted before it had removed their objects; that is done now. */
	readonly completed: readonly SnapshotId[];
	/** Snapshots that are left. */
	readonly remaining: number;
	readonly packs: {
		/** Before. */
		readonly total: number;
		/** Deleted, as nothing needs them; those that were written anew among them. */
		readonly removed: number;
		/** Written anew without what nothing needs, or to join small ones. */
		readonly rewritten: number;
		/** Marked: they go in the next prune, as runs were writing that may rely on them. */
		readonly waiting: number;
	};
	/** By how much the repository has become smaller; in a dry run: would. Never below 0 but for the few bytes of tombstones and marks. */
	readonly freedBytes: number;
	/** What packs that wait take. */
	readonly waitingBytes: number;
	/** What was written anew. */
	readonly rewrittenBytes: number;
	/** Runs that packs wait for, for people: "process 812 on web1"; empty where none do. */
	readonly waitingFor: string;
	/** What nothing needs and is still there, in packs that are not worth being written anew or were beyond the limits: bytes. */
	readonly deadBytes: number;
	/** Whether a limit kept packs from being written anew. */
	readonly isLimited: boolean;
	readonly isDryRun: boolean;
	readonly durationMs: number;
};
