import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {RepositoryId, SnapshotId} from '../../../source/engine/ids.ts';
import {HostState, rememberNewPlace} from '../../../source/engine/state/host-state.ts';
import {maximumRuns} from '../../../source/engine/state/source-memory.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const idOf = <Id extends string>(digit: string): Id => digit.repeat(32) as Id;
const repository = idOf<RepositoryId>('a');
const time = '2026-11-21T18:46:00.000Z';
const seen = (digit: string) => ({id: idOf<SnapshotId>(digit), objectName: `snapshots/${digit}`, time});

function createState(t: ExecutionContext) {
	const folder = mkdtempSync(path.join(tmpdir(), 'coffer-state-'));
	t.teardown(() => {
		rmSync(folder, {recursive: true, force: true});
	});
	const warnings: string[] = [];
	const context = {runtime: createTestRuntime(), warn(message: string) {
		warnings.push(message);
	}};
	const stateFolder = path.join(folder, 'state');
	return {stateFolder, warnings, context, open: (id = repository) => new HostState(stateFolder, id, context), own: path.join(stateFolder, 'remembered', repository)};
}

test('nothing is remembered at first, and looking makes no files', t => {
	const {open, stateFolder} = createState(t);
	t.deepEqual(open().sources(), []);
	t.is(open().verifications().size, 0);
	t.throws(() => statSync(stateFolder));
});

test('runs and heads are remembered by source, readable by nobody else', t => {
	const {open, own, warnings} = createState(t);
	open().recordRun('etc', {time, outcome: 'ok', durationMs: 5, snapshot: idOf('1'), addedBytes: 3}, seen('1'));
	open().recordRun('etc', {time, outcome: 'failed', durationMs: 5, code: 'storage-full', error: 'No space.'});
	open().recordRun('/a, "b"\n../c', {time, outcome: 'interrupted', durationMs: 1});
	const memories = open().sources().toSorted((a, b) => a.source.length - b.source.length);
	t.deepEqual(memories.map(({source, runs}) => [source, runs.map(({outcome}) => outcome)]), [['etc', ['ok', 'failed']], ['/a, "b"\n../c', ['interrupted']]]);
	t.deepEqual(memories[0]!.head, seen('1'));
	t.deepEqual(memories[0]!.runs[1], {time, outcome: 'failed', durationMs: 5, code: 'storage-full', error: 'No space.'});
	t.is(statSync(own).mode & 0o777, 0o700);
	t.deepEqual(readdirSync(own).map(name => statSync(path.join(own, name)).mode & 0o777), [0o600, 0o600]);
	t.deepEqual(warnings, []);
});

test(`only the last ${maximumRuns} runs are kept`, t => {
	const {open} = createState(t);
	for (let durationMs = 0; durationMs < maximumRuns + 3; durationMs++) {
		open().recordRun('etc', {time, outcome: 'ok', durationMs});
	}

	const {runs} = open().sources()[0]!;
	t.is(runs.length, maximumRuns);
	t.is(runs[0]!.durationMs, 3);
});

test('a lost head is no head any more, and stays known as lost', t => {
	const {open} = createState(t);
	open().recordRun('etc', {time, outcome: 'ok', durationMs: 1}, seen('1'));
	open().recordLosses('etc', [seen('1')]);
	t.is(open().sources()[0]!.head, undefined);
	open().recordRun('etc', {time, outcome: 'ok', durationMs: 1}, seen('2'));
	t.like(open().sources()[0]!, {head: seen('2'), losses: [seen('1')]});
});

test('verifications: damage voids earlier good news, snapshots that are gone are dropped', t => {
	const {open} = createState(t);
	const verification = {time, data: 'all'} as const;
	open().recordVerification({intact: [idOf('1'), idOf('2'), idOf('3')], damaged: [], existing: [idOf('1'), idOf('2'), idOf('3')], verification});
	open().recordVerification({intact: [idOf('1')], damaged: [idOf('2')], existing: [idOf('1'), idOf('2')], verification: {time, data: 'none'}});
	t.deepEqual([...open().verifications()], [[idOf<SnapshotId>('1'), {time, data: 'none'}]]);
});

test('a damaged file is set aside with a warning and begun anew, whatever the damage', t => {
	const {open, own, warnings} = createState(t);
	open().recordRun('etc', {time, outcome: 'ok', durationMs: 1});
	const file = path.join(own, readdirSync(own)[0]!);
	const intact = readFileSync(file, 'utf8');
	const damages = [() => {
		truncateSync(file, 20);
	}, () => {
		writeFileSync(file, '[]');
	}, () => {
		writeFileSync(file, '');
	}, () => {
		writeFileSync(file, intact.replace('"ok"', '"fine"'));
	}, () => {
		writeFileSync(file, intact.replace(/"durationMs": \d+/, '"durationMs": -1'));
	}, () => {
		writeFileSync(file, 'null');
	}];
	for (const [index, damage] of damages.entries()) {
		damage();
		t.deepEqual(open().sources(), [], `damage ${index}`);
		t.is(warnings.length, index + 1);
		t.regex(warnings.at(-1)!, /was damaged\. It was set aside/);
		open().recordRun('etc', {time, outcome: 'ok', durationMs: 1});
		t.is(open().sources()[0]!.runs.length, 1);
	}

	t.true(readdirSync(own).some(name => name.includes('.damaged-')));
	t.log(`${damages.length} kinds of damage`);
});

test('an exchanged repository is noticed; a new one at its place makes the old one forgotten', t => {
	const {open, stateFolder, context, own} = createState(t);
	const other = idOf<RepositoryId>('b');
	t.is(open().checkPlace('/r'), undefined);
	t.is(open().checkPlace('/r'), undefined);
	t.is(open(other).checkPlace('/r'), repository);
	t.is(open(other).checkPlace('/r'), repository);
	open().recordRun('etc', {time, outcome: 'ok', durationMs: 1});
	rememberNewPlace(stateFolder, '/r', other, context);
	t.throws(() => statSync(own));
	t.is(open(other).checkPlace('/r'), undefined);
});

test('what is remembered of a repository that lies elsewhere, too, is kept', t => {
	const {open, stateFolder, context, own} = createState(t);
	open().checkPlace('/r');
	open().checkPlace('/mnt/r');
	open().recordRun('etc', {time, outcome: 'ok', durationMs: 1});
	rememberNewPlace(stateFolder, '/r', idOf('b'), context);
	t.true(statSync(own).isDirectory());
});

test('a folder that cannot be written is an error that names it', t => {
	const {open, stateFolder} = createState(t);
	writeFileSync(stateFolder, 'a file where the folder should be');
	t.throws(() => {
		open().recordRun('etc', {time, outcome: 'ok', durationMs: 1});
	}, {code: 'state-failed', message: new RegExp(stateFolder)});
});
