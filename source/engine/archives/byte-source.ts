import {Buffer} from 'node:buffer';

/** Takes bytes from a stream in amounts of its own choice. Nothing is read ahead but the piece that is begun. */
export class ByteSource {
	readonly #pieces: AsyncIterator<Buffer>;
	#rest: Buffer = Buffer.alloc(0);

	constructor(pieces: AsyncIterable<Buffer>) {
		this.#pieces = pieces[Symbol.asyncIterator]();
	}

	/** The next bytes, at most `maximum` and at least one; `undefined` at the end. */
	async next(maximum: number): Promise<Buffer | undefined> {
		while (this.#rest.byteLength === 0) {
			const next = await this.#pieces.next();
			if (next.done) {
				return undefined;
			}

			this.#rest = next.value;
		}

		const piece = this.#rest.subarray(0, maximum);
		this.#rest = this.#rest.subarray(piece.byteLength);
		return piece;
	}

	/** The next `length` bytes, or as many as there are before the end. */
	async read(length: number): Promise<Buffer> {
		const first = await this.next(length);
		if (first === undefined || first.byteLength === length) {
			return first ?? Buffer.alloc(0);
		}

		const bytes = Buffer.allocUnsafe(length);
		let filled = first.copy(bytes);
		while (filled < length) {
			const piece = await this.next(length - filled);
			if (piece === undefined) {
				return bytes.subarray(0, filled);
			}

			filled += piece.copy(bytes, filled);
		}

		return bytes;
	}

	/** The next bytes come again. */
	unread(bytes: Buffer): void {
		this.#rest = this.#rest.byteLength === 0 ? bytes : Buffer.concat([bytes, this.#rest]);
	}

	/** Pass over bytes. @returns How many there were: fewer than `length` only at the end. */
	async skip(length: number): Promise<number> {
		let skipped = 0;
		while (skipped < length) {
			const piece = await this.next(length - skipped);
			if (piece === undefined) {
				break;
			}

			skipped += piece.byteLength;
		}

		return skipped;
	}
}
