import {mkdirSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {findLeftBehind} from '../../../source/engine/monitoring/leftover-findings.ts';
import {findLeftovers, type Leftovers} from '../../../source/engine/monitoring/leftovers.ts';
import type {AlertFacts} from '../../../source/engine/monitoring/assess-alerts.ts';
import {ExclusiveLock} from '../../../source/engine/repository/exclusive-lock.ts';
import {openStorage, WriterRun} from '../../../source/engine/repository/repository.ts';
import {createTestRepository, reopen} from '../../helpers/repository-session.ts';
import {createFolder} from '../../helpers/source-folder.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const hour = 60 * 60 * 1000;
const identity = {host: 'test-host', bootId: 'test-boot pid:[1]', pid: 99, startTicks: 5};
const nowMs = Date.parse('2026-11-21T18:00:00.000Z');
const find = (leftovers: Leftovers) => findLeftBehind({leftovers, nowMs, url: '/r'} as AlertFacts);

test('a writer and a lock whose processes were killed are left behind; those that live are not', async t => {
	const [runtime, dying] = [createTestRuntime(), createTestRuntime({identity, seed: 'dying'})];
	const repository = await createTestRepository(runtime);
	const session = await reopen(repository, repository.storage, dying);
	await WriterRun.start(session);
	await ExclusiveLock.acquire(session, 'prune');
	t.deepEqual((await findLeftovers(repository.session)).records, []);
	runtime.kill(identity);
	const {records, unreadableLocks, abandoned} = await findLeftovers(repository.session);
	t.deepEqual(records.map(({operation, host}) => [operation, host]), [['backup', 'test-host'], ['prune', 'test-host']]);
	t.deepEqual([unreadableLocks, abandoned], [[], undefined]);
	t.is((await repository.storage.list('locks')).length, 1, 'looking takes nothing away');
});

test('a lock that cannot be read, and unfinished objects of a repository in a folder', async t => {
	const runtime = createTestRuntime();
	const folder = path.join(createFolder(t), 'repository');
	const storage = openStorage(folder, runtime);
	const {session} = await createTestRepository(runtime, storage);
	await storage.write(`locks/${'a'.repeat(32)}`, Buffer.from('garbage'));
	mkdirSync(path.join(folder, 'tmp'), {recursive: true});
	for (const [name, agoMs] of [['b', 25 * hour], ['c', hour]] as const) {
		writeFileSync(path.join(folder, 'tmp', name.repeat(32)), 'x');
		utimesSync(path.join(folder, 'tmp', name.repeat(32)), (runtime.now() - agoMs) / 1000, (runtime.now() - agoMs) / 1000);
	}

	const {unreadableLocks, abandoned} = await findLeftovers(session);
	t.deepEqual(unreadableLocks.map(({object}) => object), [`locks/${'a'.repeat(32)}`]);
	t.is(abandoned, 1);
	await storage.close();
});

test('people are told when nothing has cleared them away for a day', t => {
	const record = (agoMs: number, operation = 'backup') => ({operation, host: 'vault', heartbeat: new Date(nowMs - agoMs).toISOString()});
	t.deepEqual(find({records: [record(25 * hour)], unreadableLocks: []}), []);
	const [one] = find({records: [record(25 * hour + 1)], unreadableLocks: []});
	t.like(one, {key: 'leftovers:/r', kind: 'leftovers', severity: 'warning', message: '1 record of runs that died lies there for more than a day', nextStep: 'make a backup: it clears them away; nothing is lost'});
	t.regex(one!.cause!, /^"backup" on vault was last heard of at 2026-11-20T/);
	const [many] = find({records: [record(26 * hour, 'prune'), record(30 * hour)], abandoned: 3, unreadableLocks: []});
	t.is(many!.message, '2 records and 3 unfinished objects of runs that died lie there for more than a day');
	t.regex(many!.nextStep, /^run "coffer prune" again/);
	t.is(find({records: [], abandoned: 2, unreadableLocks: []})[0]!.cause, 'a run was killed, or the machine went down');
	const [lock] = find({records: [], unreadableLocks: [{object: 'locks/aa', message: 'locks/aa is not authentic.'}]});
	t.like(lock, {key: 'leftovers:lock//r', cause: 'locks/aa is not authentic.'});
	t.regex(lock!.message, /^locks\/aa cannot be read, and as long as it lies there nothing is forgotten or pruned/);
});
