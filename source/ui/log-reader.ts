import {constants, open, stat, type FileHandle} from 'node:fs/promises';

/** So much of the end of a log is read at first, and at most at once later, in bytes. */
export const readAtOnce = 256 * 1024;
/** A line that is longer is given in pieces, in bytes. */
export const longestLine = 16 * 1024;

const newline = 0x0A;

/** The lines of a growing file, piece by piece. A file that is begun anew, under its name or in place, is read from its new beginning, after what was left of the old one. */
export class LogReader {
	readonly file: string;
	#handle: FileHandle | undefined;
	#position = 0;
	/** The beginning of a line whose end is not written yet. */
	#rest: Buffer = Buffer.alloc(0);
	/** The next line end ends a line whose beginning was left out. */
	#isInside = false;

	constructor(file: string) {
		this.file = file;
	}

	/**
	Give what was written since the last time, or at first the end of what is there.
	@param take - Gets each line, oldest first, without its end; what is not UTF-8 in it stands as U+FFFD. Empty lines are left out.
	@throws What stands in the way of reading; lines that could be read were given before. It may be tried again
	*/
	async read(take: (line: string) => void): Promise<void> {
		if (this.#handle) {
			await this.#readOn(this.#handle, take);
		}

		const named = await stat(this.file);
		const known = await this.#handle?.stat();
		if (known?.ino === named.ino && known.dev === named.dev) {
			return;
		}

		await this.close();
		// What is no file could keep waiting who opens it.
		const handle = await open(this.file, constants.O_RDONLY | constants.O_NONBLOCK);
		const stats = await handle.stat();
		if (!stats.isFile()) {
			await handle.close();
			throw new Error('it is not a file');
		}

		this.#handle = handle;
		this.#startAt(0);
		await this.#readOn(handle, take);
	}

	/** Give the file back. Never fails. */
	async close(): Promise<void> {
		const handle = this.#handle;
		this.#handle = undefined;
		await handle?.close().catch(() => undefined);
	}

	#startAt(position: number): void {
		this.#position = position;
		this.#rest = Buffer.alloc(0);
		this.#isInside = position > 0;
	}

	async #readOn(handle: FileHandle, take: (line: string) => void): Promise<void> {
		const {size} = await handle.stat();
		if (size < this.#position) {
			this.#startAt(0);
		}

		if (size - this.#position > readAtOnce) {
			this.#startAt(size - readAtOnce);
		}

		const bytes = Buffer.alloc(size - this.#position);
		const {bytesRead} = await handle.read(bytes, 0, bytes.length, this.#position);
		this.#position += bytesRead;
		this.#split(Buffer.concat([this.#rest, bytes.subarray(0, bytesRead)]), take);
	}

	#split(bytes: Buffer, take: (line: string) => void): void {
		const give = (line: Buffer) => {
			for (let start = 0; start < line.length && !this.#isInside; start += longestLine) {
				take(line.toString('utf8', start, Math.min(line.length, start + longestLine)));
			}
		};

		let start = 0;
		for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
			give(bytes.subarray(start, end));
			this.#isInside = false;
			start = end + 1;
		}

		this.#rest = Buffer.from(bytes.subarray(start));
		if (this.#rest.length > longestLine) {
			give(this.#rest);
			this.#rest = Buffer.alloc(0);
		}
	}
}
