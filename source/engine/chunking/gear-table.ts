import {createHmac} from 'node:crypto';

/**
The 256 random numbers of the Gear hash (Xia et al., "Ddelta", 2014), from the repository's chunker key, so that the cut points of known files cannot be
recognised by who sees only sizes: number i is the first 4 bytes, little-endian, of HMAC-SHA-256(chunker key, "coffer gear" ‖ byte i).
*/
export function createGearTable(chunkerKey: Uint8Array): Int32Array {
	const table = new Int32Array(256);
	for (let index = 0; index < 256; index++) {
		table[index] = createHmac('sha256', chunkerKey).update('coffer gear').update(Uint8Array.of(index)).digest().readInt32LE(0);
	}

	return table;
}
