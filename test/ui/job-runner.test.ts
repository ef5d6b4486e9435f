import test from 'ava';
import {CofferError} from '../../source/engine/index.ts';
import {JobRunner, type JobEnding} from '../../source/ui/job-runner.ts';
import {reduce} from '../../source/ui/model/reducer.ts';
import {createState} from '../../source/ui/model/state.ts';
import {Store} from '../../source/ui/model/store.ts';
import {createFakeEngine} from '../helpers/fake-engine.ts';
import {ManualClock} from '../helpers/manual-clock.ts';
import {nowMs} from '../helpers/overview-builder.ts';

function createRunner() {
	const clock = new ManualClock(nowMs);
	const store = new Store(createState({columns: 80, rows: 24}, nowMs), {reduce, clock});
	const endings: JobEnding[] = [];
	const lines: string[] = [];
	const opened: string[] = [];
	const runner = new JobRunner({
		store, clock,
		startEngine() {
			const engine = createFakeEngine({async close() {
				opened.push('close');
			}});
			opened.push('start');
			return engine;
		},
		log(level, message) {
			lines.push(`${level} ${message}`);
		},
		onEnded(ending) {
			endings.push(ending);
		},
	});
	return {runner, store, endings, lines, opened, states: () => store.state.jobs.map(({state}) => state)};
}

const summary = {checkedObjects: 1, checkedBytes: 1, problems: [], notes: [], durationMs: 1, snapshots: [], isComplete: true};
const done = {kind: 'verify', summary} as const;

test('one after the other, each with an engine of its own that is closed; the log tells of each', async t => {
	const {runner, states, opened, endings, lines} = createRunner();
	const first = Promise.withResolvers<typeof done>();
	const ended = Promise.withResolvers<void>();
	runner.add({kind: 'verify', subject: 'a', work: async () => first.promise});
	runner.add({kind: 'verify', subject: 'b', work: async () => done, onEnd() {
		ended.resolve();
	}});
	t.deepEqual(states(), ['running', 'queued']);
	t.true(runner.has('verify', 'b') && !runner.has('backup', 'b'));
	first.resolve(done);
	await ended.promise;
	t.deepEqual(states(), ['done', 'done']);
	t.deepEqual(opened, ['start', 'close', 'start', 'close']);
	t.deepEqual(endings.map(({title}) => title), ['verify a', 'verify b']);
	t.is(lines.filter(line => line.includes('begins')).length, 2);
});

test('a failure is kept with its message, logged, and the next one goes on', async t => {
	const {runner, states, store, lines} = createRunner();
	const ended = Promise.withResolvers<void>();
	runner.add({kind: 'backup', subject: 'a', async work() {
		throw new CofferError('source-missing', 'The source is gone.');
	}});
	runner.add({kind: 'verify', subject: 'b', work: async () => done, onEnd() {
		ended.resolve();
	}});
	await ended.promise;
	t.deepEqual(states(), ['failed', 'done']);
	t.like(store.state.jobs[0], {failure: {code: 'source-missing', message: 'The source is gone.'}});
	t.true(lines.some(line => line.startsWith('error backup a: The source is gone.')));
});

test('cancel: what waits is dropped, what runs is aborted; close does both', async t => {
	const {runner, states} = createRunner();
	const untilAborted = async (signal: AbortSignal): Promise<typeof done> => new Promise((_, reject) => {
		signal.addEventListener('abort', () => {
			reject(new CofferError('aborted', 'Interrupted.'));
		});
	});
	const running = runner.add({kind: 'verify', subject: 'a', work: async (_, {signal}) => untilAborted(signal)});
	const dropped: unknown[] = [];
	const waiting = runner.add({kind: 'verify', subject: 'b', work: async () => done, onEnd(result) {
		dropped.push(result);
	}});
	await Promise.resolve();
	runner.cancel(waiting);
	t.deepEqual([states()[1], dropped], ['stopped', [undefined]]);
	runner.cancel(running);
	t.is(states()[0], 'stopping');
	runner.add({kind: 'verify', subject: 'c', work: async (_, {signal}) => untilAborted(signal)});
	await runner.close();
	t.deepEqual(states(), ['stopped', 'stopped', 'stopped']);
	runner.add({kind: 'verify', subject: 'd', work: async () => done});
	t.is(states()[3], 'queued', 'nothing begins any more');
});
