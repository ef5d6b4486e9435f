import {type Buffer} from 'node:buffer';
import {closeSync} from 'node:fs';
import type {ChildProcess} from 'node:child_process';
import process from 'node:process';
import type {Writable} from 'node:stream';
import {CofferError, systemErrorCode, throwIfAborted} from '../errors.ts';
import {maskUrls} from './mask-urls.ts';
import {openPrivateFile} from './private-file.ts';
import {cleanEnvironment, type ProgramCall, type ProgramContext} from './program-call.ts';

/** Between asking a program to end and ending it, in milliseconds. */
const graceMs = 5000;
/** How long others may hold what a program wrote to when it has ended itself, in milliseconds. */
const lingerMs = 1000;
const pollMs = 20;
/** Of what a program writes to its standard error, the last so many characters are kept. */
const maximumErrorCharacters = 16_384;
const shownErrorCharacters = 600;

export type StartOptions = {
	/** Whether `input` will be written and ended; without it there is nothing to read for the program. @default false */
	readonly hasInput?: boolean;
	/** Whether it may leave others behind that hold its output, as one that starts a service: what they write is not waited for. @default false */
	readonly mayLeaveOthers?: boolean;
};

/** How a program has ended. */
type End = {readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly error?: Error};

/**
A program that runs, in a process group of its own, so that its children end with it.
*/
export class RunningProgram {
	readonly #child: ChildProcess;
	readonly #call: ProgramCall;
	readonly #context: ProgramContext;
	readonly #end: Promise<End>;
	#errors = '';
	#isLogged = false;
	#hasEnded = false;
	#isForced = false;
	#isReleased = false;
	#stopKilling: (() => void) | undefined;
	#stopLingering: (() => void) | undefined;
	readonly #mayLeaveOthers: boolean;

	private constructor(child: ChildProcess, call: ProgramCall, context: ProgramContext, {mayLeaveOthers = false}: StartOptions) {
		this.#child = child;
		this.#mayLeaveOthers = mayLeaveOthers;
		this.#call = call;
		this.#context = context;
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			this.#errors = (this.#errors + text).slice(-maximumErrorCharacters);
		});
		this.#end = new Promise(resolve => {
			let failure: Error | undefined;
			const end = (code: number | null, signal: NodeJS.Signals | null) => {
				this.#hasEnded = true;
				this.#stopKilling?.();
				this.#stopLingering?.();
				context.signal?.removeEventListener('abort', this.#onAbort);
				resolve({code, signal, ...(failure && {error: failure})});
			};

			child.on('error', error => {
				failure = error;
				if (child.pid === undefined) {
					// One that was never started does not close.
					end(null, null);
				}
			});
			child.on('exit', this.#onLinger);
			child.stdout?.on('close', this.#onLinger);
			// Its output may end before its exit code is known, so "exit" would be too early, and the end of the output as well.
			child.on('close', (code: number | null, signal: NodeJS.Signals | null) => {
				void this.#outlast().then(() => {
					end(code, signal);
				});
			});
		});
		context.signal?.addEventListener('abort', this.#onAbort, {once: true});
	}

	/**
	Start a program.
	@throws `aborted`, `source-failed`
	*/
	static start(call: ProgramCall, context: ProgramContext, options: StartOptions = {}): RunningProgram {
		const {hasInput = false} = options;
		const {runtime, signal} = context;
		throwIfAborted(signal);
		const secrets: number[] = [];
		try {
			for (const secret of call.secretFiles ?? []) {
				secrets.push(openPrivateFile(secret, runtime));
			}

			const child = runtime.spawn(call.program, call.arguments, {
				cwd: call.workingFolder ?? '/',
				env: {...cleanEnvironment(runtime), ...call.environment},
				stdio: [hasInput ? 'pipe' : 'ignore', 'pipe', 'pipe', ...secrets],
				detached: true,
			});
			return new RunningProgram(child, call, context, options);
		} finally {
			for (const descriptor of secrets) {
				closeSync(descriptor);
			}
		}
	}

	/** What it writes to its standard output, to be read once. It ends without an error also where the program has failed: see `succeed`. */
	get output(): AsyncIterable<Buffer> {
		return this.#read();
	}

	get input(): Writable {
		return this.#child.stdin!;
	}

	/** What it has written to its standard error so far, at most the last 16,384 characters, without passwords in URLs. */
	get errors(): string {
		return maskUrls(this.#errors);
	}

	/** Wait for its end. @throws the call's failure code unless it ended by itself with exit code 0; `aborted` */
	async succeed(): Promise<void> {
		const end = await this.#end;
		this.#logErrors();
		throwIfAborted(this.#context.signal);
		const {what, failureCode = 'source-failed', program} = this.#call;
		if (end.error !== undefined || end.code !== 0) {
			const said = this.#lastWords();
			throw new CofferError(failureCode, `${what} failed: ${this.#describe(end)}${said === '' ? '.' : `: ${said}`}`, {context: {program, ...(end.code !== null && {exitCode: end.code})}});
		}
	}

	/**
	End it, if it still runs: asked first, then by force. Resolves when it has gone, with all its children but those that have left its process group.
	@param signal - How it is asked.
	*/
	async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
		this.#kill(signal);
		// Nobody reads on; who waits to write shall fail.
		this.#child.stdout?.destroy();
		this.#child.stdin?.destroy();
		await this.#end;
		this.#logErrors();
	}

	readonly #onAbort = () => {
		this.#kill();
	};

	/** A service that it has started may hold what it wrote its errors to for ever; its output may still come from another program of a pipe. */
	readonly #onLinger = () => {
		const {stdout, exitCode, signalCode} = this.#child;
		const hasExited = exitCode !== null || signalCode !== null;
		if (!this.#hasEnded && hasExited && (this.#mayLeaveOthers || stdout?.closed !== false)) {
			this.#stopLingering ??= this.#context.runtime.every(lingerMs, () => {
				this.#release();
			});
		}
	};

	async * #read(): AsyncGenerator<Buffer, void, undefined> {
		try {
			yield * this.#child.stdout! as AsyncIterable<Buffer>;
		} catch (error) {
			if (!this.#isReleased) {
				throw error;
			}
		}
	}

	/** Read no more of what others hold that do not end. */
	#release(): void {
		this.#isReleased = true;
		this.#child.stdout?.destroy();
		this.#child.stderr?.destroy();
		this.#child.stdin?.destroy();
	}

	/** Where it was asked to end, those that it has started and that hold nothing of it any more have the same time to do so. */
	async #outlast(): Promise<void> {
		const {runtime} = this.#context;
		const endMs = runtime.monotonicMs() + graceMs;
		while (this.#stopKilling && !this.#isForced && this.#signalGroup(0)) {
			if (runtime.monotonicMs() >= endMs) {
				this.#signalGroup('SIGKILL');
				return;
			}

			await runtime.sleep(pollMs);
		}
	}

	#kill(signal: NodeJS.Signals = 'SIGTERM'): void {
		if (this.#hasEnded || this.#stopKilling) {
			return;
		}

		this.#signalGroup(signal);
		this.#stopKilling = this.#context.runtime.every(graceMs, () => {
			this.#isForced = true;
			this.#signalGroup('SIGKILL');
			// One that has left the group goes on, and may hold its output.
			this.#release();
		});
	}

	/** @param signal - 0 only asks. @returns Whether anybody is there. */
	#signalGroup(signal: NodeJS.Signals | 0): boolean {
		const {pid} = this.#child;
		if (pid === undefined) {
			return false;
		}

		try {
			process.kill(-pid, signal);
			return true;
		} catch (error) {
			// It has ended meanwhile.
			return systemErrorCode(error) !== 'ESRCH' && this.#child.kill(signal);
		}
	}

	#describe({code, signal, error}: End): string {
		if (error) {
			return systemErrorCode(error) === 'ENOENT' ? `there is no program ${this.#call.program}` : `${this.#call.program} could not be run (${error.message})`;
		}

		return signal === null ? `exit code ${code}` : `it was ended by the signal ${signal}`;
	}

	/** The end of what it said, in one line. */
	#lastWords(): string {
		const lines = this.errors.split('\n').map(line => line.trim()).filter(line => line !== '');
		const text = lines.slice(-3).join(' / ');
		return text.length <= shownErrorCharacters ? text : `…${text.slice(-shownErrorCharacters)}`;
	}

	#logErrors(): void {
		const text = this.errors.trim();
		if (text !== '' && !this.#isLogged) {
			this.#isLogged = true;
			this.#context.log(`${this.#call.what} wrote: ${text}`);
		}
	}
}
