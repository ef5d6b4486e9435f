import {chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {AlertDesk} from '../../../source/engine/alerts/alert-desk.ts';
import type {Notice} from '../../../source/engine/alerts/notice.ts';
import {defaultAlertSettings} from '../../../source/engine/alerts/settings.ts';
import {auditHeadText} from '../../../source/engine/audit-head.ts';
import {AuditLog} from '../../../source/engine/audit/audit-log.ts';
import {withAuditKey} from '../../../source/engine/audit/audit-key.ts';
import type {Engine} from '../../../source/engine/engine.ts';
import {defaultRetention} from '../../../source/engine/retention/policy.ts';
import {readAuditHead} from '../../../source/engine/state/audit-head.ts';
import {createSystemRuntime} from '../../../source/engine/runtime.ts';
import {readLines, writeLines} from '../../helpers/audit-log.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {createTestRepository, withRole} from '../../helpers/repository-session.ts';
import {createEngineHost} from '../../helpers/test-engine.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const told = (engine: Engine) => engine.audit.entries().map(({operation, result}) => `${operation} ${result}`);

test('every operation notes that it begins, and how it ended, by whom and with which key', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	const {snapshot} = await engine.backup({source: host.source});
	await engine.backup({source: {...host.source, paths: [host.data, host.folder]}, isDryRun: true});
	await engine.backup({source: host.source});
	await engine.verify({});
	await engine.restore({snapshot: 'latest', target: path.join(host.folder, 'out')});
	await engine.restore({snapshot: 'latest', target: path.join(host.folder, 'out'), isDryRun: true});
	await engine.pruning.forget({snapshots: [snapshot!.id], reason: 'a test'});
	await engine.pruning.prune();
	await engine.pruning.prune({isDryRun: true});
	await t.throwsAsync(engine.keys.remove('nobody'));
	await t.throwsAsync(engine.acknowledge('nothing'));
	await t.throwsAsync(engine.backup({source: {...host.source, paths: ['/nowhere']}}));
	t.deepEqual(told(engine), [
		'init ok', 'backup begun', 'backup ok', 'backup begun', 'backup ok', 'verify begun', 'verify ok', 'restore begun', 'restore ok', 'forget begun', 'forget ok', 'prune begun', 'prune ok',
		'key-remove begun', 'key-remove failed', 'alert-acknowledge begun', 'alert-acknowledge failed', 'backup begun', 'backup failed',
	]);
	const entries = engine.audit.entries();
	const {slot} = (await engine.keys.status()).keys.map(({id}) => ({slot: id}))[0]!;
	t.true(entries.every(entry => entry.isAuthentic && entry.role === 'owner' && entry.slot === slot && entry.user.startsWith(createSystemRuntime().user)));
	const [, begun, ended] = entries;
	t.is(begun!.run, ended!.run);
	t.deepEqual(ended!.objects, ['data', `snapshot ${snapshot!.id}`]);
	const forget = entries.filter(({operation}) => operation === 'forget');
	t.deepEqual(forget[1]!.objects, [`asked for ${snapshot!.id}`, `snapshot ${snapshot!.id} of data`]);
	t.is(forget[0]!.detail, 'a test');
	t.regex(entries.at(-1)!.detail!, /nowhere/);
	t.like(await engine.audit.verify(), {flaw: undefined, unended: [], entries: entries.length});
	const context = {runtime: createSystemRuntime(), warn() {
		t.fail();
	}};
	t.deepEqual(readAuditHead(host.stateFolder, engine.url, context), engine.audit.head());
	t.is(readAuditHead(host.stateFolder, '/elsewhere', context), undefined);
	t.deepEqual(host.warnings.filter(warning => warning.includes('audit')), []);
});

test('snapshots and tombstones vouch for the log; who writes it anew with the key is found out', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	await engine.backup({source: host.source});
	host.change('other');
	const {snapshot} = await engine.backup({source: host.source});
	await engine.pruning.forget({snapshots: [snapshot!.id]});
	const {heads} = await engine.audit.verify();
	t.deepEqual(heads.map(({number, where}) => `${number} ${where.replace(/[\da-f]{8}/, 'ID')}`), ['2 the snapshot ID of data', '6 the tombstone of the snapshot ID', '7 this host']);
	t.true(heads.every(({isFound}) => isFound));

	// Root has the key, and the memory of this host.
	const lines = readLines(engine.audit.folder);
	rmSync(engine.audit.folder, {recursive: true});
	await engine.close();
	for (const name of readdirSync(host.stateFolder).filter(name => name.startsWith('state.db'))) {
		rmSync(path.join(host.stateFolder, name));
	}

	const again = await host.open();
	await again.verify({});
	t.like((await again.audit.verify()).flaw, {line: 2, number: 2});
	writeLines(again.audit.folder, lines.slice(0, 3));
	const {verification, findings} = await again.audit.examine();
	t.like(verification!.flaw, {line: 2, number: 2, message: 'entry 2 is not the one that this host knows: others know it as it stands here, so one of them was changed'});
	t.like(findings[0], {kind: 'audit-log', severity: 'critical'});
	again.audit.accept('restored from a copy');
	t.like(await again.audit.verify(), {flaw: undefined, accepted: [{detail: 'restored from a copy'}]});
});

test('what prune forgets vouches for the log, too', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	await engine.backup({source: host.source, class: 'daily'});
	host.forward(100 * 24 * 60 * 60 * 1000);
	host.change('other');
	await engine.backup({source: host.source, class: 'daily'});
	await engine.pruning.prune({retention: {policy: defaultRetention}, isClockTrusted: true});
	const {heads, flaw} = await engine.audit.verify();
	t.is(flaw, undefined);
	t.deepEqual(heads.map(({number, where}) => `${number} ${where.replace(/[\da-f]{8}/, 'ID')}`), ['4 the snapshot ID of data', '6 the tombstone of the snapshot ID', '7 this host']);
});

test('what is told to others carries the end of the log', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	await engine.overview([{name: 'never', kind: 'files'}]);
	const desk = AlertDesk.open({stateFolder: host.stateFolder, url: engine.url, runtime: createSystemRuntime(), warn() {
		t.fail();
	}})!;
	const notices: Notice[] = [];
	const channel = {name: 'hook', kind: 'webhook', leastSeverity: 'warning', hasDigest: false, async send(notice: Notice) {
		notices.push(notice);
	}} as const;
	desk.announce([channel], defaultAlertSettings);
	await desk.deliver([channel], new AbortController().signal);
	desk.close();
	t.deepEqual(notices.map(({auditHead}) => auditHead), [auditHeadText(engine.audit.head()!)]);
});

test('a rotation, with re-encryption, changes neither the key of the log nor what vouches for it', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	await engine.backup({source: host.source});
	const before = await engine.audit.verify();
	const {slot} = await engine.keys.rotate({newKeyFile: path.join(host.folder, 'new.key'), isReencrypting: true});
	const after = await engine.audit.verify();
	t.is(after.flaw, undefined);
	t.is(after.entries, before.entries + 2);
	t.deepEqual(after.heads.filter(({where}) => where !== 'this host'), before.heads.filter(({where}) => where !== 'this host'));
	t.is(engine.audit.entries().at(-1)!.slot, slot);
});

test('every role has the same key of the log, and no other repository has it', async t => {
	const {session} = await createTestRepository(createTestRuntime());
	const other = await createTestRepository(createTestRuntime({seed: 'other'}));
	const keyOf = (opened: typeof session) => withAuditKey(opened, key => key.toString('hex'));
	for (const role of ['backup', 'auditor'] as const) {
		t.is(keyOf(await withRole(session, role)), keyOf(session));
	}

	t.not(keyOf(other.session), keyOf(session));
	let kept: Buffer | undefined;
	withAuditKey(session, key => {
		kept = key;
	});
	t.deepEqual(kept, Buffer.alloc(32), 'it is wiped');
});

test('an unwritable log stops what must be noted before anything is done; a backup, a verification and a restore go on with a warning', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	const {snapshot} = await engine.backup({source: host.source});
	rmSync(path.join(engine.audit.folder, 'audit.jsonl'));
	mkdirSync(path.join(engine.audit.folder, 'audit.jsonl'));
	const refusals = [
		async () => engine.pruning.forget({snapshots: [snapshot!.id]}),
		async () => engine.pruning.prune(),
		async () => engine.keys.remove('test'),
		async () => engine.keys.rotate({newKeyFile: path.join(host.folder, 'new.key')}),
		async () => engine.keys.add({label: 'other', role: 'owner', secret: () => ({passphrase: Buffer.from('never asked')})}),
		async () => engine.keys.export({label: 'paper', file: path.join(host.folder, 'paper'), secret: {passphrase: Buffer.from('a passphrase')}}),
		async () => engine.acknowledge('x'),
		async () => engine.archives.import({path: '/nowhere'} as Parameters<Engine['archives']['import']>[0]),
	];
	for (const refused of refusals) {
		const error = await refusesAsync(t, refused, 'audit-failed', /Nothing was done: what cannot be noted there is not done\.$/);
		t.true(error.message.includes(engine.audit.folder));
	}

	t.deepEqual(readdirSync(host.folder).toSorted(), ['repository', 'state'], 'no new key, no export');
	t.is((await engine.listSnapshots()).snapshots.length, 1);
	host.change('more');
	await engine.backup({source: host.source});
	t.deepEqual((await engine.verify({})).problems, []);
	await engine.restore({snapshot: 'latest', target: path.join(host.folder, 'out')});
	t.is((await engine.listSnapshots()).snapshots.length, 2);
	t.is(host.warnings.filter(warning => warning.includes('goes on without an entry')).length, 1, 'told once');
	t.like((await engine.audit.examine()).findings[0], {kind: 'audit-log', message: 'the audit log cannot be read'});
	t.log(`${refusals.length} refusals`);
});

test('no repository is made where nothing can be noted', async t => {
	const {Engine: engineClass} = await import('../../../source/engine/engine.ts');
	const host = await createEngineHost(t);
	const file = path.join(host.folder, 'file');
	writeFileSync(file, '');
	const repositoryUrl = path.join(host.folder, 'second');
	await refusesAsync(t, async () => engineClass.create({repositoryUrl, stateFolder: path.join(file, 'state'), label: 'x', secret() {
		throw new Error('Nothing may be asked for.');
	}}), 'audit-failed', /Nothing was done/);
	t.deepEqual(readdirSync(host.folder).toSorted(), ['file', 'repository', 'state']);
});

test('a log that was exported is verified with any key of the repository; what was changed in it is found', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	await engine.backup({source: host.source});
	host.forward(60_000);
	const fromMs = Date.now() + 30_000;
	host.change('more');
	await engine.backup({source: host.source});
	const whole = path.join(host.folder, 'whole.jsonl');
	const late = path.join(host.folder, 'late.jsonl');
	writeFileSync(whole, engine.audit.export().bytes);
	const {bytes, entries} = engine.audit.export({fromMs});
	writeFileSync(late, bytes);
	t.is(entries, 2);
	const elsewhere = await host.open(path.join(host.folder, 'another-state'));
	t.like(await elsewhere.audit.verifyFile(whole), {flaw: undefined, entries: 5, head: engine.audit.head()});
	const partial = await elsewhere.audit.verifyFile(late);
	t.like(partial, {flaw: undefined, entries: 2});
	t.deepEqual(partial.heads.map(({number}) => number), [4, 5]);

	const lines = readFileSync(whole, 'utf8').trimEnd().split('\n');
	const check = async (changed: readonly string[]) => {
		writeFileSync(whole, changed.map(line => `${line}\n`).join(''));
		return (await elsewhere.audit.verifyFile(whole)).flaw;
	};

	t.like(await check(lines.slice(0, -1)), {line: 6, number: 5});
	t.like(await check(lines.toSpliced(2, 1)), {line: 3, number: 2});
	t.like(await check(lines.with(3, lines[3]!.replace('"ok"', '"failed"'))), {line: 4, number: 3});
	await refusesAsync(t, async () => check(lines.with(0, lines[0]!.replace('"number":5', '"number":4'))), 'audit-failed', /first line/);
	await refusesAsync(t, async () => check(['{}']), 'usage', /no audit log/);
	await refusesAsync(t, async () => check([]), 'usage', /no audit log/);
	await refusesAsync(t, async () => elsewhere.audit.verifyFile(path.join(host.folder, 'none')), 'audit-failed', /could not be read/);
	t.throws(() => elsewhere.audit.export(), {code: 'usage'});
});

test('an append takes little: two lines for a backup, and time for thousands', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	const before = engine.audit.entries().length;
	await engine.backup({source: host.source});
	t.is(engine.audit.entries().length, before + 2);
	chmodSync(host.stateFolder, 0o700);
	const log = new AuditLog({stateFolder: host.stateFolder, repository: engine.repositoryId, runtime: createSystemRuntime(), warn() {
		t.fail();
	}});
	const key = Buffer.alloc(32, 1);
	// Of this process alone: how long the disk takes, and who else computes, is not the log's.
	const start = process.cpuUsage();
	for (let number = 0; number < 200; number++) {
		log.append({operation: 'backup', result: 'ok', objects: [], run: 'a'}, {host: 'h', user: 'u', from: 'f'}, key);
	}

	const {user, system} = process.cpuUsage(start);
	const appendMs = (user + system) / 200e3;
	log.close();
	t.true(appendMs < 100, `${appendMs} ms an entry`);
	t.log(`${appendMs.toFixed(2)} ms an entry`);
});
