import type {Buffer} from 'node:buffer';
import type {ChildProcess} from 'node:child_process';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {Readable, type Duplex, type Writable} from 'node:stream';
import {errorText} from '../errors.ts';
import type {Runtime} from '../runtime.ts';

/** How long others may hold what a job's process wrote to when it has ended itself, in milliseconds. */
const lingerMs = 5000;
/** Lines of one process that are passed on; the others are dropped. */
const maximumLines = 1000;
const maximumLineLength = 2000;

/** How the process of a job is started. */
export type JobCommand = {
	/** Absolute. */
	readonly program: string;
	readonly arguments: readonly string[];
	/** All that it gets. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly workingFolder: string;
	/** What is written to its descriptor 3, and wiped. @default it has none */
	readonly secret?: Buffer | undefined;
};

/** How a job's process ended. */
export type JobProcessEnd = {
	/** Its exit code; of one that a signal ended, 128 and the signal's number, as a shell has it; 1 for one that could not be started. */
	readonly code: number;
	/** What it said last, on either stream. Empty where it said nothing. */
	readonly line: string;
};

const signalNumbers: Readonly<Partial<Record<NodeJS.Signals, number>>> = {SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13, SIGTERM: 15};

/**
The process of one job. It has a session of its own: no signal of a terminal reaches it, and it goes on to its end when whoever started it is gone.
*/
export class JobProcess {
	/** Settles when it is gone. Never fails. */
	readonly ended: Promise<JobProcessEnd>;
	readonly #child: ChildProcess | undefined;
	readonly #onLine: (line: string) => void;
	#lineCount = 0;
	#lastLine = '';
	#hasExited = false;

	/** @param onLine - Told of each line that it says, on either stream, without its end. */
	constructor(command: JobCommand, runtime: Pick<Runtime, 'spawn' | 'every'>, onLine: (line: string) => void) {
		this.#onLine = onLine;
		try {
			this.#child = runtime.spawn(command.program, command.arguments, {
				cwd: command.workingFolder,
				env: command.environment,
				stdio: ['ignore', 'pipe', 'pipe', ...(command.secret ? ['pipe' as const] : [])],
				detached: true,
			});
		} catch (error) {
			command.secret?.fill(0);
			this.ended = Promise.resolve({code: 1, line: `could not be started: ${errorText(error)}`});
			return;
		}

		this.#hand(command.secret);
		this.ended = this.#follow(this.#child, runtime);
	}

	/** `undefined` where it could not be started. */
	get pid(): number | undefined {
		return this.#child?.pid;
	}

	/** Ask it to end, safely. */
	terminate(): void {
		if (!this.#hasExited) {
			this.#child?.kill('SIGTERM');
		}
	}

	/** End it at once, with whatever it has started. */
	kill(): void {
		const {pid} = this;
		if (pid === undefined || this.#hasExited) {
			return;
		}

		try {
			process.kill(-pid, 'SIGKILL');
		} catch {
			// It has ended meanwhile, or is not yet the leader of its group.
			this.#child?.kill('SIGKILL');
		}
	}

	/** Keep this process alive for it no longer. */
	detach(): void {
		this.#child?.unref();
		for (const stream of [this.#child?.stdout, this.#child?.stderr]) {
			(stream as Duplex & {unref?: () => void} | null | undefined)?.unref?.();
		}
	}

	#hand(secret: Buffer | undefined): void {
		const stream = this.#child?.stdio[3] as Writable | null | undefined;
		if (!secret || !stream) {
			secret?.fill(0);
			return;
		}

		// One that ends before it has read its secret needs none.
		stream.on('error', () => undefined);
		stream.end(secret, () => {
			secret.fill(0);
		});
	}

	async #follow(child: ChildProcess, runtime: Pick<Runtime, 'every'>): Promise<JobProcessEnd> {
		const streams = [child.stdout, child.stderr].filter(stream => stream instanceof Readable);
		for (const stream of streams) {
			stream.on('error', () => undefined);
			createInterface({input: stream, crlfDelay: Number.POSITIVE_INFINITY}).on('line', line => {
				this.#tell(line);
			});
		}

		return new Promise(resolve => {
			let stopLingering: (() => void) | undefined;
			child.on('error', error => {
				if (child.pid === undefined) {
					this.#hasExited = true;
					resolve({code: 1, line: `could not be started: ${error.message}`});
				}
			});
			child.on('exit', () => {
				this.#hasExited = true;
				// A service that it has started may hold its output for ever.
				stopLingering = runtime.every(lingerMs, () => {
					for (const stream of streams) {
						stream.destroy();
					}
				});
			});
			// Its output may end before its exit code is known, and the other way round.
			child.on('close', (code: number | null, signal: NodeJS.Signals | null) => {
				stopLingering?.();
				resolve({code: code ?? 128 + (signalNumbers[signal!] ?? 0), line: this.#lastLine});
			});
		});
	}

	#tell(line: string): void {
		if (line.trim() === '') {
			return;
		}

		this.#lastLine = line.slice(0, maximumLineLength);
		this.#lineCount++;
		if (this.#lineCount <= maximumLines) {
			this.#onLine(this.#lastLine);
		}
	}
}
