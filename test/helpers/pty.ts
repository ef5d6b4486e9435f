import {spawn} from 'node:child_process';
import {closeSync, constants, openSync} from 'node:fs';
import {createRequire} from 'node:module';
import os from 'node:os';
import process from 'node:process';
import {text as readText} from 'node:stream/consumers';
import {ReadStream} from 'node:tty';

/*
Of node-pty only the native part is used. Its own `spawn` gives the terminal up before anybody can look at the settings that a program left, and cuts the output off 200 ms after the program's end.
*/
type NativePty = {
	/** @param environment - NAME=VALUE. @param onExit - `signal` is 0 where there was none. */
	fork(
		file: string, args: readonly string[], environment: readonly string[], cwd: string, columns: number, rows: number,
		uid: number, gid: number, isUtf8: boolean, helperPath: string, onExit: (code: number, signal: number) => void,
	): {readonly fd: number; readonly pid: number; readonly pty: string};
	resize(fd: number, columns: number, rows: number): void;
};

function loadNative(): NativePty | undefined {
	try {
		const {requireBinary} = createRequire(import.meta.url)('@lydell/node-pty/requireBinary.js') as {requireBinary(file: string): NativePty};
		return requireBinary('pty.node');
	} catch {
		return undefined;
	}
}

const native = loadNative();

/** What keeps this machine from giving tests a real terminal; `undefined` where nothing does. For `optionalTest`. */
export const ptyLack: string | undefined = native === undefined ? `no pseudoterminals for ${process.platform} ${process.arch}` : undefined;

/** How a program ended. */
export type Exit = {readonly code: number | null; readonly signal: NodeJS.Signals | null};

/** What the kernel does with what is typed. */
export type LineSettings = {
	/** What is typed is shown. */
	readonly isEchoing: boolean;
	/** The program gets whole lines. */
	readonly isCanonical: boolean;
	/** Ctrl-C and Ctrl-Z are signals. */
	readonly hasSignals: boolean;
	/** A line feed also returns to the first column. */
	readonly isProcessingOutput: boolean;
};

export type PtyOptions = {
	/** The program's absolute path, and its arguments. */
	readonly command: readonly string[];
	readonly columns: number;
	readonly rows: number;
	/** All that the program gets. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly cwd: string;
	readonly onData: (bytes: Buffer) => void;
};

function signalName(signal: number): NodeJS.Signals | null {
	return Object.entries(os.constants.signals).find(([, number]) => number === signal)?.[0] as NodeJS.Signals | undefined ?? null;
}

/** A program in a pseudoterminal of its own, as the leader of its session. */
export class Pty {
	readonly pid: number;
	/** Settles when the program has ended, everything that it wrote was read, and `lineSettings` are those that it left. */
	readonly exited: Promise<Exit>;
	readonly #fd: number;
	/** Keeps the terminal, with its settings, after the program's end. */
	readonly #slave: number;
	readonly #master: ReadStream;
	readonly #closed = Promise.withResolvers<void>();
	#hasExited = false;
	/** The slave is closed, and `left` is final. */
	#isOver = false;
	#left: LineSettings | undefined;

	/** @throws When the machine has no pseudoterminals; see `ptyLack`. */
	constructor({command, columns, rows, environment, cwd, onData}: PtyOptions) {
		if (native === undefined) {
			throw new Error(ptyLack);
		}

		const ended = Promise.withResolvers<Exit>();
		const variables = Object.entries(environment).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${value}`);
		const {fd, pid, pty} = native.fork(command[0]!, command.slice(1), variables, cwd, columns, rows, -1, -1, true, '', (code, signal) => {
			this.#hasExited = true;
			ended.resolve(signal === 0 ? {code, signal: null} : {code: null, signal: signalName(signal)});
		});
		this.#slave = openSync(pty, constants.O_RDWR | constants.O_NOCTTY);
		this.#fd = fd;
		this.pid = pid;
		this.#master = new ReadStream(fd);
		this.#master.on('data', onData);
		// EIO is the end: nobody has the terminal any more.
		this.#master.on('error', () => undefined);
		this.#master.on('close', () => {
			this.#closed.resolve();
		});
		this.exited = this.#end(ended.promise);
	}

	write(text: string): void {
		this.#master.write(text);
	}

	resize(columns: number, rows: number): void {
		// Later its number may be that of another file.
		if (!this.#master.destroyed) {
			native!.resize(this.#fd, columns, rows);
		}
	}

	/** Send the program a signal. Nothing happens when it has ended. */
	kill(signal: NodeJS.Signals): void {
		this.#kill(this.pid, signal);
	}

	/** As when the connection to a terminal is lost: the program gets SIGHUP, and can write no more. */
	hangUp(): void {
		this.#master.destroy();
	}

	/** The settings now, or those that the program left. `undefined` once the terminal is gone. */
	async lineSettings(): Promise<LineSettings | undefined> {
		return this.#isOver ? this.#left : this.#readSettings();
	}

	/** Kill the program's process group and take the terminal away. */
	async close(): Promise<void> {
		this.#kill(-this.pid, 'SIGKILL');
		this.#master.destroy();
		await this.exited;
	}

	#kill(pid: number, signal: NodeJS.Signals): void {
		try {
			if (!this.#hasExited) {
				process.kill(pid, signal);
			}
		} catch (error) {
			// It has ended, and nobody has told us yet.
			if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
				throw error;
			}
		}
	}

	async #end(ended: Promise<Exit>): Promise<Exit> {
		const exit = await ended;
		this.#left = await this.#readSettings();
		this.#isOver = true;
		closeSync(this.#slave);
		await this.#closed.promise;
		return exit;
	}

	async #readSettings(): Promise<LineSettings | undefined> {
		// Not by the terminal's name, which another one has as soon as this one is gone.
		const stty = spawn('stty', ['-a'], {stdio: [this.#slave, 'pipe', 'ignore'], env: {PATH: process.env['PATH'], LC_ALL: 'C'}});
		stty.on('error', () => undefined);
		const words = new Set((await readText(stty.stdout!)).split(/[\s;]+/));
		return words.has('speed') ? {isEchoing: words.has('echo'), isCanonical: words.has('icanon'), hasSignals: words.has('isig'), isProcessingOutput: words.has('opost')} : undefined;
	}
}
