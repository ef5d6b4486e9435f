/** Smaller ones are not worth the call, and may share the memory that Node hands out in pieces. */
const minimumBytes = 128 * 1024;

/**
Give the memory of a large buffer back at once, instead of when the garbage is collected. The buffer is empty afterwards, and so is every other view of its memory: call it only where nobody has one.
*/
export function releaseMemory({buffer}: Uint8Array): void {
	if (buffer instanceof ArrayBuffer && buffer.byteLength >= minimumBytes) {
		buffer.transfer(0);
	}
}
