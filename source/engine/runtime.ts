import {spawn} from 'node:child_process';
import {randomBytes as systemRandomBytes} from 'node:crypto';
import {readFileSync, readlinkSync} from 'node:fs';
import {availableParallelism, hostname, userInfo} from 'node:os';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import {CofferError} from './errors.ts';

/** Which process this is, so that another one can tell whether it still lives. */
export type ProcessIdentity = {
	readonly host: string;
	/** Changes with every boot, and differs between containers, where one number means several processes; empty where the system does not tell. */
	readonly bootId: string;
	readonly pid: number;
	/** Clock ticks after boot at which the process began; with `pid` it is unique within a boot. */
	readonly startTicks: number;
};

/**
All that the engine takes from its surroundings: clock, randomness, sleep, environment, identity. Nothing else in the engine asks for them.
*/
export type Runtime = {
	/** Milliseconds since 1970 UTC. */
	now(): number;
	/** Milliseconds that never run backwards, from an arbitrary start, the same for all threads. */
	monotonicMs(): number;
	randomBytes(byteCount: number): Buffer;
	/** @throws `aborted` when the signal fires first. */
	sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
	/** Call `action` again and again without keeping the process alive; returns what stops it. */
	every(intervalMs: number, action: () => void): () => void;
	/** Start another program, as `spawn` of node:child_process does: by its absolute path, never through a shell, with an environment of its own. */
	readonly spawn: typeof spawn;
	/** Let timers, input and output have their turn. */
	yieldToEvents(): Promise<void>;
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly identity: ProcessIdentity;
	readonly user: string;
	/** Processors that this process may use. */
	readonly processorCount: number;
	/** Whether the process that `identity` names may still be alive; `true` where it cannot be known. */
	isAlive(identity: ProcessIdentity): boolean;
};

function readText(path: string): string {
	try {
		return readFileSync(path, 'utf8').trim();
	} catch {
		return '';
	}
}

/** Field 22 of /proc/PID/stat (proc(5)); 0 when there is no such process. */
function startTicksOf(pid: number): number {
	const stat = readText(`/proc/${pid}/stat`);
	// The second field may hold spaces and brackets: count from the last bracket.
	return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 0);
}

/** The boot, and the namespace that process numbers belong to (pid_namespaces(7)). */
function readBootId(): string {
	try {
		return `${readText('/proc/sys/kernel/random/boot_id')} ${readlinkSync('/proc/self/ns/pid')}`;
	} catch {
		return '';
	}
}

function userName(): string {
	try {
		return userInfo().username;
	} catch {
		return String(process.getuid?.() ?? '');
	}
}

/** The real surroundings of this process. @param options.environment - @default that of the process */
export function createSystemRuntime({environment = process.env}: Partial<Pick<Runtime, 'environment'>> = {}): Runtime {
	let identity: ProcessIdentity | undefined;
	const self = (): ProcessIdentity => {
		identity ??= {host: hostname(), bootId: readBootId(), pid: process.pid, startTicks: startTicksOf(process.pid)};
		return identity;
	};

	return {
		now: () => Date.now(),
		// The clock of `performance` begins anew in each thread.
		monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
		randomBytes: byteCount => systemRandomBytes(byteCount),
		async sleep(durationMs, signal) {
			try {
				await delay(durationMs, undefined, signal === undefined ? {} : {signal});
			} catch (error) {
				throw new CofferError('aborted', 'Interrupted while waiting.', {cause: error});
			}
		},
		every(intervalMs, action) {
			const timer = setInterval(action, intervalMs);
			timer.unref();
			return () => {
				clearInterval(timer);
			};
		},
		yieldToEvents: async () => new Promise(resolve => {
			setImmediate(resolve);
		}),
		spawn,
		environment,
		get identity() {
			return self();
		},
		user: userName(),
		processorCount: availableParallelism(),
		isAlive(other) {
			const own = self();
			if (other.host !== own.host || other.bootId === '' || own.bootId === '') {
				return true;
			}

			if (other.bootId !== own.bootId) {
				const bootOf = (one: ProcessIdentity) => one.bootId.split(' ', 1)[0];
				return bootOf(other) === bootOf(own);
			}

			return other.startTicks === startTicksOf(other.pid);
		},
	};
}
