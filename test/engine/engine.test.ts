import {appendFileSync, chmodSync, existsSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type {Activity} from '../../source/engine/state/activity.ts';
import {slotAt} from '../../source/engine/scheduling/slots.ts';
import {refusesAsync} from '../helpers/error-assertions.ts';
import {buildJob} from '../helpers/job-builder.ts';
import {createEngineHost} from '../helpers/test-engine.ts';

const hour = 60 * 60 * 1000;
const configured = [{name: 'data', kind: 'files'}] as const;

test('an overview from the first run on', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	const jobs = [buildJob('daily'), buildJob('weekly', {expression: '0 3 * * 0', class: 'weekly'}), buildJob('off', {isEnabled: false})];
	const empty = await engine.overview(configured, {jobs});
	t.like(empty, {role: 'owner', repositoryId: engine.repositoryId, ratios: {}, activities: [], sources: [{name: 'data', state: 'never', runs: []}]});
	t.is(empty.lastVerification, undefined);
	t.like(empty.alerts.find(({kind}) => kind === 'never'), {severity: 'critical', object: 'data', firstSeen: empty.time});
	t.true(Date.parse(empty.sources[0]!.nextRun!) <= Date.parse(empty.time), 'it is due now');
	const {snapshot} = await engine.backup({source: host.source});
	const full = await engine.overview(configured, {jobs});
	t.like(full.sources[0], {state: 'ok', snapshots: 1, isConfigured: true, lastOutcome: 'ok', lastSuccess: snapshot!.time, epoch: full.keys.epochs[0]!.id});
	t.is(full.sources[0]!.nextRun, new Date(slotAt(jobs[0]!, Date.parse(full.time)).endMs).toISOString());
	t.deepEqual(full.schedule.jobs.map(({job: {name}, nextRun}) => [name, nextRun !== undefined && nextRun > full.time]), [['daily', true], ['weekly', true], ['off', false]]);
	t.like(full.sources[0]!.runs, [{outcome: 'ok', snapshot: snapshot!.id}]);
	t.true(full.ratios.compression! > 0);
	t.true(full.storage[0]!.usedBytes! > 1000);
	t.is(full.alerts.find(({kind}) => kind === 'never'), undefined);
	await engine.verify({readData: 'all'});
	const verified = await engine.overview(configured);
	t.true(verified.lastVerification!.isIntact);
	t.is(verified.sources[0]!.lastVerified, verified.lastVerification!.time);
	t.deepEqual(structuredClone(verified), verified, 'plain data, which passes between threads');
});

test('what fails is told with its error, and how often', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	await engine.backup({source: host.source});
	const broken = {...host.source, paths: ['/nowhere/at/all']};
	for (let round = 0; round < 2; round++) {
		await refusesAsync(t, async () => engine.backup({source: broken}), 'source-missing');
	}

	await refusesAsync(t, async () => engine.backup({source: broken, isDryRun: true}), 'source-missing');
	const {alerts, sources, activities} = await engine.overview(configured);
	t.deepEqual(sources[0]!.runs.map(({outcome, code}) => [outcome, code]), [['ok', undefined], ['failed', 'source-missing'], ['failed', 'source-missing']]);
	const failed = alerts.find(({kind}) => kind === 'failed')!;
	t.regex(failed.message, /^the last 2 backups failed; /);
	t.regex(failed.cause!, /nowhere/);
	t.deepEqual(activities, []);
});

test('a missing state is rebuilt from the repository: runs and heads of this host', async t => {
	const host = await createEngineHost(t);
	const first = await host.open();
	for (const text of ['one', 'two', 'three']) {
		host.change(text);
		await first.backup({source: host.source});
	}

	const before = (await first.overview(configured)).sources;
	await first.close();
	rmSync(host.stateFolder, {recursive: true});
	const engine = await host.open();
	const {sources} = await engine.overview(configured);
	t.deepEqual(sources[0]!.runs.map(({durationMs: _, ...run}) => run), before[0]!.runs.map(({durationMs: _, ...run}) => run));
	t.is(sources[0]!.lastOutcome, 'ok');
	// The head is known again: to lose it is noticed.
	await engine.close();
	const snapshots = readdirSync(path.join(host.repository, 'snapshots')).toSorted();
	rmSync(path.join(host.repository, 'snapshots', snapshots.at(-1)!));
	const late = await host.open();
	const {alerts} = await late.overview(configured);
	t.is(alerts.filter(({kind}) => kind === 'lost').length, 1);
	t.true(host.warnings.some(message => message.includes('gone without having been forgotten')));
});

test('listing, too, rebuilds; once', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	await engine.backup({source: host.source});
	const elsewhere = path.join(host.folder, 'other-state');
	const other = await host.open(elsewhere);
	await other.listSnapshots();
	await other.close();
	await engine.backup({source: host.source});
	const again = await host.open(elsewhere);
	const {sources} = await again.overview([]);
	t.is(sources[0]!.runs.length, 1, 'what came later is not its own');
	t.is(sources[0]!.snapshots, 2);
});

test('what goes on is seen by others while it goes on, with its progress', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	const watcher = host.openState(engine.repositoryId);
	const seen: Activity[] = [];
	const onEvent = () => {
		// So that a second has gone by at the next event.
		host.forward(1001);
		seen.push(...watcher.read().activities);
	};

	await engine.backup({source: host.source}, {onEvent});
	t.true(seen.length >= 3);
	t.like(seen[0], {kind: 'backup', subject: 'data'});
	t.like(seen.at(-1), {progress: {phase: 'committing'}});
	t.deepEqual(watcher.read().activities, []);
	await engine.backup({source: host.source, isDryRun: true}, {onEvent});
	await engine.restore({snapshot: 'latest', target: path.join(host.folder, 'target'), isDryRun: true}, {onEvent});
	const [snapshot] = (await engine.listSnapshots()).snapshots;
	await engine.pruning.forget({snapshots: [snapshot!.id], isDryRun: true}, {onEvent});
	t.is(new Set(seen.map(({id}) => id)).size, 1, 'not what only looks');
	for (const [kind, subject, action] of [
		['verify', undefined, async () => engine.verify({}, {onEvent})],
		['verify', `data ${snapshot!.id.slice(0, 8)}`, async () => engine.verify({snapshots: ['latest']}, {onEvent})],
		['restore', `data ${snapshot!.id.slice(0, 8)}`, async () => engine.restore({snapshot: 'latest', target: path.join(host.folder, 'target')}, {onEvent})],
	] as const) {
		seen.length = 0;
		await action();
		t.is(seen[0]!.kind, kind);
		t.is(seen[0]!.subject, subject);
		t.deepEqual(watcher.read().activities, []);
	}

	await engine.pruning.forget({snapshots: [snapshot!.id]});
	t.deepEqual((await engine.overview(configured)).activities, []);
});

test('alerts are acknowledged, by whom and why, until they are over', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	const [never] = (await engine.overview(configured)).alerts;
	t.is(never!.kind, 'never');
	await engine.acknowledge(never!.key, 'new machine');
	const other = await host.open();
	t.like((await other.overview(configured)).alerts[0], {key: never!.key, firstSeen: never!.firstSeen, acknowledged: {note: 'new machine'}});
	await other.unacknowledge(never!.key);
	t.is((await engine.overview(configured)).alerts[0]!.acknowledged, undefined);
	await refusesAsync(t, async () => engine.acknowledge('late:nobody/nothing'), 'usage', /no alert/);
	await engine.acknowledge(never!.key);
	await engine.backup({source: host.source});
	t.false((await engine.overview(configured)).alerts.some(({key}) => key === never!.key));
	await refusesAsync(t, async () => engine.unacknowledge(never!.key), 'usage');
});

test('late after 25 hours; the source is due', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	await engine.backup({source: host.source});
	host.forward(26 * hour);
	const {alerts, sources, time} = await engine.overview(configured, {jobs: [buildJob('daily')]});
	const late = alerts.find(({kind}) => kind === 'late')!;
	t.like(late, {severity: 'warning', firstSeen: time, message: 'the newest backup is 26 hours old; the limit is 25 hours'});
	t.true(Date.parse(sources[0]!.nextRun!) <= Date.parse(time));
	host.forward(hour);
	t.is((await engine.overview(configured)).alerts.find(({kind}) => kind === 'late')!.firstSeen, time);
});

test('damage is an alert until a verification that looks at as much finds none', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	await engine.backup({source: host.source});
	const pack = readdirSync(path.join(host.repository, 'packs'), {recursive: true, withFileTypes: true}).find(entry => entry.isFile())!;
	const file = path.join(pack.parentPath, pack.name);
	chmodSync(file, 0o600);
	const intactBytes = statSync(file).size;
	appendFileSync(file, 'x');
	t.true((await engine.verify({readData: 'all'})).problems.length > 0);
	const damaged = await engine.overview(configured);
	t.false(damaged.lastVerification!.isIntact);
	t.like(damaged.alerts[0], {kind: 'damage', severity: 'critical'});
	truncateSync(file, intactBytes);
	await engine.verify({});
	const isDamaged = async () => (await engine.overview(configured)).alerts.some(({kind}) => kind === 'damage');
	t.true(await isDamaged(), 'the structure alone says nothing of the data');
	await engine.verify({readData: 'all'});
	t.false(await isDamaged());
});

test('a state that cannot be: everything works, and it is told once', async t => {
	const host = await createEngineHost(t);
	writeFileSync(path.join(host.folder, 'file'), '');
	const engine = await host.open(path.join(host.folder, 'file', 'state'));
	await engine.backup({source: host.source});
	await engine.verify({});
	for (let round = 0; round < 3; round++) {
		const {sources, alerts, activities} = await engine.overview(configured);
		t.like(sources[0], {state: 'ok', snapshots: 1, runs: [{outcome: 'ok'}]});
		t.deepEqual(activities, []);
		t.true(alerts.every(({firstSeen, lastSeen}) => firstSeen === lastSeen));
	}

	t.is(host.warnings.length, 2, host.warnings.join('\n'));
	t.true(host.warnings.some(warning => warning.startsWith('What this host remembers could not be written')));
	t.true(host.warnings.some(warning => /^The audit log .* could not be written.* What is done goes on without an entry\.$/.test(warning)));
	await refusesAsync(t, async () => engine.acknowledge('x'), 'audit-failed', /Nothing was done/);
	t.false(existsSync(path.join(host.folder, 'file', 'state')));
});
