/** Raised with every change of the tables. */
export const schemaVersion = 4;

/** "coff" as SQLite's application_id: tells our files from other databases. */
export const fileMark = 0x63_6F_66_66;

/*
Times are RFC 3339, sizes bytes. `repository` is the id of the repository that a row is about; `url` is where it lies, in tables that are read before it is opened. Rows of `run` and `job_run` are in the order
in which the runs ended or began, not in that of their times: clocks go wrong.
*/
const firstTables = `
CREATE TABLE place (url TEXT PRIMARY KEY, repository TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE rebuilt (repository TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE run (
	id INTEGER PRIMARY KEY, repository TEXT NOT NULL, source TEXT NOT NULL, time TEXT NOT NULL, outcome TEXT NOT NULL, duration_ms INTEGER NOT NULL,
	code TEXT, error TEXT, snapshot TEXT, added_bytes INTEGER
) STRICT;
CREATE INDEX run_of_source ON run (repository, source, id);
CREATE TABLE head (repository TEXT, source TEXT, snapshot TEXT NOT NULL, object_name TEXT NOT NULL, time TEXT NOT NULL, PRIMARY KEY (repository, source)) STRICT, WITHOUT ROWID;
CREATE TABLE loss (repository TEXT, source TEXT, position INTEGER, snapshot TEXT NOT NULL, object_name TEXT NOT NULL, time TEXT NOT NULL, PRIMARY KEY (repository, source, position)) STRICT, WITHOUT ROWID;
CREATE TABLE verification (repository TEXT, snapshot TEXT, time TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (repository, snapshot)) STRICT, WITHOUT ROWID;
CREATE TABLE verify_run (
	id INTEGER PRIMARY KEY, repository TEXT NOT NULL, time TEXT NOT NULL, data TEXT NOT NULL, snapshots TEXT, is_complete INTEGER NOT NULL, problems INTEGER NOT NULL, damaged TEXT NOT NULL
) STRICT;
CREATE INDEX verify_run_of_repository ON verify_run (repository, id);
CREATE TABLE activity (id TEXT PRIMARY KEY, repository TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT, started TEXT NOT NULL, updated TEXT NOT NULL, process TEXT NOT NULL, progress TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE storage_sample (repository TEXT, url TEXT, time TEXT, used_bytes INTEGER, free_bytes INTEGER, PRIMARY KEY (repository, url, time)) STRICT, WITHOUT ROWID;
CREATE TABLE alert (
	repository TEXT, key TEXT, severity TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
	acknowledged TEXT, acknowledged_by TEXT, note TEXT, PRIMARY KEY (repository, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE keyring (repository TEXT PRIMARY KEY, generation INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE key_use (repository TEXT, slot TEXT, used TEXT, checked TEXT, export_file TEXT, PRIMARY KEY (repository, slot)) STRICT, WITHOUT ROWID;
`;

const scheduleTables = `
CREATE TABLE job_seen (url TEXT, job TEXT, expression TEXT, time_zone TEXT, first_seen TEXT NOT NULL, PRIMARY KEY (url, job, expression, time_zone)) STRICT, WITHOUT ROWID;
CREATE TABLE job_run (
	position INTEGER PRIMARY KEY, id TEXT NOT NULL, url TEXT NOT NULL, job TEXT NOT NULL, started_by TEXT NOT NULL, slot TEXT NOT NULL, started TEXT NOT NULL, process TEXT NOT NULL,
	ended TEXT, outcome TEXT, code INTEGER, summary TEXT
) STRICT;
CREATE INDEX job_run_of_job ON job_run (url, job, position);
CREATE TABLE verify_part (url TEXT, job TEXT, parts INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (url, job)) STRICT, WITHOUT ROWID;
CREATE TABLE schedule_holder (url TEXT PRIMARY KEY, kind TEXT NOT NULL, process TEXT NOT NULL, since TEXT NOT NULL, seen TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE clock (url TEXT PRIMARY KEY, latest TEXT NOT NULL, days TEXT NOT NULL, trusted_at TEXT, trusted_latest TEXT) STRICT, WITHOUT ROWID;
`;

const watchTables = `
CREATE TABLE noted_finding (
	repository TEXT, watch TEXT, key TEXT, kind TEXT NOT NULL, severity TEXT NOT NULL, object TEXT NOT NULL, message TEXT NOT NULL, cause TEXT, next_step TEXT NOT NULL, time TEXT NOT NULL,
	PRIMARY KEY (repository, watch, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE audit (repository TEXT PRIMARY KEY, time TEXT NOT NULL, tombstones TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

const alertTables = `
CREATE TABLE alert_text (repository TEXT, key TEXT, kind TEXT NOT NULL, object TEXT NOT NULL, message TEXT NOT NULL, cause TEXT, next_step TEXT NOT NULL, PRIMARY KEY (repository, key)) STRICT, WITHOUT ROWID;
CREATE TABLE alert_event (
	position INTEGER PRIMARY KEY, repository TEXT NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, severity TEXT NOT NULL, object TEXT NOT NULL, message TEXT NOT NULL,
	event TEXT NOT NULL, time TEXT NOT NULL, user TEXT, note TEXT
) STRICT;
CREATE INDEX alert_event_of_repository ON alert_event (repository, position);
CREATE TABLE announcement (
	repository TEXT, channel TEXT, key TEXT, severity TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL, count INTEGER NOT NULL, is_escalated INTEGER NOT NULL, alert TEXT NOT NULL,
	PRIMARY KEY (repository, channel, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
	position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, repository TEXT NOT NULL, channel TEXT NOT NULL, created TEXT NOT NULL, notice TEXT NOT NULL,
	is_urgent INTEGER NOT NULL, attempts INTEGER NOT NULL, next_attempt TEXT NOT NULL, is_refused INTEGER NOT NULL, process TEXT, claimed TEXT
) STRICT;
CREATE INDEX outbox_of_channel ON outbox (repository, channel, position);
CREATE TABLE channel_state (repository TEXT, channel TEXT, last_success TEXT, last_failure TEXT, failing_since TEXT, failures INTEGER NOT NULL, error TEXT, PRIMARY KEY (repository, channel)) STRICT, WITHOUT ROWID;
CREATE TABLE digest (repository TEXT, channel TEXT, latest TEXT NOT NULL, PRIMARY KEY (repository, channel)) STRICT, WITHOUT ROWID;
CREATE TABLE audit_head (repository TEXT PRIMARY KEY, number INTEGER NOT NULL, mac TEXT NOT NULL, time TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE program_seen (folder TEXT PRIMARY KEY, version TEXT NOT NULL, files TEXT NOT NULL, time TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE data_read (position INTEGER PRIMARY KEY, repository TEXT NOT NULL, time TEXT NOT NULL, share REAL NOT NULL, part INTEGER, parts INTEGER) STRICT;
CREATE INDEX data_read_of_repository ON data_read (repository, position);
CREATE TABLE settled_incident (repository TEXT, key TEXT, until TEXT NOT NULL, PRIMARY KEY (repository, key)) STRICT, WITHOUT ROWID;
`;

/** What brings the tables of an earlier version to the one that stands here. Nothing of theirs is changed. */
export const migrations: ReadonlyMap<number, string> = new Map([[3, `${scheduleTables}${watchTables}`], [4, alertTables]]);

/** Makes all tables of this version. */
export const schema = `
BEGIN;
PRAGMA application_id = ${fileMark};
PRAGMA user_version = ${schemaVersion};
${firstTables}
${scheduleTables}
${watchTables}
${alertTables}
COMMIT;
`;

/** Tables whose rows are each about one repository. */
export const repositoryTables = ['rebuilt', 'run', 'head', 'loss', 'verification', 'verify_run', 'data_read', 'activity', 'storage_sample', 'alert', 'alert_text', 'alert_event', 'announcement', 'outbox', 'channel_state', 'digest', 'audit_head', 'settled_incident', 'noted_finding', 'audit', 'keyring', 'key_use'] as const;

/** Tables whose rows are each about the repository at one place; who holds the schedule stays the same for another one there. */
export const placeTables = ['job_seen', 'job_run', 'verify_part', 'clock'] as const;
