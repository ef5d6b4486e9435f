/** A chunk of the version of a file that was stored before. */
export type VersionChunk<Id> = {
	readonly id: Id;
	/** Bytes. */
	readonly length: number;
};

/** A chunk is worth having as a base when it covers at least this part of the new one. */
const worthwhilePart = 1 / 32;
const ambiguous = -1;

/**
Follows a file beside its previous version, and tells which chunks of that one stand where a new chunk does. What was inserted or removed on the way shifts everything after it; the shift is
read off at each chunk that both versions have, and at cut points: these depend on a few bytes only, so most are where they were, though the chunks between them have changed.
*/
export class VersionAlignment<Id> {
	readonly #chunks: ReadonlyArray<VersionChunk<Id>>;
	/** Where each chunk begins, and the end. */
	readonly #cuts: Float64Array;
	readonly #toleranceBytes: number;
	readonly #places = new Map<Id, number>();
	#shift = 0;

	/**
	@param chunks - Of the previous version, in order.
	@param toleranceBytes - Cut points of the two versions that are nearer to each other than this, once shifted, are the same.
	*/
	constructor(chunks: ReadonlyArray<VersionChunk<Id>>, toleranceBytes: number) {
		this.#chunks = chunks;
		this.#toleranceBytes = toleranceBytes;
		this.#cuts = new Float64Array(chunks.length + 1);
		for (const [index, {id, length}] of chunks.entries()) {
			this.#cuts[index + 1] = this.#cuts[index]! + length;
			// What stands there several times does not tell where it was.
			this.#places.set(id, this.#places.has(id) ? ambiguous : index);
		}
	}

	/** The new version's bytes from `start` are the previous one's chunk `id`, or are like it. */
	anchor(id: Id, start: number): void {
		const place = this.#places.get(id);
		if (place !== undefined && place !== ambiguous) {
			this.#shift = this.#cuts[place]! - start;
		}
	}

	/** The chunks of the previous version that cover what stands from `start` on in the new one, in order; none where it had nothing there. */
	at(start: number, length: number): Id[] {
		return this.#covering(start + this.#shift, length);
	}

	/** As `at`, were the new version's bytes there the previous one's from chunk `id` on; none where the previous version has no such chunk, or several. */
	from(id: Id, length: number): Id[] {
		const place = this.#places.get(id);
		return place === undefined || place === ambiguous ? [] : this.#covering(this.#cuts[place]!, length);
	}

	#covering(from: number, length: number): Id[] {
		const end = from + length;
		const found: Id[] = [];
		for (let index = Math.max(0, this.#indexOf(from)); index < this.#chunks.length && this.#cuts[index]! < end; index++) {
			const overlap = Math.min(end, this.#cuts[index + 1]!) - Math.max(from, this.#cuts[index]!);
			if (overlap >= length * worthwhilePart) {
				found.push(this.#chunks[index]!.id);
			}
		}

		return found;
	}

	/** The new version has a cut point here. */
	passCut(position: number): void {
		const place = position + this.#shift;
		const index = this.#indexOf(place);
		const before = index < 0 ? 0 : this.#cuts[index]!;
		const after = this.#cuts[Math.min(index + 1, this.#chunks.length)]!;
		const nearest = place - before <= after - place ? before : after;
		if (Math.abs(nearest - place) <= this.#toleranceBytes) {
			this.#shift = nearest - position;
		}
	}

	/** The chunk that holds a place, or the last cut where it is beyond the end; −1 before the beginning. */
	#indexOf(place: number): number {
		let low = 0;
		let high = this.#cuts.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if (this.#cuts[middle]! <= place) {
				low = middle + 1;
			} else {
				high = middle;
			}
		}

		return low - 1;
	}
}
