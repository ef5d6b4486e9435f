import {Buffer} from 'node:buffer';
import {readSync} from 'node:fs';

const pieceBytes = 256 * 1024;

/**
The content of a file that is open.
@param start - The first byte. @default 0
@yields Good until the next piece.
*/
export async function * readPieces(descriptor: number, start = 0): AsyncGenerator<Uint8Array, void, undefined> {
	const buffer = Buffer.allocUnsafe(pieceBytes);
	for (let position = start; ;) {
		const byteCount = readSync(descriptor, buffer, 0, pieceBytes, position);
		if (byteCount === 0) {
			return;
		}

		position += byteCount;
		yield buffer.subarray(0, byteCount);
	}
}

/**
A content that is at hand.
@yields It.
*/
export async function * onePiece(content: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
	yield content;
}
