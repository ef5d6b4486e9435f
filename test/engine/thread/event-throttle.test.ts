import test from 'ava';
import type {EngineEvent} from '../../../source/engine/events.ts';
import {throttleProgress} from '../../../source/engine/thread/event-throttle.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const progress = (bytes: number): EngineEvent => ({event: 'progress', phase: 'reading', files: 0, bytes, rate: 0});
const warning = (message: string): EngineEvent => ({event: 'warning', kind: 'unreadable', message});

function record() {
	const runtime = createTestRuntime();
	const seen: Array<number | string> = [];
	const throttle = throttleProgress(runtime, event => {
		seen.push(event.event === 'progress' ? event.bytes : event.message);
	});
	return {runtime, seen, throttle};
}

test('of progress only the newest is passed on, ten times a second; the last one at the end', t => {
	const {runtime, seen, throttle} = record();
	for (let bytes = 1; bytes <= 1000; bytes++) {
		throttle.onEvent(progress(bytes));
		runtime.forward(1);
	}

	t.deepEqual(seen, [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
	runtime.forward(1000);
	t.is(seen.length, 10);
	throttle.onEvent(progress(1001));
	throttle.end();
	runtime.forward(1000);
	t.deepEqual(seen.slice(10), [1001]);
});

test('every warning is passed on at once', t => {
	const {runtime, seen, throttle} = record();
	for (let number = 0; number < 500; number++) {
		throttle.onEvent(warning(String(number)));
	}

	t.is(seen.length, 500);
	throttle.onEvent(progress(1));
	throttle.onEvent(warning('late'));
	t.is(seen.at(-1), 'late');
	runtime.forward(100);
	t.is(seen.at(-1), 1);
	throttle.end();
	t.is(seen.length, 502);
});
