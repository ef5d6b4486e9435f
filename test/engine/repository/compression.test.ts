import process from 'node:process';
import {zstdCompressSync} from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import {compressZstd, decompressZstd} from '../../../source/engine/repository/compression.ts';
import {refuses, didSurvive} from '../../helpers/error-assertions.ts';
import {mutationsOf} from '../../helpers/mutations.ts';
import {createByteStream} from '../../helpers/test-runtime.ts';

test('everything comes back', t => {
	fc.assert(fc.property(fc.uint8Array({maxLength: 5000}), bytes => {
		t.deepEqual(new Uint8Array(decompressZstd(compressZstd(bytes, 3), Math.max(bytes.byteLength, 1), 'x')), new Uint8Array(bytes));
	}));
	for (const size of [0, 1, 131_071, 131_072, 5_000_000]) {
		const bytes = createByteStream('zstd')(size);
		t.deepEqual(decompressZstd(compressZstd(bytes, 1), size + 1, 'x'), bytes);
	}
});

test('the limit is exact', t => {
	for (const size of [1, 63, 64, 65, 1000, 4 * 1024 * 1024 + 1]) {
		const packed = compressZstd(Buffer.alloc(size), 3);
		t.is(decompressZstd(packed, size, 'x').byteLength, size);
		if (size > 1) {
			refuses(t, () => decompressZstd(packed, size - 1, 'x'), 'damaged', /limit/);
		}
	}
});

test('a bomb is refused without the memory it asks for', t => {
	const layer = zstdCompressSync(Buffer.alloc(256 * 1024 * 1024));
	t.true(layer.byteLength < 100_000);
	const before = process.memoryUsage().rss;
	refuses(t, () => decompressZstd(layer, 1024 * 1024, 'bomb'), 'damaged');
	t.true(process.memoryUsage().rss - before < 64 * 1024 * 1024);
});

test('damage gives a clean error or other bytes', t => {
	const packed = compressZstd(Buffer.from('some text, some text, some text, some other text'), 3);
	for (const mutation of mutationsOf(packed, 2000, 'zstd')) {
		didSurvive(t, () => decompressZstd(mutation, 4096, 'x'), mutation.toString('hex'));
	}

	for (let length = 0; length < packed.byteLength; length++) {
		refuses(t, () => decompressZstd(packed.subarray(0, length), 4096, 'x'), 'damaged');
	}
});
