import type {Activity, Alert, EpochId, Overview, RepositoryId, SlotId, SnapshotId, SourceOverview, SourceRun, StoredSnapshot} from '../../source/engine/index.ts';

/** The moment at which the screens of tests stand still: a Saturday, 14:03:22 UTC. */
export const nowMs = Date.UTC(2026, 10, 21, 14, 3, 22);
const hourMs = 60 * 60 * 1000;
export const dayMs = 24 * hourMs;

export const ago = (durationMs: number): string => new Date(nowMs - durationMs).toISOString();

export function runs(outcomes: string, lastMs = 2 * hourMs): SourceRun[] {
	const names = {'.': 'ok', '!': 'partial', x: 'failed', i: 'interrupted'} as const;
	return [...outcomes].map((mark, index): SourceRun => ({
		time: ago(lastMs + (outcomes.length - 1 - index) * dayMs), outcome: names[mark as keyof typeof names], durationMs: 60_000, ...(mark === 'x' && {code: 'source-missing', error: 'The source could not be read'}),
	}));
}

/** A source that is well, with what a test changes of it. */
export function buildSource(name: string, change: Partial<SourceOverview> = {}): SourceOverview {
	return {
		name, kind: 'files', host: 'vault01', isConfigured: true, state: 'ok', lastSuccess: ago(2 * hourMs), lastRun: ago(2 * hourMs), lastVerified: ago(3 * dayMs), snapshots: 14, bytes: 412_700_000,
		maximumAgeMs: 25 * hourMs, runs: runs('..............'), epoch: '26a4f1c2d3e4f5a6b7c8d9e0f1a2b3c4' as EpochId, nextRun: new Date(nowMs + 12 * hourMs).toISOString(), ...change,
	};
}

export function buildAlert(change: Partial<Alert> = {}): Alert {
	return {
		key: 'late:vault01/git-mirror', kind: 'late', severity: 'warning', object: 'git-mirror', message: 'no backup for 3 days (limit 25 h)', nextStep: 'press b to back it up now, or look at the log with l',
		firstSeen: ago(3 * dayMs), lastSeen: ago(0), ...change,
	};
}

/** A server with eight sources: one late, one failing, one never backed up. */
export function buildOverview(change: Partial<Overview> = {}): Overview {
	return {
		time: ago(2000), repositoryId: '00112233445566778899aabbccddeeff' as RepositoryId, role: 'owner', host: 'vault01',
		sources: [
			buildSource('db-prod-pg'),
			buildSource('mail-spool', {bytes: 88_100_000_000, lastSuccess: ago(20 * hourMs), runs: runs('......!.......')}),
			buildSource('home', {bytes: 1_900_000_000_000, lastSuccess: ago(6 * hourMs)}),
			buildSource('git-mirror', {state: 'stale', bytes: 64_000_000_000, lastSuccess: ago(3 * dayMs), lastVerified: ago(33 * dayMs), runs: runs('...........', 3 * dayMs), nextRun: ago(2 * dayMs)}),
			buildSource('etc', {bytes: 1_200_000, lastSuccess: ago(41 * 60_000)}),
			buildSource('win-share', {state: 'failed', bytes: 720_500_000_000, lastSuccess: ago(9 * dayMs), lastVerified: ago(40 * dayMs), runs: runs('....xxxxxxxxxx'), lastError: 'The source could not be read: /srv/share does not exist'}),
			buildSource('web-assets', {state: 'partial', bytes: 233_000_000_000, runs: runs('.............!')}),
			buildSource('new', {state: 'never', snapshots: 0, bytes: 0, runs: []}),
		].map(source => source.name === 'new' ? withoutSuccess(source) : source),
		keys: {
			keys: [
				{id: 'aa'.repeat(16) as SlotId, label: 'root@vault01', role: 'owner', created: ago(21 * dayMs), isOwn: true, isRecovery: false},
				{id: 'bb'.repeat(16) as SlotId, label: 'recovery', role: 'owner', created: ago(21 * dayMs), isOwn: false, isRecovery: true},
			],
			epochs: [{id: '26a4f1c2d3e4f5a6b7c8d9e0f1a2b3c4' as EpochId, created: ago(83 * dayMs), ageDays: 83, isActive: true}],
			rotateAfterDays: 90, warnAfterDays: 80, age: 'warn',
		},
		storage: [{url: '/srv/backup/coffer', usedBytes: 710_000_000_000, freeBytes: 290_000_000_000, totalBytes: 1_000_000_000_000, usedPercent: 71, level: 'ok', growthBytesPerDay: 3_800_000_000, daysUntilFull: 74.2}],
		ratios: {deduplication: 2.9, compression: 1.4},
		alerts: [
			buildAlert({key: 'failed:vault01/win-share', kind: 'failed', severity: 'critical', object: 'win-share', message: 'the last 10 backups failed', cause: 'The source could not be read: /srv/share does not exist', nextStep: 'mount the share, then press b', firstSeen: ago(9 * dayMs)}),
			buildAlert(),
			buildAlert({key: 'key-age:26a4', kind: 'key-age', object: 'epoch 26a4f1c2', message: 'the key is 83 days old (rotation at 90)', nextStep: 'plan a rotation', firstSeen: ago(3 * dayMs)}),
		],
		activities: [], schedule: {jobs: []}, ...change,
	};
}

function withoutSuccess({lastSuccess: _, lastRun: _run, lastVerified: _verified, ...source}: SourceOverview): SourceOverview {
	return source;
}

/** A backup that another process is at. */
export function buildActivity(change: Partial<Activity> = {}): Activity {
	return {
		id: 'activity-1', kind: 'backup', subject: 'mail-spool', started: ago(60_000), updated: ago(1000), process: {host: 'vault01', bootId: 'boot', pid: 999_999_999, startTicks: 1},
		progress: {phase: 'reading', files: 1200, bytes: 33_700_000_000, totalFiles: 4000, totalBytes: 88_100_000_000, rate: 142_000_000, current: '/var/spool/mail/inbox-0412.mbox'}, ...change,
	};
}

/** Snapshots of one source, one a day, the newest last. */
export function buildSnapshots(source: string, count: number, change: Partial<StoredSnapshot> = {}): StoredSnapshot[] {
	return Array.from({length: count}, (_, index): StoredSnapshot => ({
		id: `${String(index).padStart(4, '0')}${'0'.repeat(27)}${source.length % 10}` as SnapshotId, time: ago((count - 1 - index) * dayMs + 2 * hourMs), source, kind: 'files', class: 'daily', host: 'vault01', user: 'root', tags: [], paths: [`/srv/${source}`],
		tree: [], program: 'coffer 0.1.0', statistics: {files: 1200 + index, directories: 40, bytes: 412_700_000 + index * 1_000_000, addedBytes: 1_100_000, storedBytes: 400_000, durationMs: 4000, unreadable: 0},
		sha256: '0'.repeat(64), objectName: `snapshots/${index}`, keyEpoch: '26a4f1c2d3e4f5a6b7c8d9e0f1a2b3c4' as EpochId, signer: 'aa'.repeat(16) as SlotId, ...change,
	}));
}
