import {createByteStream} from './test-runtime.ts';

/**
Damaged versions of `valid`, the same for the same seed: flipped bits, random bytes, cut and lengthened, parts repeated, removed and zeroed.
@yields A copy each time.
*/
export function * mutationsOf(valid: Uint8Array, count: number, seed: string): Generator<Buffer> {
	const stream = createByteStream(seed);
	const below = (limit: number): number => stream(4).readUInt32LE() % Math.max(limit, 1);
	for (let round = 0; round < count; round++) {
		const bytes = Buffer.from(valid);
		const at = below(bytes.length);
		const length = below(Math.min(bytes.length - at, 64)) + 1;
		switch (below(7)) {
			case 0: {
				if (bytes.length > 0) {
					bytes[at]! ^= 1 << below(8);
				}

				yield bytes;
				break;
			}

			case 1: {
				stream(length).copy(bytes, at);
				yield bytes;
				break;
			}

			case 2: {
				yield bytes.subarray(0, at);
				break;
			}

			case 3: {
				yield Buffer.concat([bytes, stream(length)]);
				break;
			}

			case 4: {
				yield Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)]);
				break;
			}

			case 5: {
				yield Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
				break;
			}

			default: {
				bytes.fill(0, at, at + length);
				yield bytes;
			}
		}
	}
}
