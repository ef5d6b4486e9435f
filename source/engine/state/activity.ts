import type {Progress} from '../events.ts';
import type {ProcessIdentity} from '../runtime.ts';

/** What a process can be at work on. */
export const activityKinds = ['backup', 'verify', 'restore', 'forget', 'prune', 'keys', 'import', 'export'] as const;
export type ActivityKind = typeof activityKinds[number];

/** Work that goes on now, in this process or in another one on this host, such as a run under cron. */
export type Activity = {
	readonly id: string;
	readonly kind: ActivityKind;
	/** The source that is backed up, or what else it is about, for people. */
	readonly subject?: string;
	/** When it began: RFC 3339. */
	readonly started: string;
	/** When it last told how far it is. */
	readonly updated: string;
	readonly process: ProcessIdentity;
	readonly progress?: Progress;
};
