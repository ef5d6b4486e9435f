import {defaultMaximumReadBytes, type ByteRange, type ReadOptions} from './storage.ts';
import {objectDamaged} from './storage-errors.ts';

function assertCount(value: number, what: string): void {
	if (!Number.isSafeInteger(value) || value < 0) {
		throw new RangeError(`Not a count of bytes: ${what} ${value}`);
	}
}

/**
Check the numbers of a read before anything happens.
@throws RangeError when one of them is negative, not whole or too large to be exact.
*/
export function assertReadOptions({range, maximumBytes}: ReadOptions): void {
	if (range !== undefined) {
		assertCount(range.offset, 'offset');
		assertCount(range.length, 'length');
		assertCount(range.offset + range.length, 'end');
	}

	if (maximumBytes !== undefined) {
		assertCount(maximumBytes, 'maximumBytes');
	}
}

/**
The bytes to read of an object of `sizeBytes`: the range asked for, else all. `maximumBytes` bounds only whole objects.
@throws `damaged` where the object is shorter than the range needs, or larger than `maximumBytes`.
*/
export function resolveReadWindow(name: string, url: string, sizeBytes: number, options: ReadOptions): ByteRange {
	const {range, maximumBytes = defaultMaximumReadBytes} = options;
	if (range === undefined) {
		if (sizeBytes > maximumBytes) {
			throw objectDamaged(name, url, `has ${sizeBytes} bytes where at most ${maximumBytes} can be right`);
		}

		return {offset: 0, length: sizeBytes};
	}

	if (range.offset + range.length > sizeBytes) {
		throw objectDamaged(name, url, `has only ${sizeBytes} bytes where ${range.offset + range.length} are needed`);
	}

	return range;
}
