import {closeSync, constants, fchmodSync, fstatSync, openSync, renameSync, statSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type {Logger} from 'pino';
import {errorText, makeFolders} from '../engine/index.ts';
import {toSafeText} from '../text/display-text.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
/** What a line says besides its message. Never a secret. */
export type LogFacts = Readonly<Record<string, string | number | boolean | undefined>>;

type Line = {readonly level: LogLevel; readonly message: string; readonly facts: LogFacts; readonly time: string};

const maximumLogBytes = 10 * 1024 * 1024;
const keptLogs = 4;
const linesAtOnce = 100;

/**
The log `logs/coffer.log` below the state folder: JSON lines, mode 0600, begun anew at 10 MiB with the last four kept. Lines wait in memory until there are some, so that a short command loads
and opens nothing before its work is done. A log that cannot be written stops nothing.
*/
export class Log {
	readonly file: string;
	readonly #isVerbose: boolean;
	readonly #now: () => number;
	#waiting: Line[] = [];
	#logger: {pino: Logger; descriptor: number} | undefined;
	#flushing: Promise<void> = Promise.resolve();
	/** Why the last lines could not be written; they are lost. */
	problem: string | undefined;

	constructor(stateFolder: string, options: {readonly isVerbose: boolean; readonly now: () => number}) {
		this.file = path.join(stateFolder, 'logs', 'coffer.log');
		this.#isVerbose = options.isVerbose;
		this.#now = options.now;
	}

	get isVerbose(): boolean {
		return this.#isVerbose;
	}

	write(level: LogLevel, message: string, facts: LogFacts = {}): void {
		if (level === 'debug' && !this.#isVerbose) {
			return;
		}

		const safeFacts = Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, typeof value === 'string' ? toSafeText(value) : value]));
		this.#waiting.push({level, message: toSafeText(message), facts: safeFacts, time: new Date(this.#now()).toISOString()});
		if (this.#waiting.length >= linesAtOnce) {
			void this.flush();
		}
	}

	/** Write what waits. Never fails. */
	async flush(): Promise<void> {
		this.#flushing = this.#flushing.then(async () => this.#flush());
		await this.#flushing;
	}

	async close(): Promise<void> {
		await this.flush();
		if (this.#logger) {
			closeSync(this.#logger.descriptor);
			this.#logger = undefined;
		}
	}

	async #flush(): Promise<void> {
		const lines = this.#waiting;
		this.#waiting = [];
		if (lines.length === 0) {
			return;
		}

		try {
			this.#closeIfOver();
			this.#logger ??= await this.#open();
			for (const {level, message, facts, time} of lines) {
				this.#logger.pino[level]({time, ...facts}, message);
			}

			this.problem = undefined;
		} catch (error) {
			this.problem = errorText(error);
		}
	}

	/** A process that runs for days does not go on in a log that has grown too large, or that another process has put aside. */
	#closeIfOver(): void {
		if (!this.#logger) {
			return;
		}

		const {ino, size} = fstatSync(this.#logger.descriptor);
		if (size >= maximumLogBytes || statSync(this.file, {throwIfNoEntry: false})?.ino !== ino) {
			closeSync(this.#logger.descriptor);
			this.#logger = undefined;
		}
	}

	async #open(): Promise<{pino: Logger; descriptor: number}> {
		const {default: pino} = await import('pino');
		makeFolders(path.dirname(this.file));
		this.#rotate();
		const descriptor = openSync(this.file, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
		fchmodSync(descriptor, 0o600);
		return {
			descriptor,
			pino: pino({level: 'debug', base: {pid: process.pid}, timestamp: false, formatters: {level: label => ({level: label})}}, pino.destination({fd: descriptor, sync: true})),
		};
	}

	#rotate(): void {
		if ((statSync(this.file, {throwIfNoEntry: false})?.size ?? 0) < maximumLogBytes) {
			return;
		}

		for (let number = keptLogs - 1; number >= 0; number--) {
			const from = number === 0 ? this.file : `${this.file}.${number}`;
			if (statSync(from, {throwIfNoEntry: false})) {
				renameSync(from, `${this.file}.${number + 1}`);
			}
		}
	}
}
