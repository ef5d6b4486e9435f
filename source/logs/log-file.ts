import {closeSync, constants, fchmodSync, fstatSync, openSync, readSync, statSync, writeSync} from 'node:fs';
import path from 'node:path';
import {makeFolders} from '../engine/index.ts';
import {deleteOld, firstLineMs, longestLogMs, putAside} from './rotation.ts';
import {defaultLogSettings, leastLogBytes, type LogSettings} from './settings.ts';

const newline = 0x0A;

export type LogFileOptions = {
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** What the configuration says, asked for only where a log may have to be begun anew; `undefined` where nobody knows: nothing is deleted then. */
	readonly settings: () => Promise<LogSettings | undefined>;
};

/**
A file to which several processes append lines at once. Each call of the system adds whole lines at the end; a line that a killed process has left half written is ended before the next one begins.
The file is begun anew by size and age (rotation.ts); who has it open goes on in the new one.
*/
export class LogFile {
	readonly file: string;
	readonly #options: LogFileOptions;
	#open: {readonly descriptor: number; readonly inode: number; readonly firstMs: number} | undefined;

	constructor(file: string, options: LogFileOptions) {
		this.file = file;
		this.#options = options;
	}

	/**
	Append lines, each with its end. What was written is taken out of the list.
	@throws what the system throws; what is left in the list was not written
	*/
	async append(lines: string[]): Promise<void> {
		while (lines.length > 0) {
			const bytes = Buffer.from(lines.join(''));
			const descriptor = await this.#prepare(bytes.length);
			const text = isEndedInside(descriptor) ? Buffer.concat([Buffer.of(newline), bytes]) : bytes;
			const written = writeSync(descriptor, text) - (text.length - bytes.length);
			let end = 0;
			const whole = written === bytes.length
				? lines.length
				: lines.findIndex(line => {
					end += Buffer.byteLength(line);
					return end > written;
				});
			lines.splice(0, whole);
		}
	}

	close(): void {
		if (this.#open) {
			closeSync(this.#open.descriptor);
			this.#open = undefined;
		}
	}

	/** The log as it lies under its name now, begun anew where it has to be. */
	async #prepare(addedBytes: number): Promise<number> {
		if (this.#open && statSync(this.file, {throwIfNoEntry: false})?.ino !== this.#open.inode) {
			this.close();
		}

		this.#open ??= this.#openFile();
		const {descriptor, inode, firstMs} = this.#open;
		const {size} = fstatSync(descriptor);
		const nowMs = this.#options.now();
		const isOld = size > 0 && nowMs - firstMs > longestLogMs;
		const isLarge = size > 0 && size + addedBytes > leastLogBytes;
		if (!isOld && !isLarge) {
			return descriptor;
		}

		const settings = await this.#options.settings();
		if (!isOld && size + addedBytes <= (settings ?? defaultLogSettings).sizeBytes) {
			return descriptor;
		}

		const aside = putAside(this.file, inode);
		if (aside !== undefined && settings) {
			deleteOld(this.file, {aside, nowMs, settings});
		}

		this.close();
		this.#open = this.#openFile();
		return this.#open.descriptor;
	}

	#openFile(): {descriptor: number; inode: number; firstMs: number} {
		makeFolders(path.dirname(this.file));
		const descriptor = openSync(this.file, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
		try {
			const stats = fstatSync(descriptor);
			if (!stats.isFile()) {
				throw new Error(`${this.file} is not a file`);
			}

			fchmodSync(descriptor, 0o600);
			return {descriptor, inode: stats.ino, firstMs: stats.size === 0 ? this.#options.now() : firstLineMs(descriptor) ?? stats.birthtimeMs};
		} catch (error) {
			closeSync(descriptor);
			throw error;
		}
	}
}

/** Whether the last line of an open log has no end. */
function isEndedInside(descriptor: number): boolean {
	const {size} = fstatSync(descriptor);
	const last = Buffer.of(newline);
	return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== newline;
}
