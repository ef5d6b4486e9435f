import test from 'ava';
import {HostWatch} from '../../../source/cli/monitoring/host-watch.ts';
import type {EngineThread, Finding} from '../../../source/engine/index.ts';
import {createFakeEngine} from '../../helpers/fake-engine.ts';

const minuteMs = 60_000;
const finding: Finding = {key: 'permissions:/k', kind: 'permissions', severity: 'critical', object: '/k', message: 'others may read it', nextStep: 'chmod 600 /k'};

type Scene = {nowMs: number; findings: readonly Finding[]; failure?: Error | undefined; readonly looks: Array<string | undefined>; readonly notes: string[]; readonly warnings: string[]};

function createScene() {
	const scene: Scene = {nowMs: 0, findings: [], looks: [], notes: [], warnings: []};
	const fake = createFakeEngine({async noteFindings(watch, findings) {
		scene.notes.push(`${watch}: ${findings.map(({key}) => key).join(', ')}`);
	}});
	const engine: EngineThread = {...fake, terminate: async () => undefined};
	const watch = new HostWatch({
		now: () => scene.nowMs,
		async look(newestSnapshot) {
			scene.looks.push(newestSnapshot);
			if (scene.failure) {
				throw scene.failure;
			}

			return scene.findings;
		},
		warn(message) {
			scene.warnings.push(message);
		},
	});
	return {scene, engine: watch.watch(engine), again: () => watch.watch(engine)};
}

test('this host is looked at after the first overview, then once a minute; what is found is noted when it changes, and renewed', async t => {
	const {scene, engine} = createScene();
	const overview = await engine.overview();
	t.deepEqual(scene.looks, [], 'the first frame waits for nothing');
	await engine.overview();
	const newest = overview.sources.map(({lastSuccess}) => lastSuccess ?? '').toSorted().at(-1);
	t.deepEqual(scene.looks, [newest]);
	t.deepEqual(scene.notes, ['monitor: ']);
	scene.findings = [finding];
	scene.nowMs += minuteMs - 1;
	await engine.overview();
	t.is(scene.looks.length, 1);
	scene.nowMs += 1;
	await engine.overview();
	t.deepEqual(scene.notes, ['monitor: ', 'monitor: permissions:/k']);
	for (let minute = 1; minute < 30; minute++) {
		scene.nowMs += minuteMs;
		await engine.overview();
	}

	t.is(scene.looks.length, 31);
	t.is(scene.notes.length, 2, 'nothing has changed');
	scene.nowMs += minuteMs;
	await engine.overview();
	t.deepEqual(scene.notes.slice(2), ['monitor: permissions:/k'], 'nor is it forgotten');
	scene.nowMs -= 24 * 60 * minuteMs;
	await engine.overview();
	t.is(scene.looks.length, 33, 'a clock that was put back stops nothing');
});

test('what keeps it from being looked at is told once, and the overview comes all the same', async t => {
	const {scene, engine, again} = createScene();
	scene.failure = new Error('EIO: i/o error');
	await engine.overview();
	for (let minute = 0; minute < 3; minute++) {
		t.truthy(await engine.overview());
		scene.nowMs += minuteMs;
	}

	t.deepEqual(scene.warnings, ['this host could not be looked at: EIO: i/o error']);
	t.deepEqual(scene.notes, []);
	scene.failure = undefined;
	const reopened = again();
	await reopened.overview();
	await reopened.overview();
	t.deepEqual(scene.notes, ['monitor: ']);
});
