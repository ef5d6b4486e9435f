import test from 'ava';
import type {EpochId, SlotId, SnapshotId} from '../../../source/engine/ids.ts';
import {assessAlerts, type AlertFacts} from '../../../source/engine/monitoring/assess-alerts.ts';
import type {Finding} from '../../../source/engine/monitoring/alert.ts';
import {keyAgeState} from '../../../source/engine/monitoring/key-age.ts';
import type {SourceOverview} from '../../../source/engine/monitoring/overview.ts';
import {defaultMonitorPolicy} from '../../../source/engine/monitoring/monitor-policy.ts';
import {describeStorage} from '../../../source/engine/monitoring/storage-overview.ts';
import type {VerifyRun} from '../../../source/engine/state/host-state.ts';
import type {RunOutcome, SourceMemory} from '../../../source/engine/state/source-memory.ts';
import {idOf, seenSnapshot} from '../../helpers/test-state.ts';

const {maximumAgeMs: staleAfterMs, criticalFailures, unverifiedAfterMs} = defaultMonitorPolicy;
const hour = 60 * 60 * 1000;
const day = 24 * hour;
const nowMs = Date.parse('2026-11-21T18:00:00.000Z');
const at = (agoMs: number): string => new Date(nowMs - agoMs).toISOString();

const sourceOf = (more: Partial<SourceOverview>): SourceOverview => ({
	name: 'etc', kind: 'files', host: 'here', isConfigured: true, state: 'ok', snapshots: 1, bytes: 1, maximumAgeMs: staleAfterMs, runs: [],
	lastSuccess: at(hour), firstSuccess: at(hour), ...more,
});
const memoryOf = (outcomes: readonly RunOutcome[], more: Partial<SourceMemory> = {}): SourceMemory => ({
	source: 'etc', losses: [], runs: outcomes.map((outcome, index) => ({time: at(hour * (outcomes.length - index)), outcome, durationMs: 1})), ...more,
});
const epoch = (ageDays: number, isActive = true) => ({id: idOf<EpochId>('e'), created: at(ageDays * day), ageDays, isActive});
const keysOf = (more: Partial<AlertFacts['keys']> = {}): AlertFacts['keys'] => ({keys: [], epochs: [epoch(0)], rotateAfterDays: 90, warnAfterDays: 80, age: 'ok', ...more});
const factsOf = (more: Partial<AlertFacts>): AlertFacts => ({
	nowMs, host: 'here', url: '/r', sources: [], memories: [], verifyRuns: [], activities: [], problems: [], keys: keysOf(), storage: [], ...more,
});

/** The findings; of each, what every finding must have is checked. */
function find(t: {truthy: (value: unknown) => void; notRegex: (text: string, pattern: RegExp) => void; is: (a: unknown, b: unknown) => void}, more: Partial<AlertFacts>): Finding[] {
	const findings = assessAlerts(factsOf(more));
	for (const {key, kind, object, message, cause, nextStep} of findings) {
		t.is(key.split(':')[0], kind);
		for (const text of [object, message, cause, nextStep]) {
			t.truthy(text);
		}

		t.notRegex(message, /\.$/);
		t.notRegex(nextStep, /\.$/);
	}

	t.is(new Set(findings.map(({key}) => key)).size, findings.length);
	return findings;
}

const short = (findings: readonly Finding[]) => findings.map(({kind, severity}) => `${kind} ${severity}`);

test('nothing is wrong with what is well', t => {
	t.deepEqual(find(t, {sources: [sourceOf({lastVerified: at(day)})], memories: [memoryOf(['failed', 'ok'])], keys: keysOf({epochs: [epoch(79), epoch(400, false)]})}), []);
});

test('never, late with its cause, partial', t => {
	const {lastSuccess: _, ...none} = sourceOf({state: 'never', snapshots: 0});
	const [never] = find(t, {sources: [none]});
	t.like(never, {key: 'never:here/etc', severity: 'critical', object: 'etc', nextStep: 'run "coffer backup etc"'});
	const late = (ageMs: number, activities: AlertFacts['activities'] = []) => find(t, {sources: [sourceOf({state: 'stale', lastSuccess: at(ageMs)})], activities})[0]!;
	t.like(late(30 * hour), {kind: 'late', severity: 'warning', message: 'the newest backup is 30 hours old; the limit is 25 hours'});
	t.deepEqual([3 * staleAfterMs, 3 * staleAfterMs + 1].map(ms => late(ms).severity), ['warning', 'critical']);
	t.regex(late(9 * day).message, /^the newest backup is 9 days old/);
	t.regex(late(30 * hour).nextStep, /"coffer backup etc"/);
	const running = {id: 'x', kind: 'backup', subject: 'etc', started: at(0), updated: at(0), process: {host: 'here', bootId: '', pid: 1, startTicks: 1}} as const;
	t.is(late(30 * hour, [running]).cause, 'a backup of it is running now');
	t.regex(late(30 * hour, [{...running, subject: 'www'}]).cause!, /^no run has begun/);
	const [partial] = find(t, {sources: [sourceOf({state: 'partial', lastError: '3 entries could not be read'})]});
	t.like(partial, {kind: 'partial', severity: 'warning', cause: '3 entries could not be read'});
});

test('failed: with its error, how often in a row, and how urgent that is', t => {
	const failed = (outcomes: readonly RunOutcome[], more: Partial<SourceOverview> = {}) => find(t, {
		sources: [sourceOf({state: 'failed', lastOutcome: outcomes.at(-1)!, lastError: 'No space left on the disk.', ...more})], memories: [memoryOf(outcomes)],
	})[0]!;
	t.like(failed(['ok', 'failed']), {kind: 'failed', severity: 'warning', message: 'the last backup failed; the newest good one is 1 hour old', cause: 'No space left on the disk.'});
	t.is(failed(['ok', 'interrupted']).message, 'the last backup was interrupted; the newest good one is 1 hour old');
	t.is(failed(['failed', 'partial', 'failed', 'interrupted']).message, 'the last 2 backups failed; the newest good one is 1 hour old');
	t.deepEqual([criticalFailures - 1, criticalFailures].map(count => failed(Array.from({length: count}, () => 'failed')).severity), ['warning', 'critical']);
	t.like(failed(['failed'], {lastSuccess: at(staleAfterMs + 1)}), {severity: 'critical'});
	const {lastSuccess: _, ...never} = sourceOf({state: 'failed', lastError: 'x'});
	t.like(find(t, {sources: [never], memories: [memoryOf(['failed'])]})[0], {severity: 'critical', message: 'the last backup failed; there is no good one'});
});

test('only what is expected: the configured sources, or all where none is', t => {
	const others = [sourceOf({name: 'old', isConfigured: false, state: 'stale', lastSuccess: at(30 * hour)}), sourceOf({host: 'there', isConfigured: false, state: 'stale', lastSuccess: at(30 * hour)})];
	t.deepEqual(find(t, {sources: [sourceOf({}), ...others]}), []);
	const all = find(t, {sources: others});
	t.deepEqual(all.map(({key, object}) => [key, object]), [['late:here/old', 'old'], ['late:there/etc', 'etc on there']]);
	t.regex(all[1]!.nextStep, /on its host/);
});

test('unverified for 30 days, from the first backup on where none ever was', t => {
	const kinds = (more: Partial<SourceOverview>) => find(t, {sources: [sourceOf(more)]}).map(({message}) => message);
	t.deepEqual(kinds({firstSuccess: at(unverifiedAfterMs)}), []);
	t.deepEqual(kinds({firstSuccess: at(unverifiedAfterMs + 1)}), ['no backup of it was ever verified']);
	t.deepEqual(kinds({firstSuccess: at(400 * day), lastVerified: at(unverifiedAfterMs)}), []);
	t.deepEqual(kinds({firstSuccess: at(400 * day), lastVerified: at(33 * day)}), ['the last verification of any of its backups was 33 days ago']);
});

test('lost snapshots', t => {
	const [lost] = find(t, {memories: [memoryOf([], {losses: [seenSnapshot('1'), seenSnapshot('2')]}), memoryOf([], {source: 'www'})]});
	t.like(lost, {key: 'lost:here/etc', severity: 'critical', message: '2 snapshots are gone without having been forgotten'});
	t.regex(lost!.cause!, /11111111/);
});

const run = (more: Partial<VerifyRun>): VerifyRun => ({time: at(hour), data: 'none', isComplete: true, problems: 0, damaged: [], ...more});
const damage = (more: Partial<VerifyRun>): VerifyRun => run({problems: 1, damaged: [{object: 'packs/1', message: 'It is damaged.'}], ...more});
const [one, two] = [idOf<SnapshotId>('1'), idOf<SnapshotId>('2')];

const histories: ReadonlyArray<readonly [title: string, runs: readonly VerifyRun[], isStanding: boolean]> = [
	['none', [run({}), run({data: 'all'})], false],
	['the last one found some', [run({}), damage({})], true],
	['mended, seen by the same', [damage({}), run({})], false],
	['mended, seen by one of more data', [damage({}), run({data: 'part'})], false],
	['not seen again by one of less data', [damage({data: 'all'}), run({}), run({data: 'part'})], true],
	['a part is another part each time', [damage({data: 'part'}), run({data: 'part'})], true],
	['all covers a part', [damage({data: 'part'}), run({data: 'all'})], false],
	['fewer snapshots', [damage({}), run({snapshots: [one]})], true],
	['the same snapshots', [damage({snapshots: [one]}), run({snapshots: [two, one]})], false],
	['other snapshots', [damage({snapshots: [one, two]}), run({snapshots: [one]})], true],
	['all snapshots cover some', [damage({snapshots: [one]}), run({})], false],
	['not complete', [damage({}), run({isComplete: false})], true],
	['back again', [damage({}), run({}), damage({})], true],
	['an old one hides behind a later good one of less', [damage({data: 'all'}), damage({}), run({})], true],
];

for (const [title, verifyRuns, isStanding] of histories) {
	test(`damage that a verification found: ${title}`, t => {
		const findings = find(t, {verifyRuns});
		t.deepEqual(short(findings), isStanding ? ['damage critical'] : []);
		if (isStanding) {
			t.like(findings[0], {key: 'damage:verify//r', cause: 'It is damaged.'});
		}
	});
}

test('damage that shows at once is another alert', t => {
	const findings = find(t, {problems: [{object: 'snapshots/1', message: 'snapshots/1 is not authentic.'}], verifyRuns: [damage({data: 'all'})]});
	t.deepEqual(findings.map(({key}) => key), ['damage:read//r', 'damage:verify//r']);
	t.is(findings[0]!.cause, 'snapshots/1 is not authentic.');
	t.regex(findings[1]!.nextStep, /--read-data/);
});

test('the age of the key, and slots that expire', t => {
	t.deepEqual([79, 80, 89, 90].map(days => short(find(t, {keys: keysOf({epochs: [epoch(days)], age: keyAgeState(days)})}))), [[], ['key-age warning'], ['key-age warning'], ['key-age critical']]);
	const slot = (leftMs?: number) => find(t, {keys: keysOf({keys: [{id: idOf<SlotId>('5'), label: 'laptop', role: 'owner', created: at(0), isOwn: true, isRecovery: false, ...(leftMs !== undefined && {expires: at(-leftMs)})}]})});
	t.deepEqual([undefined, 14 * day + 1, 14 * day, 1, 0, -day].map(leftMs => short(slot(leftMs))), [[], [], ['slot-expiry warning'], ['slot-expiry warning'], ['slot-expiry critical'], ['slot-expiry critical']]);
	t.like(slot(7 * day)[0], {object: 'laptop', message: 'the key expires in 7 days'});
});

test('storage: 80 and 90 percent, or full within a week', t => {
	const usage = (percent: number) => ({usedBytes: 1, totalBytes: 1000, freeBytes: 1000 - percent * 10});
	const levels = [79.9, 80, 89.9, 90, 100].map(percent => short(find(t, {storage: [describeStorage('/r', usage(percent), [])]})));
	t.deepEqual(levels, [[], ['storage warning'], ['storage warning'], ['storage critical'], ['storage critical']]);
	const growing = (freeBytes: number) => find(t, {storage: [describeStorage('/r', {totalBytes: 1_000_000, freeBytes, usedBytes: 300}, [3, 2, 1, 0].map(days => ({time: at(days * day), usedBytes: 100_000 * (4 - days)})))]});
	t.deepEqual(short(growing(700_000)), [], 'a week from now');
	t.like(growing(650_000)[0], {kind: 'storage', severity: 'critical', message: 'it is 35 % full; it will be full in 6 days'});
	t.deepEqual(find(t, {storage: [describeStorage('s3://x', {}, [])]}), []);
});

test('inodes: 80 and 90 percent of those of a file system that counts them', t => {
	const usage = (percent: number) => ({usedBytes: 1, totalInodes: 1000, freeInodes: 1000 - percent * 10});
	const levels = [79.9, 80, 89.9, 90, 100].map(percent => short(find(t, {storage: [describeStorage('/r', usage(percent), [])]})));
	t.deepEqual(levels, [[], ['inodes warning'], ['inodes warning'], ['inodes critical'], ['inodes critical']]);
	t.like(find(t, {storage: [describeStorage('/r', usage(85), [])]})[0], {key: 'inodes:/r', object: '/r', message: '85 % of the inodes of its file system are in use', cause: 'it has room for 150 more files, however many bytes are free'});
	t.deepEqual(find(t, {storage: [describeStorage('/r', {freeInodes: 0, totalInodes: 0}, [])]}), [], 'such as btrfs');
});

test('limits of one\'s own: for all, and for one source of this host', t => {
	const limits = {maximumAgeMs: 170 * hour, criticalFailures: 1, unverifiedAfterMs: 7 * day, anomalies: false} as const;
	const policy = {...defaultMonitorPolicy, sources: new Map([['etc', limits]]), storagePercent: {warning: 50, critical: 60}, inodesPercent: {warning: 10, critical: 20}, daysUntilFull: 30};
	const failed = {state: 'failed', lastOutcome: 'failed', lastError: 'x', lastVerified: at(8 * day)} as const;
	const severities = (name: string, host = 'here') => short(find(t, {policy, sources: [sourceOf({name, host, ...failed})], memories: [memoryOf(['ok', 'failed'], {source: name})]}));
	t.deepEqual([severities('etc'), severities('www')], [['failed critical', 'unverified warning'], ['failed warning']]);
	t.deepEqual(severities('etc', 'there'), ['failed warning'], 'that of another host is another source');
	const storage = (usedPercent: number) => short(find(t, {policy, storage: [describeStorage('/r', {totalBytes: 100, freeBytes: 100 - usedPercent, totalInodes: 100, freeInodes: 100 - usedPercent / 4}, [], policy)]}));
	t.deepEqual([storage(36), storage(49), storage(50), storage(60), storage(80)], [[], ['inodes warning'], ['storage warning', 'inodes warning'], ['storage critical', 'inodes warning'], ['storage critical', 'inodes critical']]);
});
