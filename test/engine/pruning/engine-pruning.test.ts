import {readdirSync, rmSync, statSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type {Activity} from '../../../source/engine/state/activity.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {createEngineHost} from '../../helpers/test-engine.ts';
import {createThreadedEngine} from '../../helpers/threaded-engine.ts';
import {createFolder} from '../../helpers/source-folder.ts';

const dayMs = 24 * 60 * 60 * 1000;

function sizeOfFolder(folder: string): number {
	let bytes = 0;
	for (const entry of readdirSync(folder, {recursive: true, withFileTypes: true})) {
		bytes += entry.isFile() ? statSync(path.join(entry.parentPath, entry.name)).size : 0;
	}

	return bytes;
}

test('a prune is seen by others while it goes on, and frees on disk what it says', async t => {
	const host = await createEngineHost(t, {file: 'x'.repeat(20_000)});
	const engine = await host.open();
	for (let day = 0; day < 3; day++) {
		host.change(`${day} `.repeat(30_000));
		await engine.backup({source: host.source, class: 'daily'});
		host.forward(dayMs);
	}

	const watcher = host.openState(engine.repositoryId);
	const seen: Activity[] = [];
	const onEvent = () => {
		host.forward(1001);
		seen.push(...watcher.read().activities);
	};

	const request = {retention: {policy: {last: 1}}};
	const dry = await engine.pruning.prune({...request, isDryRun: true}, {onEvent});
	t.deepEqual(seen, []);
	const before = sizeOfFolder(host.repository);
	const summary = await engine.pruning.prune(request, {onEvent});
	t.is(summary.freedBytes, before - sizeOfFolder(host.repository));
	t.is(summary.forgotten.length, 2);
	t.deepEqual(dry.forgotten, summary.forgotten);
	t.true(seen.length > 1 && seen.every(({kind}) => kind === 'prune'));
	t.deepEqual(watcher.read().activities, []);
	t.is((await engine.overview([{name: 'data', kind: 'files'}])).sources[0]!.snapshots, 1);
	t.deepEqual((await engine.verify({readData: 'all'})).problems, []);
	t.deepEqual(host.warnings, []);
});

test('a snapshot that this host remembers and that is gone: nothing is pruned until it is forgotten', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	await engine.backup({source: host.source});
	host.forward(dayMs);
	host.change('another');
	const {snapshot} = await engine.backup({source: host.source});
	const folder = path.join(host.repository, 'snapshots');
	rmSync(path.join(folder, readdirSync(folder).find(name => name.endsWith(snapshot!.id))!));
	const countPacks = () => readdirSync(path.join(host.repository, 'packs'), {recursive: true}).length;
	const packsBefore = countPacks();
	await refusesAsync(t, async () => engine.pruning.prune(), 'damaged', new RegExp(`"coffer forget ${snapshot!.id}"`));
	t.is(countPacks(), packsBefore);
	t.deepEqual((await engine.pruning.forget({snapshots: [snapshot!.id]})).lost, [snapshot!.id]);
	const {packs} = await engine.pruning.prune();
	t.true(packs.removed > 0);
	t.deepEqual((await engine.verify({readData: 'all'})).problems, []);
});

test('a clock that went back forgets nothing, unless a person says that it is right', async t => {
	const host = await createEngineHost(t);
	const engine = await host.open();
	for (let day = 0; day < 3; day++) {
		await engine.backup({source: host.source});
		host.forward(dayMs);
	}

	host.forward(-2 * dayMs);
	const request = {retention: {policy: {last: 1}}};
	await refusesAsync(t, async () => engine.pruning.prune(request), 'clock-wrong');
	await refusesAsync(t, async () => engine.pruning.prune({...request, isDryRun: true}), 'clock-wrong');
	t.is((await engine.listSnapshots()).snapshots.length, 3);
	// What only cleans up goes by no clock.
	t.deepEqual((await engine.pruning.prune({})).forgotten, []);
	await engine.pruning.prune({...request, isClockTrusted: true, isDryRun: true});
	await refusesAsync(t, async () => engine.pruning.prune(request), 'clock-wrong');
	await engine.pruning.prune({...request, isClockTrusted: true});
	await engine.pruning.prune(request);
});

test('from another thread: request, progress and summary pass', async t => {
	const {client} = await createThreadedEngine(t);
	const folder = createFolder(t, {file: 'content'});
	await client.backup({source: {kind: 'files', name: 'files', paths: [folder]}});
	const phases = new Set<string>();
	const summary = await client.prune({retention: {policy: {last: 1}}, isDryRun: true}, {onEvent(event) {
		if (event.event === 'progress') {
			phases.add(event.phase);
		}
	}});
	t.like(summary, {remaining: 1, isDryRun: true, forgotten: []});
	t.is(summary.decisions.length, 1);
	// Of several within a tenth of a second only some pass.
	t.true(phases.size > 0);
	await client.close();
});
