import {Buffer} from 'node:buffer';
import {createGearTable} from '../chunking/gear-table.ts';
import {CutPointFinder, type ChunkingParameters} from '../chunking/cut-points.ts';

/** Gives up to `length` bytes of a stream into `buffer` at `offset`, at least one; 0 at the end. */
export type ReadBytes = (buffer: Buffer, offset: number, length: number) => number | Promise<number>;

/** Cuts streams into chunks through one buffer that is reused. One stream at a time. */
export class FileChunker {
	readonly #finder: CutPointFinder;
	readonly #buffer: Buffer;

	constructor(parameters: ChunkingParameters, chunkerKey: Uint8Array) {
		this.#finder = new CutPointFinder(parameters, createGearTable(chunkerKey));
		this.#buffer = Buffer.allocUnsafeSlow(Math.max(parameters.maximumBytes * 2, 1024 * 1024));
	}

	/**
	Hand each chunk of the stream to `onChunk`, with its sketch where it has one (see `SketchBuilder`); it must be done with the chunk when it returns.
	@returns The length of the stream.
	*/
	async cut(read: ReadBytes, onChunk: (chunk: Uint8Array, sketch: Buffer | undefined) => void | Promise<void>): Promise<number> {
		const buffer = this.#buffer;
		let start = 0;
		let end = 0;
		let total = 0;
		for (;;) {
			const readCount = await read(buffer, end, buffer.byteLength - end);
			end += readCount;
			total += readCount;
			const isLast = readCount === 0;
			// A cut may be decided only when a chunk of the largest size is there, or the stream is at its end.
			while (end - start >= this.#finder.maximumBytes || (isLast && end > start)) {
				const length = this.#finder.next(buffer, start, end);
				await onChunk(buffer.subarray(start, start + length), this.#finder.buildSketch());
				start += length;
			}

			if (isLast) {
				return total;
			}

			if (!(start > 0)) {
				continue;
			}

			buffer.copyWithin(0, start, end);
			end -= start;
			start = 0;
		}
	}
}
