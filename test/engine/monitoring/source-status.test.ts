import test from 'ava';
import type {SnapshotId} from '../../../source/engine/ids.ts';
import {ageInDays, keyAgeState} from '../../../source/engine/monitoring/key-age.ts';
import {defaultMonitorPolicy} from '../../../source/engine/monitoring/monitor-policy.ts';
import {assessSources, type SourceStatusInput} from '../../../source/engine/monitoring/source-status.ts';
import type {StoredSnapshot} from '../../../source/engine/repository/repository.ts';
import type {SourceMemory, SourceRun} from '../../../source/engine/state/source-memory.ts';

const {maximumAgeMs: staleAfterMs} = defaultMonitorPolicy;
const hour = 60 * 60 * 1000;
const nowMs = Date.parse('2026-11-21T18:00:00.000Z');
const at = (agoMs: number): string => new Date(nowMs - agoMs).toISOString();
const snapshotOf = (source: string, agoMs: number, more: {host?: string; unreadable?: number} = {}) => ({
	id: `${source}${agoMs}` as SnapshotId, time: at(agoMs), source, host: more.host ?? 'here', kind: 'files', statistics: {bytes: 10, unreadable: more.unreadable ?? 0},
}) as unknown as StoredSnapshot;
const memoryOf = (source: string, run: Partial<SourceRun>): SourceMemory => ({source, runs: [{time: at(0), outcome: 'ok', durationMs: 1, ...run}], losses: []});
const input = (more: Partial<SourceStatusInput>): SourceStatusInput => ({snapshots: [], configured: [], memories: [], verifications: new Map(), host: 'here', nowMs, ...more});
const etc = [{name: 'etc', kind: 'files'}] as const;

test('never, ok, stale at the boundary', t => {
	const stateAt = (agoMs: number | undefined) => assessSources(input({configured: etc, snapshots: agoMs === undefined ? [] : [snapshotOf('etc', agoMs)]}))[0]!.state;
	t.deepEqual([undefined, 0, staleAfterMs, staleAfterMs + 1].map(agoMs => stateAt(agoMs)), ['never', 'ok', 'ok', 'stale']);
});

test('a failed last run shows, until a later snapshot; one that somebody stopped is no failure', t => {
	const stateWith = (run: Partial<SourceRun>, snapshotAgo?: number) => assessSources(input({
		configured: etc, memories: [memoryOf('etc', run)], snapshots: snapshotAgo === undefined ? [] : [snapshotOf('etc', snapshotAgo)],
	}))[0]!;
	t.like(stateWith({time: at(hour), outcome: 'failed', error: 'No space.'}), {state: 'failed', lastError: 'No space.', lastOutcome: 'failed'});
	t.is(stateWith({time: at(hour), outcome: 'interrupted'}, 2 * hour).state, 'ok');
	t.is(stateWith({time: at(hour), outcome: 'interrupted'}).state, 'never');
	const mended = stateWith({time: at(2 * hour), outcome: 'failed', error: 'No space.'}, hour);
	t.like(mended, {state: 'ok', lastRun: at(hour)});
	t.is(mended.lastError, undefined);
});

test('a snapshot with gaps is partial', t => {
	t.is(assessSources(input({configured: etc, snapshots: [snapshotOf('etc', hour, {unreadable: 2})]}))[0]!.state, 'partial');
});

test('configured sources come first; others never become stale beside them, and do where nothing is configured', t => {
	const snapshots = [snapshotOf('/srv', 48 * hour), snapshotOf('etc', hour), snapshotOf('etc', 0, {host: 'there'})];
	const statuses = assessSources(input({configured: etc, snapshots}));
	t.deepEqual(statuses.map(({name, host, isConfigured, state, snapshots: count}) => [name, host, isConfigured, state, count]), [
		['etc', 'here', true, 'ok', 1], ['/srv', 'here', false, 'ok', 1], ['etc', 'there', false, 'ok', 1],
	]);
	t.is(assessSources(input({snapshots}))[0]!.state, 'stale');
});

test('the last verification of any of its snapshots counts', t => {
	const snapshots = [snapshotOf('etc', 3 * hour), snapshotOf('etc', hour)];
	const verifications = new Map([[snapshots[0]!.id, {time: at(2 * hour), data: 'all'} as const]]);
	t.is(assessSources(input({configured: etc, snapshots, verifications}))[0]!.lastVerified, at(2 * hour));
});

test('the age of a key', t => {
	const day = 24 * hour;
	t.deepEqual([0, day - 1, day, 80 * day, -day].map(agoMs => ageInDays(at(agoMs), nowMs)), [0, 0, 1, 80, 0]);
	t.deepEqual([0, 79, 80, 89, 90, 400].map(days => keyAgeState(days)), ['ok', 'ok', 'warn', 'warn', 'due', 'due']);
});
