import type {Buffer} from 'node:buffer';
import {pipeline, Readable} from 'node:stream';
import {createGunzip, createGzip} from 'node:zlib';
import {CofferError, errorText, systemErrorCode} from '../errors.ts';
import {pieceBytes} from './encrypted-file.ts';

/** Nothing beyond what is asked for is kept but one piece on each side. */
const streamOptions = {chunkSize: pieceBytes, highWaterMark: pieceBytes};

/**
Unpack gzip (RFC 1952), its checksums compared.
@param what - Names the archive in errors.
@yields The next piece.
@throws `damaged`; what `packed` throws
*/
export async function * gunzip(packed: AsyncIterable<Buffer>, what: string): AsyncGenerator<Buffer, void> {
	const unpacked = createGunzip(streamOptions);
	const source = Readable.from(packed, {objectMode: true, highWaterMark: 1});
	// What fails comes out of `unpacked`, which whoever reads it is told by.
	pipeline(source, unpacked, () => undefined);
	try {
		for await (const piece of unpacked) {
			yield piece as Buffer;
		}
	} catch (error) {
		if (systemErrorCode(error)?.startsWith('Z_')) {
			throw new CofferError('damaged', `${what} cannot be unpacked: ${errorText(error)}. It was damaged or cut off.`, {cause: error});
		}

		throw error;
	} finally {
		unpacked.destroy();
	}
}

/**
Pack by gzip (RFC 1952).
@yields The next piece.
@throws What `content` throws
*/
export async function * gzip(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
	const packed = createGzip(streamOptions);
	// What fails comes out of `packed`, which whoever reads it is told by.
	pipeline(Readable.from(content, {objectMode: true, highWaterMark: 1}), packed, () => undefined);
	try {
		for await (const piece of packed) {
			yield piece as Buffer;
		}
	} finally {
		packed.destroy();
	}
}
