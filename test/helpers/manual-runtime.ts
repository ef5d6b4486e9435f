import {setImmediate as turn} from 'node:timers/promises';
import {CofferError} from '../../source/engine/errors.ts';
import type {Runtime} from '../../source/engine/runtime.ts';
import {ManualClock} from './manual-clock.ts';
import {createTestRuntime, type TestRuntime, type TestRuntimeOptions} from './test-runtime.ts';

export type ManualRuntime = Runtime & Pick<TestRuntime, 'kill'> & {
	/** Let time pass, and what was to happen in it, each at its time; what that sets going has its turns in between. */
	pass(durationMs: number): Promise<void>;
	/** The clock on the wall is put forward, or back; no time passes. */
	shift(durationMs: number): void;
	/** How many sleeps and repetitions wait for their time. */
	readonly waiting: number;
};

/** Give whatever is under way its turns. */
async function settle(): Promise<void> {
	for (let turns = 0; turns < 5; turns++) {
		await turn();
	}
}

/** Surroundings whose time passes when a test says so: who sleeps waits until then, other than in `createTestRuntime`. */
export function createManualRuntime(options: TestRuntimeOptions = {}): ManualRuntime {
	const inner = createTestRuntime(options);
	const clock = new ManualClock(0);
	const startMs = inner.now();
	let shiftMs = 0;
	return {
		...inner,
		now: () => startMs + shiftMs + clock.now(),
		monotonicMs: () => clock.now(),
		sleep: async (durationMs, signal) => new Promise((resolve, reject) => {
			const cancel = clock.after(durationMs, () => {
				resolve();
			});
			const onAbort = () => {
				cancel();
				reject(new CofferError('aborted', 'Interrupted while waiting.'));
			};

			if (signal?.aborted) {
				onAbort();
			} else {
				signal?.addEventListener('abort', onAbort, {once: true});
			}
		}),
		every(intervalMs, action) {
			let stop: () => void;
			const wait = () => {
				stop = clock.after(intervalMs, () => {
					wait();
					action();
				});
			};

			wait();
			return () => {
				stop();
			};
		},
		async pass(durationMs) {
			const endMs = clock.now() + durationMs;
			await settle();
			for (let {nextMs} = clock; nextMs !== undefined && nextMs <= endMs; nextMs = clock.nextMs) {
				clock.advance(nextMs - clock.now());
				await settle();
			}

			clock.advance(endMs - clock.now());
		},
		shift(durationMs) {
			shiftMs += durationMs;
		},
		get waiting() {
			return clock.waiting;
		},
	};
}
