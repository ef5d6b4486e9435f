import type {FileHandle} from 'node:fs/promises';
import {longestLine, toLine} from './backward-lines.ts';

const blockBytes = 64 * 1024;
const newline = 0x0A;

/** The lines of an open file that grows, as they come. */
export class GrowingFile {
	readonly inode: number;
	readonly #handle: FileHandle;
	#position: number;
	/** The beginning of a line whose end is not written yet, at most a little more than the longest line. */
	#rest: Buffer = Buffer.alloc(0);

	/** @param position - In bytes: where a line begins. */
	constructor(handle: FileHandle, inode: number, position = 0) {
		this.#handle = handle;
		this.inode = inode;
		this.#position = position;
	}

	/** Give what was written since, line by line, without empty ones; a line that is too long is cut. A file that was emptied is read from its beginning. @throws what the system throws */
	async read(take: (line: string) => void): Promise<void> {
		if ((await this.#handle.stat()).size < this.#position) {
			this.#position = 0;
			this.#rest = Buffer.alloc(0);
		}

		for (;;) {
			const block = Buffer.alloc(blockBytes);
			const {bytesRead} = await this.#handle.read(block, 0, block.length, this.#position);
			if (bytesRead === 0) {
				return;
			}

			this.#position += bytesRead;
			this.#split(block.subarray(0, bytesRead), take);
		}
	}

	/** Give the file back. Never fails. */
	async close(): Promise<void> {
		await this.#handle.close().catch(() => undefined);
	}

	#split(block: Buffer, take: (line: string) => void): void {
		let start = 0;
		for (let end = block.indexOf(newline); end !== -1; end = block.indexOf(newline, start)) {
			const line = Buffer.concat([this.#rest, block.subarray(start, end)]);
			this.#rest = Buffer.alloc(0);
			start = end + 1;
			if (line.length > 0) {
				take(toLine(line));
			}
		}

		this.#rest = Buffer.concat([this.#rest, block.subarray(start)]).subarray(0, longestLine + 1);
	}
}
