import {Buffer} from 'node:buffer';
import {writeFileSync} from 'node:fs';
import {createRequire, syncBuiltinESMExports} from 'node:module';
import process from 'node:process';
import type crypto from 'node:crypto';
import type zlib from 'node:zlib';

/*
Loaded before the program (node --import): memory that makes one error. COFFER_TEST_FAULT is PLACE:NUMBER: at that call, in each thread, one bit of what is to be compressed (`compress`)
or of what came out of the cipher (`encrypt`) is wrong. COFFER_TEST_FAULT_MARK is a file that is made when it happens.
*/
const [place = '', number = ''] = (process.env['COFFER_TEST_FAULT'] ?? '').split(':');
const mark = process.env['COFFER_TEST_FAULT_MARK']!;
const require = createRequire(import.meta.url);
let calls = 0;

function flipped(bytes: Uint8Array): Buffer {
	const copy = Buffer.from(bytes);
	calls++;
	if (calls === Number(number) && copy.length > 0) {
		copy[copy.length >> 1]! ^= 0x10;
		writeFileSync(mark, '');
	}

	return copy;
}

if (place === 'compress') {
	const module = require('node:zlib') as {zstdCompressSync: typeof zlib.zstdCompressSync};
	const original = module.zstdCompressSync;
	module.zstdCompressSync = (input, options) => {
		const bytes = input as Uint8Array;
		const right = original(bytes, options);
		// What does not become smaller is thrown away, and an error in it with it.
		return right.byteLength < bytes.byteLength * 0.9 ? original(flipped(bytes), options) : right;
	};
} else if (place === 'encrypt') {
	const module = require('node:crypto') as {createCipheriv: typeof crypto.createCipheriv};
	const original = module.createCipheriv;
	module.createCipheriv = ((...parameters: Parameters<typeof original>) => {
		const cipher = original(...parameters);
		const update = cipher.update.bind(cipher) as (data: Uint8Array) => Buffer;
		return Object.assign(cipher, {update: (data: Uint8Array) => flipped(update(data))});
	}) as typeof original;
}

syncBuiltinESMExports();
