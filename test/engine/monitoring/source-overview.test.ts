import test from 'ava';
import type {EpochId, SlotId, SnapshotId} from '../../../source/engine/ids.ts';
import {shownRuns} from '../../../source/engine/monitoring/overview.ts';
import {isOfActivity, runOfDeadBackup, runOfError, runOfSnapshot, toldBySnapshots} from '../../../source/engine/monitoring/run-record.ts';
import {describeSources} from '../../../source/engine/monitoring/source-overview.ts';
import type {JobOverview} from '../../../source/engine/monitoring/schedule-overview.ts';
import type {Job} from '../../../source/engine/scheduling/job.ts';
import type {StoredSnapshot} from '../../../source/engine/repository/repository.ts';
import {CofferError} from '../../../source/engine/errors.ts';
import type {SourceRun} from '../../../source/engine/state/source-memory.ts';
import {buildJob} from '../../helpers/job-builder.ts';
import {idOf} from '../../helpers/test-state.ts';
import {createTestSnapshot} from '../../helpers/test-snapshots.ts';

const hour = 60 * 60 * 1000;
const nowMs = Date.parse('2026-11-21T18:00:00.000Z');
const at = (agoMs: number): string => new Date(nowMs - agoMs).toISOString();
const statistics = {files: 0, directories: 0, bytes: 10, addedBytes: 4, storedBytes: 2, durationMs: 7, unreadable: 0};
const snapshotOf = (agoHours: number, more: Partial<StoredSnapshot> = {}): StoredSnapshot => ({
	...createTestSnapshot({time: at(agoHours * hour), id: idOf<SnapshotId>(String(agoHours % 10)), host: 'here', statistics}), objectName: 'o', sha256: 's', keyEpoch: idOf<EpochId>('e'), signer: idOf<SlotId>('5'), ...more,
});
const configured = [{name: 'etc', kind: 'files'}] as const;
const next = (name: string, nextRun: string | undefined, change: Partial<Job> = {}): JobOverview => ({
	job: buildJob(name, change), slot: {startMs: 0, endMs: 1}, ...(nextRun !== undefined && {nextRun}), runs: [],
});
const schedule = {jobs: [next('weekly', at(-48 * hour)), next('daily', at(-8 * hour)), next('off', undefined), next('verify', at(-hour), {kind: 'verify'}), next('www', at(-2 * hour), {sources: ['www']})]};
const input = {configured, memories: [], verifications: new Map(), host: 'here', nowMs, schedule};

test('the last runs: what this host remembers, else what the snapshots tell', t => {
	const snapshots = Array.from({length: 20}, (_, index) => snapshotOf(20 - index));
	const [told] = describeSources({...input, snapshots});
	t.is(told!.runs.length, shownRuns);
	t.deepEqual(told!.runs.at(-1), {time: at(hour), outcome: 'ok', durationMs: 7, snapshot: idOf<SnapshotId>('1'), addedBytes: 4});
	const runs: SourceRun[] = Array.from({length: 20}, (_, index) => ({time: at(index), outcome: 'failed', durationMs: index}));
	const [remembered] = describeSources({...input, snapshots, memories: [{source: 'etc', runs, losses: []}]});
	t.deepEqual(remembered!.runs, runs.slice(-shownRuns));
	const [foreign] = describeSources({...input, configured: [], snapshots: [snapshotOf(1, {host: 'there'})], memories: [{source: 'etc', runs, losses: []}]});
	t.like(foreign, {host: 'there', runs: [{outcome: 'ok'}]});
});

test('epoch of the newest snapshot; the next run only of what is configured', t => {
	const snapshots = [snapshotOf(2, {keyEpoch: idOf('1')}), snapshotOf(1, {keyEpoch: idOf('2')}), snapshotOf(1, {source: 'other'})];
	const [etc, other] = describeSources({...input, snapshots});
	t.like(etc, {epoch: idOf<EpochId>('2'), nextRun: at(-8 * hour)});
	t.is(other!.nextRun, undefined);
	const [none] = describeSources({...input, snapshots: []});
	t.is(none!.epoch, undefined);
	t.is(none!.nextRun, at(-8 * hour));
	t.is(describeSources({...input, snapshots: [], configured: [{name: 'www', kind: 'files'}]})[0]!.nextRun, at(-2 * hour));
	t.is(describeSources({...input, snapshots: [], schedule: {jobs: []}})[0]!.nextRun, undefined);
});

test('runs from snapshots, errors and dead processes', t => {
	t.like(runOfSnapshot(snapshotOf(1, {statistics: {...statistics, unreadable: 1}})), {outcome: 'partial', error: '1 entry could not be read'});
	const times = {time: at(0), durationMs: 3};
	t.deepEqual(runOfError(new CofferError('storage-full', 'No space.'), times), {...times, outcome: 'failed', code: 'storage-full', error: 'No space.'});
	t.like(runOfError(new CofferError('aborted', 'Interrupted.'), times), {outcome: 'interrupted'});
	t.like(runOfError(new TypeError('x is undefined'), times), {outcome: 'failed', code: 'internal'});
	const activity = {id: 'x', kind: 'backup', subject: 'etc', started: at(hour), updated: at(hour / 2), process: {host: 'here', bootId: '', pid: 1, startTicks: 1}} as const;
	const dead = runOfDeadBackup(activity);
	t.like(dead, {time: at(hour), outcome: 'failed', durationMs: hour / 2});
	t.regex(dead.error!, /was killed or the machine went down/);
	t.like(runOfDeadBackup(activity, snapshotOf(1)), {outcome: 'ok', snapshot: idOf<SnapshotId>('1')});
	t.deepEqual([-1, 0, 60_000, 60_001].map(ms => isOfActivity(snapshotOf(1, {time: at(hour - ms)}), activity)), [false, true, true, false]);
});

test('what the snapshots of a host tell', t => {
	const told = toldBySnapshots([snapshotOf(3), snapshotOf(2, {source: 'www'}), snapshotOf(2, {host: 'there'}), snapshotOf(1)], 'here');
	t.deepEqual(told.map(({source, runs, head}) => [source, runs.length, head!.time]), [['etc', 2, at(hour)], ['www', 1, at(2 * hour)]]);
});
