import process from 'node:process';
import xterm from '@xterm/headless';
import type {ExecutionContext} from 'ava';
import {Pty, type Exit, type LineSettings} from './pty.ts';
import type {TestHost} from './run-coffer.ts';
import {readCells, type Cell} from './screen-cells.ts';
import {encodeKey, type Key} from './terminal-keys.ts';

export type TerminalOptions = {
	/** The program's absolute path, and its arguments. */
	readonly command: readonly string[];
	/** @default 80 */
	readonly columns?: number;
	/** @default 24 */
	readonly rows?: number;
	/** All that the program gets, besides TERM=xterm-256color. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly cwd: string;
};

/** A text that the screen shows, a pattern (not a global one) that its text matches (lines joined by line feeds), or a question to the terminal. */
export type Wanted = string | RegExp | ((terminal: Terminal) => boolean);

type Waiter = {readonly wanted: Wanted; readonly resolve: (text: string) => void; readonly reject: (error: Error) => void; readonly timer: NodeJS.Timeout};

const describe = (wanted: Wanted): string => typeof wanted === 'string' ? JSON.stringify(wanted) : String(wanted);

/**
A program in a real terminal, of which an emulator keeps the screen. Keys go in, the screen comes out; nobody sleeps: `waitFor` looks at every change.
*/
export class Terminal {
	/** Settles when the program has ended and everything that it wrote stands on the screen. */
	readonly exited: Promise<Exit>;
	readonly #emulator: xterm.Terminal;
	readonly #pty: Pty;
	readonly #output: Buffer[] = [];
	readonly #waiters = new Set<Waiter>();
	readonly #listeners = new Set<() => void>();
	#isCursorVisible = true;
	#exit: Exit | undefined;

	/** @throws When the machine has no pseudoterminals; see `ptyLack`. */
	constructor({command, columns = 80, rows = 24, environment, cwd}: TerminalOptions) {
		this.#emulator = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, logLevel: 'off'});
		this.#watchCursor();
		this.#pty = new Pty({command, columns, rows, cwd, environment: {TERM: 'xterm-256color', ...environment}, onData: bytes => {
			this.#output.push(bytes);
			this.#emulator.write(bytes, () => {
				this.#look();
			});
		}});
		// Answers to what programs ask a terminal.
		this.#emulator.onData(answer => {
			this.#pty.write(answer);
		});
		this.exited = this.#end();
	}

	get columns(): number {
		return this.#emulator.cols;
	}

	get rows(): number {
		return this.#emulator.rows;
	}

	get pid(): number {
		return this.#pty.pid;
	}

	/** The screen's lines, without the spaces at their ends. */
	screen(): string[] {
		const {active} = this.#emulator.buffer;
		return Array.from({length: this.rows}, (_, y) => active.getLine(active.baseY + y)!.translateToString(true));
	}

	/** The screen's lines joined by line feeds. */
	get text(): string {
		return this.screen().join('\n');
	}

	/** The screen with its colours: rows of cells. */
	cells(): Cell[][] {
		return readCells(this.#emulator);
	}

	/** Every byte that the program has written so far. */
	get rawOutput(): Buffer {
		return Buffer.concat(this.#output);
	}

	get isAlternateScreen(): boolean {
		return this.#emulator.buffer.active.type === 'alternate';
	}

	/** From 0, in the screen. */
	get cursor(): {readonly x: number; readonly y: number; readonly isVisible: boolean} {
		const {cursorX: x, cursorY: y} = this.#emulator.buffer.active;
		return {x, y, isVisible: this.#isCursorVisible};
	}

	/** What the kernel does with what is typed, now or as the program left it. `undefined` once the terminal is gone. */
	async lineSettings(): Promise<LineSettings | undefined> {
		return this.#pty.lineSettings();
	}

	/** What differs from a terminal as a shell wants it, in words; to be empty after a program's end. */
	async leftovers(): Promise<string[]> {
		const settings = await this.lineSettings();
		const {modes} = this.#emulator;
		const signs: Array<[boolean, string]> = [
			[this.isAlternateScreen, 'alternate screen'],
			[!this.#isCursorVisible, 'hidden cursor'],
			[modes.bracketedPasteMode, 'bracketed paste'],
			[modes.applicationCursorKeysMode, 'application cursor keys'],
			[modes.mouseTrackingMode !== 'none', 'mouse tracking'],
			[modes.sendFocusMode, 'focus events'],
			[modes.synchronizedOutputMode, 'synchronized output'],
			[settings?.isEchoing === false, 'no echo'],
			[settings?.isCanonical === false, 'no lines'],
			[settings?.hasSignals === false, 'no signals'],
			[settings?.isProcessingOutput === false, 'raw output'],
		];
		return signs.filter(([isLeft]) => isLeft).map(([, word]) => word);
	}

	/** Press keys, one after the other. A program may get several at once; wait for what a key does before an escape is followed by another key. */
	press(...keys: readonly Key[]): void {
		for (const key of keys) {
			this.#pty.write(encodeKey(key, this.#emulator.modes.applicationCursorKeysMode));
		}
	}

	/** Type a text as it stands. */
	type(text: string): void {
		this.#pty.write(text);
	}

	/** Paste, in brackets where the program has asked for them. */
	paste(text: string): void {
		this.#pty.write(this.#emulator.modes.bracketedPasteMode ? `\u001B[200~${text}\u001B[201~` : text);
	}

	resize(columns: number, rows: number): void {
		this.#emulator.resize(columns, rows);
		this.#pty.resize(columns, rows);
	}

	/** Send the program a signal. */
	kill(signal: NodeJS.Signals): void {
		this.#pty.kill(signal);
	}

	/** As when an SSH connection is lost. */
	hangUp(): void {
		this.#pty.hangUp();
	}

	/** Call after each change of the screen that a person would see. Returns what ends it. */
	onChange(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => {
			this.#listeners.delete(listener);
		};
	}

	/**
	Wait until the screen is as wanted, and return its text. Within an update that the program calls synchronized nothing is looked at.
	@param options.timeoutMs - @default 20,000
	@throws With the whole screen in the message, when the time is over or the program has ended.
	*/
	async waitFor(wanted: Wanted, {timeoutMs = 20_000}: {readonly timeoutMs?: number} = {}): Promise<string> {
		const {promise, resolve, reject} = Promise.withResolvers<string>();
		const timer = setTimeout(() => {
			this.#fail(waiter, `Not seen within ${timeoutMs} ms`);
		}, timeoutMs);
		const waiter: Waiter = {wanted, resolve, reject, timer};
		this.#waiters.add(waiter);
		this.#look();
		return promise;
	}

	/** Kill the program if it still runs, and take the terminal away. */
	async close(): Promise<void> {
		await this.#pty.close();
		await this.exited;
		this.#emulator.dispose();
	}

	#watchCursor(): void {
		for (const [final, isVisible] of [['h', true], ['l', false]] as const) {
			this.#emulator.parser.registerCsiHandler({prefix: '?', final}, parameters => {
				this.#isCursorVisible = parameters.includes(25) ? isVisible : this.#isCursorVisible;
				return false;
			});
		}
	}

	async #end(): Promise<Exit> {
		const exit = await this.#pty.exited;
		await new Promise<void>(resolve => {
			this.#emulator.write('', resolve);
		});
		this.#exit = exit;
		this.#look();
		return exit;
	}

	#look(): void {
		if (this.#emulator.modes.synchronizedOutputMode && this.#exit === undefined) {
			return;
		}

		for (const listener of this.#listeners) {
			listener();
		}

		for (const waiter of this.#waiters) {
			if (this.#isAsWanted(waiter)) {
				this.#forget(waiter);
				waiter.resolve(this.text);
			} else if (this.#exit) {
				this.#fail(waiter, `The program has ended (${this.#exit.signal ?? `code ${this.#exit.code}`}) without`);
			}
		}
	}

	#isAsWanted({wanted, reject}: Waiter): boolean {
		if (typeof wanted !== 'function') {
			return typeof wanted === 'string' ? this.text.includes(wanted) : wanted.test(this.text);
		}

		try {
			return wanted(this);
		} catch (error) {
			reject(error as Error);
			return true;
		}
	}

	#fail(waiter: Waiter, problem: string): void {
		this.#forget(waiter);
		const edge = '-'.repeat(this.columns);
		waiter.reject(new Error(`${problem}: ${describe(waiter.wanted)}\n${edge}\n${this.text}\n${edge}`));
	}

	#forget(waiter: Waiter): void {
		clearTimeout(waiter.timer);
		this.#waiters.delete(waiter);
	}
}

/** Start a program in a terminal that goes when the test ends. */
export function openTerminal(t: Pick<ExecutionContext, 'teardown'>, options: TerminalOptions): Terminal {
	const terminal = new Terminal(options);
	t.teardown(async () => terminal.close());
	return terminal;
}

/** Start coffer on a host, in a terminal that goes when the test ends. @param options.environment - What differs from the host's. */
export function startCoffer(t: Pick<ExecutionContext, 'teardown'>, host: TestHost, argv: readonly string[] = [], options: Partial<Omit<TerminalOptions, 'command'>> = {}): Terminal {
	const {environment, cwd = host.folder, ...size} = options;
	return openTerminal(t, {command: [process.execPath, ...host.command(argv)], environment: {...host.environment, ...environment}, cwd, ...size});
}
