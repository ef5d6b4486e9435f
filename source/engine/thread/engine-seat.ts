import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {Worker, type ResourceLimits} from 'node:worker_threads';
import {createSystemRuntime} from '../runtime.ts';
import type {MessageFromThread, MessageToThread, ThreadStart} from './protocol.ts';

/** Where an engine can run apart from who asks it. A process gives all of its memory back when it ends, and nothing that happens in it can end the other one; a thread is there sooner. */
export type EnginePlace = 'thread' | 'process';

/** An engine's thread or process, seen from who started it. */
export type EngineSeat = {
	/** The process that it runs in; `undefined` where that could not be started. */
	readonly processId: number | undefined;
	post(message: MessageToThread, transferred?: readonly ArrayBuffer[]): void;
	/** End it at once. */
	end(): Promise<void>;
};

export type SeatListener = {
	readonly onMessage: (message: MessageFromThread) => void;
	/** Told once, when it can neither hear nor say anything any more. @param cause - Of an end that was not asked for. */
	readonly onExit: (cause: unknown) => void;
};

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const urlOf = (entry: string) => new URL(`${entry}.${extension}`, import.meta.url);

/** @param resourceLimits - How much memory the thread may take. */
export function createThreadSeat(start: ThreadStart, resourceLimits: ResourceLimits, {onMessage, onExit}: SeatListener): EngineSeat {
	const worker = new Worker(urlOf('engine-thread'), {workerData: start, resourceLimits, name: 'coffer engine'});
	let cause: unknown;
	worker.on('message', onMessage);
	worker.on('error', error => {
		cause = error;
	});
	worker.on('exit', code => {
		onExit(cause ?? `exit code ${code}`);
	});
	return {
		processId: createSystemRuntime().identity.pid,
		post(message, transferred = []) {
			worker.postMessage(message, transferred);
		},
		async end() {
			await worker.terminate();
		},
	};
}

/** Variables that hold a secret, which is asked for in the process with the terminal. */
const secretVariables = ['COFFER_PASSPHRASE', 'COFFER_PASSPHRASE_COMMAND', 'COFFER_PASSPHRASE_FD'];

/** Characters kept of what a dying engine says. */
const keptComplaint = 4096;

/** The line of a stack or of Node's own last words that says what it was. */
function firstError(text: string): string | undefined {
	const lines = text.split('\n').map(line => line.trim()).filter(line => line !== '');
	return lines.find(line => /error|fatal/i.test(line)) ?? lines[0];
}

/**
A process of its own, in a session of its own: what the terminal's driver sends to all processes in front of it (Ctrl-C, a hang-up) is for the one with the screen to decide.
When that one is gone, the channel closes, and the engine ends safely by itself.
@param hiddenVariables - Names in the environment that it does not get.
*/
export function createProcessSeat(start: ThreadStart, hiddenVariables: readonly string[], {onMessage, onExit}: SeatListener): EngineSeat {
	const runtime = createSystemRuntime();
	const hidden = new Set([...secretVariables, ...hiddenVariables]);
	const environment = Object.fromEntries(Object.entries(runtime.environment).filter(([name]) => !hidden.has(name)));
	const child = runtime.spawn(process.execPath, [fileURLToPath(urlOf('engine-process'))], {stdio: ['ignore', 'ignore', 'pipe', 'ipc'], serialization: 'advanced', detached: true, env: environment});
	const ended = Promise.withResolvers<void>();
	let isOver = false;
	const end = (cause: unknown) => {
		if (!isOver) {
			isOver = true;
			onExit(cause);
			ended.resolve();
		}
	};

	child.on('message', message => {
		onMessage(message as MessageFromThread);
	});
	child.on('error', end);
	let complaint = '';
	child.stderr?.setEncoding('utf8').on('data', (text: string) => {
		complaint = (complaint + text).slice(-keptComplaint);
	});
	// Not at its exit: what it has said last may still be on its way.
	child.on('close', (code, signal) => {
		const reason = signal === null ? `exit code ${code}` : `signal ${signal}`;
		const said = firstError(complaint);
		end(said === undefined ? reason : `${reason}, ${said}`);
	});
	const post = (message: unknown, transferred: readonly ArrayBuffer[] = []) => {
		// Where the other side has just died, its exit tells everything.
		if (child.connected) {
			child.send(message as object, () => undefined);
		}

		// A thread would own them now: here they are of no use any more, and may hold a key.
		for (const buffer of transferred) {
			new Uint8Array(buffer).fill(0);
		}
	};

	post(start);
	return {
		processId: child.pid,
		post,
		async end() {
			child.kill('SIGKILL');
			await ended.promise;
		},
	};
}
