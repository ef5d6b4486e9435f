import {Buffer} from 'node:buffer';

/** How many features a sketch has. */
export const featuresPerSketch = 4;
/** The size of a sketch. */
export const sketchBytes = featuresPerSketch * 4;
/** Of a chunk with fewer samples nothing can be told. */
const minimumSamples = 8;

/** Odd multipliers of SplitMix and MurmurHash3: any that are unlike each other would do. */
const multipliers = Int32Array.of(0x9E_37_79_B1, 0x85_EB_CA_77, 0xC2_B2_AE_3D, 0x27_D4_EB_2F);
const lowest = -0x80_00_00_00;

/**
The sketch of a chunk: of samples at places that its content chooses, what stands at the greatest under each of four permutations. Two chunks that share most of their content share most features, wherever it stands
in them: min-wise hashing (Broder, "On the resemblance and containment of documents", 1997), with the rolling hash as its sample, as in Finesse (Zhang et al., FAST 2019) and Odess (Zou et al., ICDE 2021).
The greatest of many numbers are all alike, so they are no features themselves: among some thousands of chunks each would be found somewhere. A feature is another mix of the same sample.
*/
export class SketchBuilder {
	#count = 0;
	readonly #greatest = new Int32Array(featuresPerSketch);
	readonly #features = new Int32Array(featuresPerSketch);

	reset(): void {
		this.#count = 0;
		this.#greatest.fill(lowest);
		this.#features.fill(0);
	}

	/**
	@param hash - The Gear hash; where samples are chosen by some of its bits, those tell nothing.
	@param bytes - 32 bits of what it was made of.
	*/
	add(hash: number, bytes: number): void {
		this.#count++;
		const sample = (Math.imul(hash, multipliers[1]!) + Math.imul(bytes, multipliers[2]!)) | 0;
		for (let index = 0; index < featuresPerSketch; index++) {
			const value = Math.imul(sample, multipliers[index]!);
			if (!(value > this.#greatest[index]!)) {
				continue;
			}

			this.#greatest[index] = value;
			this.#features[index] = Math.imul(bytes ^ (hash << 8), multipliers[0]!) ^ hash;
		}
	}

	/** @returns `sketchBytes` bytes, each feature as 4 of them, little-endian; `undefined` where there were too few samples. */
	build(): Buffer | undefined {
		if (this.#count < minimumSamples) {
			return undefined;
		}

		const bytes = Buffer.alloc(sketchBytes);
		for (const [index, feature] of this.#features.entries()) {
			bytes.writeInt32LE(feature, index * 4);
		}

		return bytes;
	}
}

/** The features of a sketch, each a number of 32 bits that another feature's never equals: the lowest two bits tell which it is. */
export function featuresOf(sketch: Uint8Array): number[] {
	const view = new DataView(sketch.buffer, sketch.byteOffset, sketch.byteLength);
	return Array.from({length: featuresPerSketch}, (_, index) => ((view.getUint32(index * 4, true) & ~3) | index) >>> 0);
}
