import {closeSync, fstatSync, openSync, readSync} from 'node:fs';
import {join} from 'node:path';
import {throwIfAborted} from '../errors.ts';
import {assertRead, largestReadBytes, readingFlags, toOpeningError, windowOf} from './local-reading.ts';
import type {ReadOptions} from './storage.ts';

function openForReading(root: string, name: string): number {
	try {
		return openSync(join(root, name), readingFlags);
	} catch (error) {
		throw toOpeningError(error, root, name);
	}
}

/** As `readObjectFile`, but the thread waits: four trips to the thread pool cost more than most reads. @throws As `readObjectFile`. */
export function readObjectFileBlocking(root: string, name: string, options: ReadOptions): Buffer {
	const descriptor = openForReading(root, name);
	try {
		const window = windowOf(fstatSync(descriptor), root, name, options);
		const data = Buffer.allocUnsafeSlow(window.length);
		let done = 0;
		while (done < data.length) {
			throwIfAborted(options.signal);
			const count = readSync(descriptor, data, done, Math.min(largestReadBytes, data.length - done), window.offset + done);
			if (count === 0) {
				break;
			}

			done += count;
		}

		assertRead(done, window, root, name);
		return data;
	} finally {
		closeSync(descriptor);
	}
}
