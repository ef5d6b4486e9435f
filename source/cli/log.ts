import process from 'node:process';
import type {Logger} from 'pino';
import {errorText, type Runtime} from '../engine/index.ts';
import {logChannels, type LogChannel, type LogLevel} from '../logs/channel.ts';
import {LogFile} from '../logs/log-file.ts';
import {logFileOf, logFolderOf} from '../logs/log-files.ts';
import type {LogSettings} from '../logs/settings.ts';
import {toSafeText} from '../text/display-text.ts';
import {refusalOf} from './refusals.ts';

export type {LogChannel, LogLevel} from '../logs/channel.ts';

/** What a line says besides its message. Never a secret. */
export type LogFacts = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes to one of the logs. */
export type LogWriter = {
	/** `debug` is written with `--verbose` only. */
	write(level: LogLevel, message: string, facts?: LogFacts): void;
};

type Line = {readonly channel: LogChannel; readonly level: LogLevel; readonly message: string; readonly facts: LogFacts; readonly timeMs: number};

export type LogOptions = {
	readonly isVerbose: boolean;
	readonly runtime: Pick<Runtime, 'now' | 'every'>;
	/** One id for all lines of a run of the program. */
	readonly run: string;
	/** What the program was called with: `backup`, `key rotate`. */
	readonly command: string;
	/** See `LogFileOptions`. */
	readonly settings: () => Promise<LogSettings | undefined>;
};

const linesAtOnce = 100;
/** Lines wait for so long at most, in milliseconds. */
const flushMs = 1000;
/** So many lines are kept for a log that cannot be written now; then the oldest are lost. */
const maximumKept = 1000;
const longestMessage = 8000;
const longestFact = 4000;

/** What every line says of itself; a fact of such a name gets another. */
const ownNames: ReadonlySet<string> = new Set(['level', 'time', 'pid', 'run', 'command', 'msg']);

const shorten = (text: string, length: number): string => text.length <= length ? text : `${text.slice(0, length)}… (${text.length - length} more characters)`;

function safeFacts(facts: LogFacts): LogFacts {
	return Object.fromEntries(Object.entries(facts).map(([name, value]) => [ownNames.has(name) ? `fact.${name}` : toSafeText(name), typeof value === 'string' ? toSafeText(shorten(value, longestFact)) : value]));
}

/**
The logs: JSON lines, mode 0600, in a file for each channel in the folder `logs` of what this host remembers. What is written without another word goes to `backup`.
Lines wait in memory for a moment, so that a short command loads and opens nothing before its work is done. A log that cannot be written stops nothing.
*/
export class Log implements LogWriter {
	/** Where the logs lie. */
	readonly folder: string;
	readonly #options: LogOptions;
	readonly #files = new Map<LogChannel, LogFile>();
	readonly #unwritten = new Map<LogChannel, string[]>();
	readonly #problems = new Map<LogChannel, string>();
	#waiting: Line[] = [];
	#formatter: {readonly pino: Logger; line: string} | undefined;
	#flushing: Promise<void> = Promise.resolve();
	#stopFlushing: (() => void) | undefined;

	constructor(stateFolder: string, options: LogOptions) {
		this.folder = logFolderOf(stateFolder);
		this.#options = options;
	}

	get isVerbose(): boolean {
		return this.#options.isVerbose;
	}

	/** Which log could not be written, and why: lines of it wait, and are lost when the program ends before it can be. */
	get problem(): {readonly file: string; readonly reason: string} | undefined {
		const [first] = this.#problems;
		return first && {file: logFileOf(this.folder, first[0]), reason: first[1]};
	}

	/** Write to `backup`. */
	write(level: LogLevel, message: string, facts: LogFacts = {}): void {
		this.#write('backup', level, message, facts);
	}

	/** A writer to another channel. Errors about access, in whichever channel, are told in `security`, too. */
	in(channel: LogChannel): LogWriter {
		return {
			write: (level, message, facts = {}) => {
				this.#write(channel, level, message, facts);
			},
		};
	}

	/** Write what waits. Never fails. */
	async flush(): Promise<void> {
		this.#flushing = this.#flushing.then(async () => this.#flush());
		await this.#flushing;
	}

	async close(): Promise<void> {
		this.#stopFlushing?.();
		this.#stopFlushing = undefined;
		await this.flush();
		for (const file of this.#files.values()) {
			file.close();
		}

		this.#files.clear();
	}

	#write(channel: LogChannel, level: LogLevel, message: string, facts: LogFacts): void {
		if (level === 'debug' && !this.isVerbose) {
			return;
		}

		const {runtime} = this.#options;
		this.#waiting.push({channel, level, message: toSafeText(shorten(message, longestMessage)), facts: safeFacts(facts), timeMs: runtime.now()});
		if (this.#waiting.length >= linesAtOnce) {
			void this.flush();
		}

		const refusal = channel === 'security' ? undefined : refusalOf(level, message, facts);
		if (refusal) {
			this.#write('security', 'warn', refusal.message, refusal.facts);
		}

		this.#stopFlushing ??= runtime.every(flushMs, () => {
			void this.flush();
		});
	}

	async #flush(): Promise<void> {
		const lines = this.#waiting;
		this.#waiting = [];
		try {
			for (const line of lines) {
				this.#linesOf(line.channel).push(await this.#format(line));
			}
		} catch (error) {
			this.#problems.set('backup', errorText(error));
		}

		for (const channel of logChannels) {
			await this.#append(channel, this.#linesOf(channel));
		}
	}

	async #append(channel: LogChannel, lines: string[]): Promise<void> {
		if (lines.length === 0) {
			return;
		}

		const {runtime, settings} = this.#options;
		const file = this.#files.get(channel) ?? new LogFile(logFileOf(this.folder, channel), {now: () => runtime.now(), settings});
		this.#files.set(channel, file);
		try {
			await file.append(lines);
			this.#problems.delete(channel);
		} catch (error) {
			file.close();
			this.#problems.set(channel, errorText(error));
			lines.splice(0, lines.length - maximumKept);
		}
	}

	#linesOf(channel: LogChannel): string[] {
		const lines = this.#unwritten.get(channel) ?? [];
		this.#unwritten.set(channel, lines);
		return lines;
	}

	async #format({level, message, facts, timeMs}: Line): Promise<string> {
		this.#formatter ??= await this.#createFormatter();
		const {run, command} = this.#options;
		this.#formatter.pino[level]({time: new Date(timeMs).toISOString(), pid: process.pid, run, command, ...facts}, message);
		return this.#formatter.line;
	}

	async #createFormatter(): Promise<{pino: Logger; line: string}> {
		const {default: pino} = await import('pino');
		const formatter = {line: '', pino: pino({level: 'debug', base: null, timestamp: false, formatters: {level: label => ({level: label})}}, {write(line: string) {
			formatter.line = line;
		}})};
		return formatter;
	}
}
