import {spawn} from 'node:child_process';
import {createCipheriv, createHash} from 'node:crypto';
import {setImmediate as turn} from 'node:timers/promises';
import {CofferError} from '../../source/engine/errors.ts';
import type {ProcessIdentity, Runtime} from '../../source/engine/runtime.ts';

export type TestRuntime = Runtime & {
	/** Put the clock forward, and run what `every` has to run in that time, in its order. */
	forward(durationMs: number): void;
	/** From now on this process counts as dead. */
	kill(identity: ProcessIdentity): void;
};

export type TestRuntimeOptions = {
	/** The same seed gives the same random bytes, in the same order. @default 'coffer' */
	readonly seed?: string;
	/** Milliseconds since 1970. @default 2026-11-21T18:46:00.000Z */
	readonly startMs?: number;
	readonly environment?: Readonly<Record<string, string | undefined>>;
	readonly identity?: ProcessIdentity;
};

/** An endless stream of bytes that depends on the seed only: AES-256-CTR over zeros. */
export function createByteStream(seed: string): (byteCount: number) => Buffer {
	const cipher = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16));
	return byteCount => cipher.update(Buffer.alloc(byteCount));
}

/** Surroundings without surprises: random bytes from a seed, a clock that stands until it is put forward, sleeps that only move the clock. */
export function createTestRuntime(options: TestRuntimeOptions = {}): TestRuntime {
	const {seed = 'coffer', startMs = Date.UTC(2026, 10, 21, 18, 46), environment = {}} = options;
	const identity = options.identity ?? {host: 'test-host', bootId: 'test-boot pid:[1]', pid: 4711, startTicks: 1234};
	const dead = new Set<string>();
	const repeated = new Set<{readonly intervalMs: number; readonly action: () => void; dueMs: number}>();
	let nowMs = startMs;

	const forward = (durationMs: number): void => {
		const endMs = nowMs + durationMs;
		for (;;) {
			const next = [...repeated].filter(({dueMs}) => dueMs <= endMs).toSorted((a, b) => a.dueMs - b.dueMs)[0];
			if (next === undefined) {
				nowMs = endMs;
				return;
			}

			nowMs = next.dueMs;
			next.dueMs += next.intervalMs;
			next.action();
		}
	};

	return {
		now: () => nowMs,
		monotonicMs: () => nowMs,
		randomBytes: createByteStream(seed),
		async sleep(durationMs, signal) {
			if (signal?.aborted) {
				throw new CofferError('aborted', 'Interrupted while waiting.');
			}

			forward(durationMs);
			await turn();
		},
		every(intervalMs, action) {
			const entry = {intervalMs, action, dueMs: nowMs + intervalMs};
			repeated.add(entry);
			return () => {
				repeated.delete(entry);
			};
		},
		spawn,
		yieldToEvents: async () => turn(),
		environment,
		identity,
		user: 'tester',
		processorCount: 2,
		isAlive: other => !dead.has(JSON.stringify(other)),
		forward,
		kill(other) {
			dead.add(JSON.stringify(other));
		},
	};
}
