/** What a metric means, and its labels. */
export type MetricDefinition = {
	/** One sentence with its full stop. */
	readonly help: string;
	readonly labels: readonly string[];
};

const ofSource = ['source', 'host'] as const;
const ofStorage = ['url'] as const;
const ofJob = ['job'] as const;

/** Every metric, in the order in which they are written. All are gauges: they tell how things stand. Times are seconds since 1970, spans seconds, sizes bytes. */
export const metricTable = {
	coffer_build_info: {help: 'Always 1; the version of this program.', labels: ['version']},
	coffer_up: {help: '1 where the repository could be opened, else 0: then only what this host remembers is told.', labels: []},
	coffer_collected_timestamp_seconds: {help: 'When these metrics were collected.', labels: []},
	coffer_snapshot_last_success_timestamp_seconds: {help: 'When the newest snapshot of the source was made.', labels: ofSource},
	coffer_snapshot_size_bytes: {help: 'Size of all files of the newest snapshot.', labels: ofSource},
	coffer_snapshots: {help: 'How many snapshots of the source there are.', labels: ofSource},
	coffer_snapshot_last_verified_timestamp_seconds: {help: 'When a snapshot of the source was last verified here and found intact.', labels: ofSource},
	coffer_source_maximum_age_seconds: {help: 'An older newest snapshot is late.', labels: ofSource},
	coffer_source_state: {help: '1 for the state that the source is in, 0 for the others.', labels: [...ofSource, 'state']},
	coffer_backup_last_run_timestamp_seconds: {help: 'When the last backup of the source began, whatever came of it.', labels: ofSource},
	coffer_backup_last_run_success: {help: '1 where the last backup made a snapshot, else 0.', labels: ofSource},
	coffer_backup_duration_seconds: {help: 'How long the last backup of the source took.', labels: ofSource},
	coffer_backup_added_bytes: {help: 'What the last backup of the source brought that was new.', labels: ofSource},
	coffer_storage_used_bytes: {help: 'Size of all objects of the repository.', labels: ofStorage},
	coffer_storage_free_bytes: {help: 'Room that is left in the file system of the repository.', labels: ofStorage},
	coffer_storage_size_bytes: {help: 'Size of the file system of the repository.', labels: ofStorage},
	coffer_storage_free_inodes: {help: 'Files that the file system of the repository still takes.', labels: ofStorage},
	coffer_storage_inodes: {help: 'Files that the file system of the repository has room for in all.', labels: ofStorage},
	coffer_storage_growth_bytes_per_second: {help: 'How fast the repository grows, from samples of several days.', labels: ofStorage},
	coffer_storage_full_seconds: {help: 'In how long the file system of the repository is full at that growth.', labels: ofStorage},
	coffer_repository_deduplication_ratio: {help: 'Bytes of all snapshots by bytes that were new.', labels: []},
	coffer_repository_compression_ratio: {help: 'Bytes that were new by what they took in the storage.', labels: []},
	coffer_key_age_seconds: {help: 'Age of the active epoch.', labels: []},
	coffer_key_maximum_age_seconds: {help: 'At this age the key is to be rotated.', labels: []},
	coffer_key_slot_expiry_timestamp_seconds: {help: 'When a key slot expires; only of those that do.', labels: ['slot', 'label']},
	coffer_verify_last_timestamp_seconds: {help: 'When this host last verified anything.', labels: []},
	coffer_verify_last_success: {help: '1 where that found everything intact, else 0.', labels: []},
	coffer_verify_coverage_ratio: {help: 'Which share of the file contents the verifications of this host have read, in the last 90 days or as configured.', labels: []},
	coffer_alerts: {help: 'How many alerts there are.', labels: ['severity']},
	coffer_alerts_acknowledged: {help: 'How many of them somebody took note of.', labels: ['severity']},
	coffer_alert_active: {help: 'Always 1; what is wrong.', labels: ['kind', 'object', 'severity']},
	coffer_job_last_run_timestamp_seconds: {help: 'When the last run of the job ended.', labels: ofJob},
	coffer_job_last_success_timestamp_seconds: {help: 'When the last run of the job ended that went well.', labels: ofJob},
	coffer_job_last_exit_code: {help: 'What the last run of the job ended with.', labels: ofJob},
	coffer_job_last_duration_seconds: {help: 'How long the last run of the job took.', labels: ofJob},
	coffer_job_next_run_timestamp_seconds: {help: 'When the job runs next; in the past where it is due.', labels: ofJob},
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metricTable;
