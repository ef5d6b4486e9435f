import test from 'ava';
import {SegmentCipher} from '../../../source/engine/crypto/segment-cipher.ts';
import {toCanonicalJson} from '../../../source/engine/repository/canonical-json.ts';
import {compressZstd} from '../../../source/engine/repository/compression.ts';
import {decodeTable, openTrailer, sealPackEnd, trailerBytes, trailerNumber} from '../../../source/engine/repository/pack-layout.ts';
import {refuses} from '../../helpers/error-assertions.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const runtime = createTestRuntime();
const cipher = new SegmentCipher({inputKey: Buffer.alloc(32), salt: Buffer.alloc(32), info: 'x'}, Buffer.alloc(80), byteCount => runtime.randomBytes(byteCount));

function sealLength(length: bigint): Buffer {
	const bytes = Buffer.alloc(8);
	bytes.writeBigUInt64LE(length);
	return Buffer.concat(cipher.seal(trailerNumber, bytes));
}

test('the trailer has its fixed size, and bounds what is read', t => {
	t.is(sealLength(64n).byteLength, trailerBytes);
	t.is(openTrailer(cipher, sealLength(64n), 80 + 64 + 64, 'x'), 64);
	refuses(t, () => openTrailer(cipher, sealLength(65n), 80 + 64 + 64, 'x'), 'damaged');
	for (const length of [2n ** 26n + 1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 64n - 1n]) {
		refuses(t, () => openTrailer(cipher, sealLength(length), 2 ** 30, 'x'), 'damaged', /does not fit/);
	}
});

test('a trailer with other content is damaged', t => {
	for (const size of [0, 1, 7, 9, 15]) {
		refuses(t, () => openTrailer(cipher, Buffer.concat(cipher.seal(trailerNumber, Buffer.alloc(size))), 2 ** 30, 'x'), 'damaged');
	}
});

test('an end without segments', t => {
	const parts = Buffer.concat(sealPackEnd(cipher, [], 80, false));
	t.is(openTrailer(cipher, parts.subarray(-trailerBytes), 80 + parts.byteLength, 'x'), parts.byteLength - trailerBytes);
});

test('tables that claim the impossible are refused with little memory', t => {
	const segment = {compression: 'none', ids: '', lengths: [], offset: 80, sealedBytes: 64};
	t.is(decodeTable(compressZstd(Buffer.from(toCanonicalJson({segments: [segment]})), 3), 'x').length, 1);
	for (const json of [
		'{"segments":[{"compression":"none","ids":"","lengths":[1000000000],"offset":80,"sealedBytes":64}]}',
		'{"segments":[{"compression":"none","ids":"","lengths":{"length":1000000000},"offset":80,"sealedBytes":64}]}',
		'{"segments":{"length":1000000000}}',
		'{"segments":[],"__proto__":[]}',
		'{"segments":[9007199254740993]}',
		`{"segments":${'['.repeat(200_000)}`,
		' '.repeat(100_000_000),
	]) {
		refuses(t, () => decodeTable(compressZstd(Buffer.from(json), 3), 'x'), 'damaged');
	}
});
