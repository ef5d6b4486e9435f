import {Buffer} from 'node:buffer';

/** Smaller ones are not worth the call. */
const minimumBytes = 8 * 1024;

/**
Give the memory of a buffer back at once, instead of when the garbage is collected. The buffer is empty afterwards, and so is every other view of its memory: call it only where nobody has one.
Small buffers stay, and so do those that lie in the memory that Node hands out in pieces.
*/
export function releaseMemory({buffer}: Uint8Array): void {
	if (buffer instanceof ArrayBuffer && buffer.byteLength >= minimumBytes && buffer.byteLength !== Buffer.poolSize) {
		buffer.transfer(0);
	}
}
