/**
What is written into the audit log: every operation that touches a repository, its keys, its configuration or its schedule. `audit`: a verification of the log itself. `audit-accept`: somebody has looked into what is wrong with the
log before this entry. `audit-recover`: the last line was cut off by a crash, and was removed.
*/
export const auditOperations = [
	'init', 'backup', 'verify', 'restore', 'forget', 'prune', 'import', 'export',
	'key-add', 'key-remove', 'key-rotate', 'key-export', 'key-import', 'key-check',
	'alert-acknowledge', 'alert-unacknowledge', 'config-edit', 'schedule-install', 'schedule-remove', 'audit', 'audit-accept', 'audit-recover',
] as const;
export type AuditOperation = typeof auditOperations[number];

/** `begun`: written before anything is changed. The others end what began. */
export const auditResults = ['begun', 'ok', 'partial', 'failed', 'interrupted'] as const;
export type AuditResult = typeof auditResults[number];

/** What somebody did. Never a secret. */
export type AuditRecord = {
	readonly operation: AuditOperation;
	readonly result: AuditResult;
	/** Of the source, snapshots, key slots, files: at most some dozens, each a short text. */
	readonly objects: readonly string[];
	/** For people: why it failed, a note, a rule. */
	readonly detail?: string;
	/** Joins the entries of one operation. */
	readonly run: string;
};

/** A record, and who did it from where. */
export type AuditEntry = AuditRecord & {
	/** From 1, without a gap. */
	readonly number: number;
	/** RFC 3339. */
	readonly time: string;
	readonly host: string;
	/** The user of the system, and whom he became it from (`root, by anna`). */
	readonly user: string;
	/** `terminal`, `ssh 192.0.2.7`, `cron`, `systemd`, `daemon`, `dashboard`; `program` where nothing tells. */
	readonly from: string;
	/** Of the key that opened the repository; absent where none was used. */
	readonly role?: string;
	readonly slot?: string;
};
