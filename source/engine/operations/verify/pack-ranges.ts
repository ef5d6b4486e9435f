import type {Buffer} from 'node:buffer';
import {CofferError} from '../../errors.ts';
import type {Runtime} from '../../runtime.ts';
import {headerBytes, type SegmentEntry, type Storage} from '../../repository/repository.ts';

/** Bytes of a pack that are read at once. */
export type PackRange = {
	readonly start: number;
	readonly end: number;
	/** Numbers of the segments that lie in it, all whole. */
	readonly segments: readonly number[];
};

const targetRangeBytes = 1024 * 1024;
/** More than the padding and table of any pack take. */
const maximumEndBytes = 256 * 1024 * 1024;
const sliceMs = 20;

/**
A pack in ranges of about 1 MiB, each of whole segments, without gaps; the first one includes the header. The last one, without segments, is what follows the segments.
@param sizeBytes - Of the object. Segments beyond it are left out.
@param isWhole - Whether the object has its right size; else what follows the segments is left out.
@throws `damaged` where the segments do not follow one another
*/
export function segmentRanges(segments: readonly SegmentEntry[], sizeBytes: number, isWhole: boolean, name: string): PackRange[] {
	const ranges: PackRange[] = [];
	let start = 0;
	let end = headerBytes;
	let numbers: number[] = [];
	for (const [number, {offset, sealedBytes}] of segments.entries()) {
		if (offset !== end) {
			throw new CofferError('damaged', `${name} is described with segments that do not follow one another, as no pack is.`);
		}

		if (offset + sealedBytes > sizeBytes) {
			break;
		}

		end = offset + sealedBytes;
		numbers.push(number);
		if (end - start < targetRangeBytes) {
			continue;
		}

		ranges.push({start, end, segments: numbers});
		start = end;
		numbers = [];
	}

	if (numbers.length > 0) {
		ranges.push({start, end, segments: numbers});
		start = end;
	}

	if (isWhole) {
		if (sizeBytes - start > maximumEndBytes) {
			throw new CofferError('damaged', `${name} has ${sizeBytes - start} bytes after its contents, more than any pack has.`);
		}

		ranges.push({start, end: sizeBytes, segments: []});
	}

	return ranges;
}

/** An object in ranges of about 1 MiB, whatever is in it. */
export function plainRanges(sizeBytes: number): PackRange[] {
	return Array.from({length: Math.ceil(sizeBytes / targetRangeBytes)}, (_, index) => ({
		start: index * targetRangeBytes,
		end: Math.min((index + 1) * targetRangeBytes, sizeBytes),
		segments: [],
	}));
}

/**
Read ranges one after the other; each is on its way while the one before it is worked on.
@yields Each range with its bytes.
@throws What the storage throws
*/
export async function * readRanges(storage: Storage, name: string, ranges: readonly PackRange[], runtime: Runtime): AsyncGenerator<{range: PackRange; bytes: Buffer}> {
	const begin = async ({start, end}: PackRange) => storage.read(name, {range: {offset: start, length: end - start}});
	let sliceStart = runtime.monotonicMs();
	let ahead = ranges[0] && begin(ranges[0]);
	for (const [index, range] of ranges.entries()) {
		const bytes = await ahead!;
		const following = ranges[index + 1];
		ahead = following && begin(following);
		// Whoever stops early never waits for it: its failure then concerns nobody.
		ahead?.catch(() => undefined);
		if (runtime.monotonicMs() - sliceStart > sliceMs) {
			await runtime.yieldToEvents();
			sliceStart = runtime.monotonicMs();
		}

		yield {range, bytes};
	}
}
