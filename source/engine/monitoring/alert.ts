/** How much something matters. `critical`: data could be lost, or is. */
export const severities = ['warning', 'critical'] as const;
export type Severity = typeof severities[number];

/**
What can be wrong. `never`, `late`, `failed`, `partial`: backups of a source. `unverified`: not verified for long. `damage`: a verification found some. `lost`: a snapshot is gone without having been forgotten.
`key-age`: of the active epoch. `slot-expiry`: of a key slot. `storage`: nearly full. `leftovers`: of runs that died, and that nothing has cleared away.
`exchanged`: another repository lies in the place of the one that this host knows. `rolled-back`: its keys were put back to an older state.
`idle`: nothing starts the jobs of the schedule. `missed`: one of them did not run. `job`: one of them failed.
What a watch of this host finds (`coffer monitor`, the job `audit`): `unreachable`: the repository. `key`: it does not open the repository. `permissions`: others may read or change what is this user's.
`clock`: it is wrong. `space`: where this host remembers things. `recovery`: of the key, were it lost.
Of the newest backup of a source: `anomaly`: it is not as usual. `encrypted`, `deleted`, `dropped`: most of what was there is lost, or a table is. `canary`: somebody touched a file that nobody was to touch.
`inodes`: a file system has room for few more files. `program`: its files were changed.
`channel`: alerts cannot be told on it. `audit-log`: it is not what was written.
*/
export const alertKinds = [
	'never', 'late', 'failed', 'partial', 'unverified', 'damage', 'lost', 'key-age', 'slot-expiry', 'storage', 'leftovers', 'exchanged', 'rolled-back',
	'idle', 'missed', 'job',
	'unreachable', 'key', 'permissions', 'clock', 'space', 'recovery',
	'inodes', 'program',
	'channel',
	'audit-log',
	'anomaly', 'encrypted', 'deleted', 'dropped', 'canary',
] as const;
export type AlertKind = typeof alertKinds[number];

/** What is wrong now, seen from the facts alone. */
export type Finding = {
	/** The same for the same trouble, as long as it lasts: `late:HOST/SOURCE`. */
	readonly key: string;
	readonly kind: AlertKind;
	readonly severity: Severity;
	/** The source, epoch, key slot or destination, for people. */
	readonly object: string;
	/** One sentence without its full stop. */
	readonly message: string;
	/** Why, where it is known, such as the error of the last run. */
	readonly cause?: string;
	/** What to do, one sentence without its full stop. */
	readonly nextStep: string;
};

/** A finding with its life on this host. */
export type Alert = Finding & {
	/** RFC 3339. */
	readonly firstSeen: string;
	readonly lastSeen: string;
	/** Somebody has taken note of it. It lasts until the trouble is over, or becomes more severe. */
	readonly acknowledged?: {readonly time: string; readonly user: string; readonly note?: string};
	/** The channels that were told of it, when last, and how often. @default none */
	readonly told?: ReadonlyArray<{readonly channel: string; readonly last: string; readonly count: number}>;
};
