import type {Runtime} from '../runtime.ts';

/** The most worker threads that can be asked for. */
export const maximumThreads = 32;
const maximumByDefault = 8;

/** @throws RangeError for what is no whole number from 1 to 32 */
export function assertThreads(threads: number | undefined): void {
	if (threads !== undefined && !(Number.isSafeInteger(threads) && threads >= 1 && threads <= maximumThreads)) {
		throw new RangeError(`threads must be a whole number from 1 to ${maximumThreads}, not ${threads}`);
	}
}

/**
How many worker threads an operation may start that has enough to do.
@param asked - What somebody asked for. @default as many as there are processors for this process, at most 8
*/
export function countThreads(asked: number | undefined, {processorCount}: Pick<Runtime, 'processorCount'>): number {
	return asked ?? Math.min(processorCount, maximumByDefault);
}
