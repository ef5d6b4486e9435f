import type {BackupSummary, ErrorCode, LoadSummary, Phase, Progress, PruneSummary, RestoreSummary, RotateSummary, VerifySummary} from '../../engine/index.ts';

/** How much a verification reads. */
export type VerifyDepth = 'quick' | 'sample' | 'full';

/** What a job does. */
export type JobKind = 'backup' | 'verify' | 'restore' | 'rotate' | 'prune';

/** Why something failed, for people. */
export type Failure = {readonly code: ErrorCode; readonly message: string};

export type JobState = 'queued' | 'running' | 'stopping' | 'done' | 'failed' | 'stopped';

export type JobResult =
	| {readonly kind: 'backup'; readonly summary: BackupSummary}
	| {readonly kind: 'verify'; readonly summary: VerifySummary}
	| {readonly kind: 'restore'; readonly summary: RestoreSummary}
	/** Of a restore into a database server. */
	| {readonly kind: 'load'; readonly summary: LoadSummary}
	| {readonly kind: 'rotate'; readonly summary: RotateSummary}
	| {readonly kind: 'prune'; readonly summary: PruneSummary};

/** Work that was asked for on this screen. */
export type Job = {
	readonly id: number;
	readonly kind: JobKind;
	/** What it is about, for people. */
	readonly subject: string;
	/** The source that it is about, if it is one. */
	readonly source?: string;
	readonly state: JobState;
	/** The process that does it. */
	readonly processId?: number;
	/** In milliseconds since 1970; `undefined` while it is queued. */
	readonly startedMs?: number;
	readonly endedMs?: number;
	readonly progress?: Progress;
	/** The phases that were seen, in order; one may come again after another. */
	readonly phases: readonly Phase[];
	/** The last warnings, oldest first, at most `keptWarnings`. */
	readonly warnings: readonly string[];
	readonly warningCount: number;
	readonly failure?: Failure;
	readonly result?: JobResult;
};

export const keptWarnings = 200;

export const isActive = ({state}: Job): boolean => ['queued', 'running', 'stopping'].includes(state);
export const isAtWork = ({state}: Pick<Job, 'state'>): boolean => state === 'running' || state === 'stopping';
