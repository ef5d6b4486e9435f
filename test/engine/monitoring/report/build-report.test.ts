import test from 'ava';
import type {Job} from '../../../../source/engine/index.ts';
import {buildReport} from '../../../../source/engine/monitoring/report/build-report.ts';
import type {JobHistory, ReportFacts} from '../../../../source/engine/monitoring/report/report-facts.ts';
import type {JobOutcome, JobRun} from '../../../../source/engine/state/job-run.ts';
import {ago, buildOverview, buildSnapshots, buildSource, dayMs, nowMs} from '../../../helpers/overview-builder.ts';

const hour = 60 * 60 * 1000;
const etc = buildSource('etc');

const factsOf = (change: Partial<ReportFacts> = {}): ReportFacts => ({
	fromMs: nowMs - 7 * dayMs, toMs: nowMs, overview: buildOverview({sources: [etc]}), url: '/srv/backup/coffer', snapshots: [], memories: [], verifications: new Map(), verifyRuns: [], dataReads: [], changes: [], samples: [], jobs: [], ...change,
});

const job: Job = {name: 'daily', kind: 'backup', expression: '0 2 * * *', timeZone: 'UTC', isEnabled: true, jitterMs: 0, catchesUp: true, overlap: 'skip', niceness: 10, ioPriority: 'low'};
const jobRun = (agoMs: number, outcome?: JobOutcome, durationMs = 1000): JobRun => ({
	id: `${agoMs}`, job: 'daily', trigger: 'timer', slot: ago(agoMs), started: ago(agoMs), process: {host: 'vault01', bootId: '', pid: 1, startTicks: 1},
	...(outcome && {end: {time: ago(agoMs - durationMs), outcome, code: outcome === 'ok' ? 0 : 1, summary: `ended ${outcome}`}}),
});
const slots = (count: number): JobHistory['slots'] => Array.from({length: count}, (_, index) => ({startMs: nowMs - (count - index) * dayMs, endMs: nowMs - (count - 1 - index) * dayMs}));

test('nothing: no rates, no durations, no sums', t => {
	const {sources, totals, storage, jobs, verification} = buildReport(factsOf({overview: buildOverview({sources: [etc], storage: [{url: '/r', level: 'ok'}]})}));
	t.like(sources[0], {runs: 0, failed: 0, successRate: undefined, durations: undefined, snapshots: 0});
	t.like(totals, {runs: 0, successRate: undefined});
	t.deepEqual([storage, jobs], [[{url: '/r', history: []}], []]);
	t.like(verification, {runs: 0, damaged: 0, snapshots: 0, verified: 0, verifiedEver: 0, withAllData: 0});
});

test('runs of the time, remembered and told by snapshots, each counted once', t => {
	const snapshots = buildSnapshots('etc', 10);
	const memories = [{source: 'etc', losses: [], runs: [
		{time: ago(8 * dayMs), outcome: 'failed', durationMs: 1},
		{time: ago(3 * dayMs), outcome: 'failed', durationMs: 9_000_000, error: 'x'},
		{time: snapshots.at(-1)!.time, outcome: 'partial', durationMs: 60_000, snapshot: snapshots.at(-1)!.id},
	]}] as const;
	const {sources, totals} = buildReport(factsOf({snapshots, memories}));
	const [source] = sources;
	// Seven days hold the snapshots of seven days, one of which is remembered, and a failure.
	t.like(source, {runs: 8, failed: 1, partial: 1, successRate: 7 / 8, snapshots: 7, addedBytes: 7 * 1_100_000, storedBytes: 7 * 400_000});
	t.deepEqual(source!.durations, {medianMs: 4000, longestMs: 60_000}, 'of good runs');
	t.like(totals, {runs: 8, failed: 1, successRate: 7 / 8, snapshots: 7});
	const foreign = buildReport(factsOf({overview: buildOverview({sources: [buildSource('etc', {host: 'web1'})]}), snapshots, memories})).sources[0];
	t.like(foreign, {runs: 0, snapshots: 0, failed: 0}, 'what this host remembers is of its own source');
});

test('the edges of the time: its beginning belongs to it, its end does not', t => {
	const at = (timeMs: number) => buildSnapshots('etc', 1, {time: new Date(timeMs).toISOString()});
	const counted = (timeMs: number) => buildReport(factsOf({snapshots: at(timeMs)})).totals.snapshots;
	t.deepEqual([nowMs - 7 * dayMs - 1, nowMs - 7 * dayMs, nowMs - 1, nowMs].map(ms => counted(ms)), [0, 1, 1, 0]);
});

test('growth in the time, and shrinking', t => {
	const [sample, old] = [{time: ago(6 * dayMs), usedBytes: 700_000_000_000}, {time: ago(8 * dayMs), usedBytes: 1}];
	const grown = (samples: ReportFacts['samples']) => buildReport(factsOf({samples})).storage[0]!.grownBytes;
	t.is(grown([old, sample, {time: ago(dayMs), usedBytes: 709_000_000_000}]), 10_000_000_000);
	t.is(grown([{...sample, usedBytes: 720_000_000_000}]), -10_000_000_000);
	t.is(grown([old]), undefined);
	t.is(buildReport(factsOf({url: '/other', samples: [sample]})).storage[0]!.grownBytes, undefined);
});

test('jobs: runs that ended, the last failure, slots in which nothing ran', t => {
	const runs = [jobRun(8 * dayMs, 'failed'), jobRun(6.5 * dayMs, 'ok', 1000), jobRun(5.5 * dayMs, 'failed'), jobRun(4.5 * dayMs, 'interrupted'), jobRun(2.5 * dayMs, 'skipped'), jobRun(1.5 * dayMs, 'partial', 3000), jobRun(hour)];
	const [report] = buildReport(factsOf({jobs: [{job, runs, slots: slots(7)!}]})).jobs;
	t.deepEqual(report, {
		name: 'daily', kind: 'backup', isEnabled: true, runs: 4, partial: 1, failed: 1, interrupted: 1, missed: 2, durations: {medianMs: 2000, longestMs: 3000},
		lastFailure: {time: ago(4.5 * dayMs), summary: 'ended interrupted'},
	}, 'left out is not run; what still runs has not been missed');
	t.is(buildReport(factsOf({jobs: [{job, runs}]})).jobs[0]!.missed, undefined);
});

test('a slot that the backups of another job have used was not missed', t => {
	const snapshots = buildSnapshots('etc', 1, {time: ago(2.5 * dayMs)});
	const missed = (more: Partial<Job>) => buildReport(factsOf({snapshots, jobs: [{job: {...job, ...more}, runs: [], slots: slots(7)!}]})).jobs[0]!.missed;
	t.is(missed({}), 6);
	t.is(missed({sources: ['etc']}), 6);
	t.is(missed({sources: ['etc', 'www']}), 7, 'every source of the job');
	t.is(missed({kind: 'verify'}), 7);
});

test('verification: of the time and ever, by what is there', t => {
	const snapshots = buildSnapshots('etc', 4);
	const verifications = new Map([
		[snapshots[0]!.id, {time: ago(20 * dayMs), data: 'all'}], [snapshots[1]!.id, {time: ago(dayMs), data: 'none'}], [snapshots[2]!.id, {time: ago(dayMs), data: 'all'}],
		['gone' as typeof snapshots[0]['id'], {time: ago(dayMs), data: 'all'}],
	] as const);
	const run = {time: ago(dayMs), data: 'all', isComplete: true, damaged: []} as const;
	const {verification} = buildReport(factsOf({snapshots, verifications, verifyRuns: [{...run, time: ago(20 * dayMs), problems: 3}, {...run, problems: 1}, {...run, problems: 0, time: ago(hour)}]}));
	t.like(verification, {runs: 2, damaged: 1, last: ago(hour), snapshots: 4, verified: 2, verifiedEver: 3, withAllData: 2});
});
