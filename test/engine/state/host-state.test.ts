import {existsSync, readdirSync, statSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type {RepositoryId, SnapshotId} from '../../../source/engine/ids.ts';
import {compareSeverity} from '../../../source/engine/monitoring/alert-life.ts';
import {emptyMemory} from '../../../source/engine/state/host-state.ts';
import {maximumRuns} from '../../../source/engine/state/source-memory.ts';
import {maximumDamaged, type VerifyRun} from '../../../source/engine/state/verifications.ts';
import {createTestState, idOf, seenSnapshot as seen, stateTime as time} from '../../helpers/test-state.ts';

const verifyRun: VerifyRun = {time, data: 'all', isComplete: true, problems: 0, damaged: []};

test('nothing is remembered at first, and looking makes no files', t => {
	const {open, stateFolder} = createTestState(t);
	const state = open();
	t.deepEqual(state.read(), emptyMemory);
	t.deepEqual([state.sources(), state.verifications(), state.storageSamples('/r'), state.alerts.records()], [[], new Map(), [], []]);
	t.false(state.isRebuilt());
	t.false(existsSync(stateFolder));
});

test('runs and heads are remembered by source, readable by nobody else', t => {
	const {open, stateFolder, file, warnings} = createTestState(t);
	const state = open();
	state.recordRun('etc', {time, outcome: 'ok', durationMs: 5, snapshot: idOf('1'), addedBytes: 3}, {head: seen('1')});
	state.recordRun('etc', {time, outcome: 'failed', durationMs: 5, code: 'storage-full', error: 'No space.'});
	state.recordRun('/a, "b"\n../c', {time, outcome: 'interrupted', durationMs: 1});
	t.deepEqual(readdirSync(stateFolder).map(name => statSync(path.join(stateFolder, name)).mode & 0o777), [0o600, 0o600, 0o600], 'also what SQLite keeps beside it');
	const memories = open().sources().toSorted((a, b) => a.source.length - b.source.length);
	t.deepEqual(memories.map(({source, runs}) => [source, runs.map(({outcome}) => outcome)]), [['etc', ['ok', 'failed']], ['/a, "b"\n../c', ['interrupted']]]);
	t.deepEqual(memories[0]!.head, seen('1'));
	t.deepEqual(memories[0]!.runs[0], {time, outcome: 'ok', durationMs: 5, snapshot: idOf('1'), addedBytes: 3});
	t.deepEqual(memories[0]!.runs[1], {time, outcome: 'failed', durationMs: 5, code: 'storage-full', error: 'No space.'});
	t.is(statSync(stateFolder).mode & 0o777, 0o700);
	t.is(statSync(file).mode & 0o777, 0o600);
	t.deepEqual(warnings, []);
});

test(`only the last ${maximumRuns} runs of each source are kept`, t => {
	const {open} = createTestState(t);
	const state = open();
	state.recordRun('other', {time, outcome: 'ok', durationMs: 1});
	for (let durationMs = 0; durationMs < maximumRuns + 3; durationMs++) {
		state.recordRun('etc', {time, outcome: 'ok', durationMs});
	}

	const [other, etc] = state.sources().toSorted((a, b) => a.runs.length - b.runs.length);
	t.is(other!.runs.length, 1);
	t.is(etc!.runs.length, maximumRuns);
	t.is(etc!.runs[0]!.durationMs, 3);
});

test('a lost head is no head any more, and stays known as lost', t => {
	const {open} = createTestState(t);
	const state = open();
	state.recordRun('etc', {time, outcome: 'ok', durationMs: 1}, {head: seen('1')});
	state.recordLosses('etc', [seen('1')]);
	t.is(state.sources()[0]!.head, undefined);
	state.recordRun('etc', {time, outcome: 'ok', durationMs: 1}, {head: seen('2')});
	t.like(state.sources()[0]!, {head: seen('2'), losses: [seen('1')]});
	state.recordLosses('etc', []);
	t.like(state.sources()[0]!, {head: seen('2'), losses: []});
});

test('verifications: damage voids earlier good news, snapshots that are gone are dropped', t => {
	const {open} = createTestState(t);
	open().recordVerification(verifyRun, {intact: [idOf('1'), idOf('2'), idOf('3')], damaged: [], existing: [idOf('1'), idOf('2'), idOf('3')]});
	open().recordVerification({...verifyRun, data: 'none', problems: 1}, {intact: [idOf('1')], damaged: [idOf('2')], existing: [idOf('1'), idOf('2')]});
	t.deepEqual([...open().verifications()], [[idOf<SnapshotId>('1'), {time, data: 'none'}]]);
	t.deepEqual(open().read().verifyRuns.map(({data, problems}) => [data, problems]), [['all', 0], ['none', 1]]);
});

test('what a verification found: bounded, one line each', t => {
	const {open} = createTestState(t);
	const damaged = Array.from({length: 50}, (_, number) => ({object: `packs/${number}`, message: `It is\n  damaged. ${'x'.repeat(1000)}`}));
	open().recordVerification({...verifyRun, snapshots: [idOf('1')], isComplete: false, problems: 50, damaged}, {intact: [], damaged: [], existing: []});
	const [run] = open().read().verifyRuns;
	t.like(run, {problems: 50, isComplete: false, snapshots: [idOf<SnapshotId>('1')]});
	t.is(run!.damaged.length, maximumDamaged);
	t.regex(run!.damaged[0]!.message, /^It is damaged\. x+…$/);
	t.is(run!.damaged[0]!.message.length, 300);
});

test('an exchanged repository is noticed; a new one at its place makes everything about the old one forgotten', t => {
	const {open} = createTestState(t);
	const other = idOf<RepositoryId>('b');
	t.is(open().checkPlace('/r'), undefined);
	t.is(open().checkPlace('/r'), undefined);
	t.is(open(other).checkPlace('/r'), idOf<RepositoryId>('a'));
	t.is(open(other).checkPlace('/r'), idOf<RepositoryId>('a'));
	const state = open();
	state.recordRun('etc', {time, outcome: 'ok', durationMs: 1}, {head: seen('1')});
	state.recordLosses('etc', [seen('2')]);
	state.recordVerification(verifyRun, {intact: [idOf('1')], damaged: [], existing: [idOf('1')]});
	state.addStorageSample('/r', {time, usedBytes: 1});
	state.rebuild([]);
	state.alerts.change({time, compare: compareSeverity}, () => [{key: 'k', severity: 'warning', firstSeen: time, lastSeen: time}]);
	open(other).rememberNewPlace('/r');
	t.deepEqual(state.read(), emptyMemory);
	t.deepEqual([state.storageSamples('/r'), state.alerts.records(), state.isRebuilt()], [[], [], false]);
	t.is(open(other).checkPlace('/r'), undefined);
});

test('what is remembered of a repository that lies elsewhere, too, is kept', t => {
	const {open} = createTestState(t);
	const state = open();
	state.checkPlace('/r');
	state.checkPlace('/mnt/r');
	state.recordRun('etc', {time, outcome: 'ok', durationMs: 1});
	open(idOf('b')).rememberNewPlace('/r');
	t.is(state.sources().length, 1);
});

test('rebuilt once: what the repository tells comes before what is remembered, and nothing twice', t => {
	const {open} = createTestState(t);
	const state = open();
	state.recordRun('etc', {time, outcome: 'ok', durationMs: 1, snapshot: idOf('3')}, {head: seen('3')});
	const told = ['1', '2', '3'].map(digit => ({time, outcome: 'ok' as const, durationMs: 7, snapshot: idOf<SnapshotId>(digit)}));
	state.rebuild([{source: 'etc', runs: told, head: seen('9'), losses: []}, {source: 'www', runs: told.slice(0, 1), head: seen('1'), losses: []}]);
	t.true(state.isRebuilt());
	const memory = (source: string) => state.sources().find(each => each.source === source)!;
	t.deepEqual(memory('etc').runs.map(({snapshot, durationMs}) => [snapshot![0], durationMs]), [['1', 7], ['2', 7], ['3', 1]]);
	t.deepEqual(memory('etc').head, seen('3'), 'what was seen counts, not what is there');
	t.deepEqual(memory('www').head, seen('1'));
	state.rebuild([{source: 'etc', runs: [{time, outcome: 'ok', durationMs: 7, snapshot: idOf('4')}], losses: []}]);
	t.is(memory('etc').runs.length, 3);
});

test('activities: progress, end, and the run that takes its place', t => {
	const {open, runtime} = createTestState(t);
	const state = open();
	const activity = {id: 'x', kind: 'backup', subject: 'etc', started: time, updated: time, process: runtime.identity} as const;
	state.beginActivity(activity);
	t.deepEqual(open().read().activities, [activity]);
	const progress = {phase: 'reading', files: 3, bytes: 5, totalFiles: 9, rate: 1, current: 'y'.repeat(5000)} as const;
	state.updateActivity({...activity, progress});
	t.deepEqual(open().read().activities[0]!.progress, {...progress, current: 'y'.repeat(500)});
	state.recordRun('etc', {time, outcome: 'ok', durationMs: 1}, {activity: 'x'});
	t.deepEqual(open().read().activities, []);
	state.beginActivity({...activity, id: 'y', kind: 'verify'});
	state.endActivity('y');
	state.endActivity('y');
	t.deepEqual(open().read().activities, []);
});

test('a dead backup becomes one run, in its place, whoever finds it', t => {
	const {open, runtime} = createTestState(t);
	const state = open();
	const early = '2026-11-20T00:00:00.000Z';
	state.recordRun('etc', {time: '2026-11-19T00:00:00.000Z', outcome: 'ok', durationMs: 1});
	state.recordRun('etc', {time, outcome: 'ok', durationMs: 1});
	state.beginActivity({id: 'x', kind: 'backup', subject: 'etc', started: early, updated: early, process: runtime.identity});
	for (const each of [open(), open()]) {
		each.takeOverActivity('x', {source: 'etc', run: {time: early, outcome: 'failed', durationMs: 0, error: 'killed'}});
	}

	t.deepEqual(state.sources()[0]!.runs.map(({outcome}) => outcome), ['ok', 'failed', 'ok']);
	t.deepEqual(state.read().activities, []);
});

test('samples of the storage: one an hour, kept for 60 days; those of a wrong clock go', t => {
	const {open} = createTestState(t);
	const state = open();
	const hour = 60 * 60 * 1000;
	const startMs = Date.parse(time);
	const at = (ms: number) => new Date(startMs + ms).toISOString();
	t.true(state.isSampleDue('/r', startMs));
	state.addStorageSample('/r', {time, usedBytes: 1, freeBytes: 2});
	t.deepEqual([hour - 1, hour, -hour].map(ms => state.isSampleDue('/r', startMs + ms)), [false, true, true]);
	t.true(state.isSampleDue('/other', startMs));
	state.addStorageSample('/r', {time: at(24 * 365 * hour), usedBytes: 9});
	t.deepEqual(state.storageSamples('/r'), [{time: at(24 * 365 * hour), usedBytes: 9}], 'a clock years ahead: all else is old');
	state.addStorageSample('/r', {time: at(hour), usedBytes: 3});
	state.addStorageSample('/r', {time: at(60 * 24 * hour + hour), usedBytes: 4});
	t.deepEqual(state.storageSamples('/r').map(({usedBytes}) => usedBytes), [3, 4]);
	state.addStorageSample('/r', {time: at(60 * 24 * hour + hour + 1), usedBytes: 5});
	t.deepEqual(state.storageSamples('/r').map(({usedBytes}) => usedBytes), [4, 5]);
});
