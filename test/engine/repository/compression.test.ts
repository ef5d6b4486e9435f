import process from 'node:process';
import {zstdCompressSync} from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import {compressDelta, compressSegment, compressZstd, decompressZstd, isRawDictionary} from '../../../source/engine/repository/compression.ts';
import {refuses, didSurvive} from '../../helpers/error-assertions.ts';
import {mutationsOf} from '../../helpers/mutations.ts';
import {createByteStream} from '../../helpers/test-runtime.ts';

test('everything comes back', t => {
	fc.assert(fc.property(fc.uint8Array({maxLength: 5000}), bytes => {
		t.deepEqual(new Uint8Array(decompressZstd(compressZstd(bytes, 3), Math.max(bytes.byteLength, 1), 'x')), new Uint8Array(bytes));
	}));
	for (const size of [0, 1, 131_071, 131_072, 5_000_000]) {
		const bytes = createByteStream('zstd')(size);
		t.true(decompressZstd(compressZstd(bytes, 1), size + 1, 'x').equals(bytes));
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

test('unpacking takes one buffer', t => {
	const size = 3 * 1024 * 1024;
	const packed = compressZstd(Buffer.alloc(size, 'some text, '), 3);
	const before = process.memoryUsage().arrayBuffers;
	const plaintext = decompressZstd(packed, size, 'x');
	const taken = process.memoryUsage().arrayBuffers - before;
	t.is(plaintext.byteLength, size);
	t.true(taken < size * 1.5, `${taken} bytes taken`);
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

test('what is packed as a segment comes back, smaller where it can be', t => {
	for (const size of [0, 1, 63, 64, 65, 131_072, 3_000_000]) {
		const noise = createByteStream('segment')(size);
		t.true(decompressZstd(compressSegment(noise), Math.max(size, 1), 'x').equals(noise));
		const text = Buffer.from('INSERT INTO orders VALUES (1);\n'.repeat(Math.ceil(size / 31))).subarray(0, size);
		const packed = compressSegment(text);
		t.true(decompressZstd(packed, Math.max(size, 1), 'x').equals(text));
		t.true(size < 1000 || packed.byteLength < size / 20);
	}
});

const chunk = createByteStream('delta')(3_000_000);

/** The bytes with one changed in every so many. */
const changeEvery = (bytes: Uint8Array, step: number): Buffer => Buffer.from(bytes.map((byte, index) => index % step === 5 ? byte ^ 0xFF : byte));

test('deltas of every size come back, and are small where the dictionary has the same', t => {
	for (const size of [0, 1, 7, 8, 100, 1023, 1024, 65_536, 131_072, 1_000_000, 3_000_000]) {
		for (const dictionaryBytes of [8, 100, 65_536, 1_000_000, 3_000_000]) {
			const dictionary = changeEvery(chunk.subarray(0, dictionaryBytes), 20_000);
			const plaintext = chunk.subarray(0, size);
			const delta = compressDelta(plaintext, dictionary);
			t.true(delta.byteLength <= size + size / 256 + 100);
			t.true(decompressZstd(delta, Math.max(size, 1), 'x', dictionary).equals(plaintext), `${size} of ${dictionaryBytes}`);
			if (size <= dictionaryBytes && size >= 65_536) {
				t.true(delta.byteLength < size / 200, `${size} of ${dictionaryBytes}: ${delta.byteLength}`);
			}
		}
	}
});

test('a delta finds what it needs at the far end of a dictionary of 16 MiB', t => {
	const dictionary = Buffer.concat([chunk, createByteStream('filling')(16 * 1024 * 1024 - chunk.byteLength)]);
	const delta = compressDelta(chunk, dictionary);
	t.true(delta.byteLength < 20_000, String(delta.byteLength));
	t.true(decompressZstd(delta, chunk.byteLength, 'x', dictionary).equals(chunk));
});

test('any plaintext with any dictionary that is raw comes back', t => {
	fc.assert(fc.property(fc.uint8Array({maxLength: 3000}), fc.uint8Array({minLength: 8, maxLength: 3000}), (plaintext, dictionary) => {
		fc.pre(isRawDictionary(dictionary));
		t.deepEqual(new Uint8Array(decompressZstd(compressDelta(plaintext, dictionary), Math.max(plaintext.byteLength, 1), 'x', dictionary)), new Uint8Array(plaintext));
	}));
});

test('the limit of a delta is exact, and one that unpacks to far more is refused without the memory it asks for', t => {
	const dictionary = chunk.subarray(0, 100_000);
	const delta = compressDelta(dictionary, dictionary);
	t.is(decompressZstd(delta, 100_000, 'x', dictionary).byteLength, 100_000);
	refuses(t, () => decompressZstd(delta, 99_999, 'x', dictionary), 'damaged', /limit/);
	const bomb = compressDelta(Buffer.alloc(120 * 1024 * 1024), Buffer.alloc(1024 * 1024));
	t.true(bomb.byteLength < 100_000);
	const before = process.memoryUsage().rss;
	refuses(t, () => decompressZstd(bomb, 1024 * 1024, 'bomb', Buffer.alloc(1024 * 1024)), 'damaged');
	t.true(process.memoryUsage().rss - before < 64 * 1024 * 1024);
});

test('without its dictionary, or with a part of it, a delta is damaged; with another one it is never the plaintext', t => {
	const dictionary = chunk.subarray(0, 300_000);
	const plaintext = changeEvery(dictionary, 10_000);
	const delta = compressDelta(plaintext, dictionary);
	refuses(t, () => decompressZstd(delta, plaintext.byteLength, 'x'), 'damaged', /^x /);
	refuses(t, () => decompressZstd(delta, plaintext.byteLength, 'x', dictionary.subarray(0, 100)), 'damaged');
	let others = 0;
	for (const other of [dictionary.subarray(0, -1), chunk.subarray(300_000, 600_000), Buffer.alloc(300_000)]) {
		didSurvive(t, () => {
			t.false(decompressZstd(delta, plaintext.byteLength, 'x', other).equals(plaintext));
		}, 'another dictionary');
		others++;
	}

	t.is(others, 3);
});

test('a damaged delta gives a clean error or other bytes', t => {
	const dictionary = chunk.subarray(0, 5000);
	const delta = compressDelta(changeEvery(dictionary, 500), dictionary);
	for (const mutation of mutationsOf(delta, 2000, 'delta')) {
		didSurvive(t, () => decompressZstd(mutation, 8192, 'x', dictionary), mutation.toString('hex'));
	}
});

test('what zstd would take for a dictionary of its own is no base, nor is what it would ignore', t => {
	const magic = Buffer.from('37a430ec', 'hex');
	t.false(isRawDictionary(Buffer.concat([magic, chunk.subarray(0, 1000)])));
	t.false(isRawDictionary(Buffer.concat([Buffer.alloc(3), magic, chunk.subarray(0, 1000)]).subarray(3)), 'wherever it lies in memory');
	t.true(isRawDictionary(Buffer.concat([Buffer.alloc(1), magic, chunk.subarray(0, 1000)])));
	t.true(isRawDictionary(chunk.subarray(0, 8)));
	t.false(isRawDictionary(chunk.subarray(0, 7)));
	t.false(isRawDictionary(Buffer.alloc(0)));
	// Should an index name such a base all the same, it is an error like any other.
	const base = Buffer.concat([magic, chunk.subarray(0, 100_000)]);
	const delta = compressDelta(changeEvery(base.subarray(4), 10_000), base.subarray(4));
	didSurvive(t, () => {
		t.false(decompressZstd(delta, 100_000, 'x', base).equals(changeEvery(base.subarray(4), 10_000)));
	}, 'magic');
});
