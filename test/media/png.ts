import {constants, crc32, deflateSync} from 'node:zlib';
import gifenc from 'gifenc';
import type {Picture} from './raster.ts';

/** A chunk of a PNG (ISO 15948, 5.3): length, type, data, CRC-32 of type and data. */
function chunk(type: string, data: Uint8Array): Buffer {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(data.length);
	const check = Buffer.alloc(4);
	check.writeUInt32BE(crc32(body));
	return Buffer.concat([length, body, check]);
}

/** A picture as PNG with a palette of at most 256 colours, which screens of text hardly need: a third of the size of true colours. */
export function encodePng({width, height, pixels}: Picture): Buffer {
	const palette = gifenc.quantize(pixels, 256, {format: 'rgba4444', oneBitAlpha: true});
	const indexes = gifenc.applyPalette(pixels, palette, 'rgba4444');
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	// Eight bits a pixel, colour type 3: a palette.
	header.writeUInt8(8, 8);
	header.writeUInt8(3, 9);
	const lines = Buffer.alloc(height * (width + 1));
	for (let row = 0; row < height; row++) {
		// Each line begins with its filter, here none.
		lines.set(indexes.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
	}

	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
		chunk('IHDR', header),
		chunk('PLTE', Uint8Array.from(palette.flatMap(colour => colour.slice(0, 3)))),
		chunk('tRNS', Uint8Array.from(palette.map(colour => colour[3] ?? 255))),
		chunk('IDAT', deflateSync(lines, {level: 9, memLevel: 9, strategy: constants.Z_DEFAULT_STRATEGY})),
		chunk('IEND', Buffer.alloc(0)),
	]);
}
