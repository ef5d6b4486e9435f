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
The sketch of a chunk: of the Gear hashes at places that its content chooses, the greatest under each of four permutations. Two chunks that share most of their content share most features, wherever it stands
in them: min-wise hashing (Broder, "On the resemblance and containment of documents", 1997), with the rolling hash as its sample, as in Finesse (Zhang et al., FAST 2019) and Odess (Zou et al., ICDE 2021).
*/
export class SketchBuilder {
	#count = 0;
	readonly #features = new Int32Array(featuresPerSketch);

	reset(): void {
		this.#count = 0;
		this.#features.fill(lowest);
	}

	/** @param sample - A Gear hash. */
	add(sample: number): void {
		this.#count++;
		const features = this.#features;
		for (let index = 0; index < featuresPerSketch; index++) {
			const value = Math.imul(sample, multipliers[index]!);
			if (value > features[index]!) {
				features[index] = value;
			}
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
