import {setImmediate as turn} from 'node:timers/promises';
import test from 'ava';
import {AlertWatch} from '../../../source/cli/alerts/alert-watch.ts';
import type {Alert, RepositoryId} from '../../../source/engine/index.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';
import {idOf} from '../../helpers/test-state.ts';

const time = '2026-11-21T18:46:00.000Z';
const alert: Alert = {key: 'a', kind: 'late', severity: 'warning', object: 'etc', message: 'm', nextStep: 'n', firstSeen: time, lastSeen: time};
const repositoryId = idOf<RepositoryId>('a');

function createScene() {
	const runtime = createTestRuntime();
	const warnings: string[] = [];
	const calls: AbortSignal[] = [];
	const repositories: Array<RepositoryId | undefined> = [];
	let answer = async (): Promise<void> => undefined;
	const watch = new AlertWatch({
		runtime,
		log: {
			write(level, message) {
				warnings.push(`${level} ${message}`);
			},
		},
		async announce({repository, signal}) {
			calls.push(signal);
			repositories.push(repository);
			await answer();
		},
	});
	return {runtime, watch, warnings, calls, repositories, answerWith(next: () => Promise<void>) {
		answer = next;
	}};
}

test('alerts are told when they change, and every minute what waits', async t => {
	const {runtime, watch, calls, repositories} = createScene();
	watch.see({repositoryId, alerts: [alert]});
	await turn();
	watch.see({repositoryId, alerts: [{...alert, lastSeen: '2026-11-21T18:47:00.000Z', message: 'another age'}]});
	await turn();
	t.is(calls.length, 1);
	watch.see({repositoryId, alerts: [{...alert, acknowledged: {time, user: 'admin'}}]});
	await turn();
	watch.see({repositoryId, alerts: []});
	await turn();
	t.is(calls.length, 3);
	runtime.forward(59_999);
	await turn();
	runtime.forward(1);
	await turn();
	t.is(calls.length, 4);
	watch.leave();
	runtime.forward(600_000);
	watch.see({repositoryId, alerts: [alert]});
	await turn();
	t.is(calls.length, 4);
	t.deepEqual([...new Set(repositories)], [repositoryId]);
	t.true(calls[0]!.aborted);
});

test('what waits is looked for although nobody has looked at the repository yet', async t => {
	const {runtime, watch, repositories} = createScene();
	runtime.forward(60_000);
	await turn();
	t.deepEqual(repositories, [undefined]);
	watch.leave();
});

test('one telling at a time; what changes meanwhile is told after it', async t => {
	const scene = createScene();
	const {promise, resolve} = Promise.withResolvers<void>();
	scene.answerWith(async () => promise);
	scene.watch.see({repositoryId, alerts: [alert]});
	scene.watch.see({repositoryId, alerts: []});
	scene.watch.see({repositoryId, alerts: [alert]});
	await turn();
	t.is(scene.calls.length, 1);
	resolve();
	await turn();
	t.is(scene.calls.length, 2);
	scene.watch.leave();
});

test('what cannot be told is logged, once for the same reason', async t => {
	const scene = createScene();
	scene.answerWith(async () => {
		throw new Error('the configuration is gone');
	});

	for (let times = 0; times < 3; times++) {
		scene.watch.see({repositoryId, alerts: times === 1 ? [] : [alert]});
		await turn();
	}

	t.is(scene.calls.length, 3);
	t.deepEqual(scene.warnings, ['warn alerts could not be told: the configuration is gone']);
	scene.watch.leave();
});
