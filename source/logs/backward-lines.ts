import type {FileHandle} from 'node:fs/promises';

/** A line that is longer is cut, in bytes. */
export const longestLine = 64 * 1024;
const blockBytes = 64 * 1024;
const newline = 0x0A;

/** A line whose end was left out says so. */
export const toLine = (bytes: Buffer): string => bytes.length <= longestLine ? bytes.toString('utf8') : `${bytes.toString('utf8', 0, longestLine)}…`;

/**
The lines of a file from its end to its beginning. Takes the memory of a line, however large the file.
@param end - Where to begin, in bytes.
@param open - Gives the file for one reading; `undefined` where it is gone, which ends it.
@yields Lines without their ends, and no empty ones; what is not UTF-8 stands as U+FFFD
@throws what the system throws
*/
export async function * linesBackward(end: number, open: <Result>(read: (handle: FileHandle) => Promise<Result>) => Promise<Result | undefined>): AsyncGenerator<string> {
	// What was read of the line whose beginning is not found yet.
	let rest: Buffer = Buffer.alloc(0);
	for (let position = end; position > 0;) {
		const start = Math.max(0, position - blockBytes);
		const block = Buffer.alloc(position - start);
		const got = await open(async handle => handle.read(block, 0, block.length, start));
		if (got === undefined) {
			return;
		}

		position = start;
		let blockEnd = got.bytesRead;
		for (let at = block.lastIndexOf(newline, blockEnd - 1); at !== -1 && blockEnd > 0; at = at === 0 ? -1 : block.lastIndexOf(newline, at - 1)) {
			const line = Buffer.concat([block.subarray(at + 1, blockEnd), rest]);
			rest = Buffer.alloc(0);
			blockEnd = at;
			if (line.length > 0) {
				yield toLine(line);
			}
		}

		// Of a line that is too long its beginning counts, which is read last.
		rest = Buffer.concat([block.subarray(0, blockEnd), rest]).subarray(0, longestLine + 1);
	}

	if (rest.length > 0) {
		yield toLine(rest);
	}
}
