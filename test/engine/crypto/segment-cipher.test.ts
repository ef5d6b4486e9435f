import {createCipheriv, createHmac, hkdfSync} from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import {sealedSize, SegmentCipher, segmentOverheadBytes} from '../../../source/engine/crypto/segment-cipher.ts';
import {refuses} from '../../helpers/error-assertions.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const runtime = createTestRuntime();
const header = Buffer.alloc(80, 7);
const keys = {inputKey: Buffer.alloc(32, 1), salt: Buffer.alloc(32, 2), info: 'coffer pack'};
const create = (changes: Partial<typeof keys> = {}, otherHeader: Buffer = header): SegmentCipher => new SegmentCipher({...keys, ...changes}, otherHeader, byteCount => runtime.randomBytes(byteCount));
const cipher = create();
const seal = (number: number, plaintext: Uint8Array): Buffer => Buffer.concat(cipher.seal(number, plaintext));

test('every plaintext comes back, and has the size foretold', t => {
	fc.assert(fc.property(fc.uint8Array({maxLength: 500}), fc.nat(0xFF_FF_FF_FF), (plaintext, number) => {
		const sealed = seal(number, plaintext);
		t.is(sealed.byteLength, sealedSize(plaintext.byteLength));
		t.deepEqual(new Uint8Array(cipher.open(number, sealed)), new Uint8Array(plaintext));
	}));
});

for (const size of [0, 1, 15, 16, 17, 31, 32, 33, 65_535, 65_536]) {
	test(`${size} bytes`, t => {
		const plaintext = Buffer.alloc(size, 3);
		t.deepEqual(create().open(0, seal(0, plaintext)), plaintext);
		t.is(seal(0, plaintext).byteLength, segmentOverheadBytes + size + (16 - size % 16));
	});
}

test('the same plaintext never looks the same', t => {
	t.notDeepEqual(seal(0, header), seal(0, header));
});

test('wrong key, salt, purpose, header, number, MAC and padding give one and the same error', t => {
	const plaintext = Buffer.from('secret');
	const sealed = seal(5, plaintext);
	const flip = (index: number): Buffer => {
		const copy = Buffer.from(sealed);
		copy[index]! ^= 1;
		return copy;
	};

	const derived = Buffer.from(hkdfSync('sha256', keys.inputKey, keys.salt, keys.info, 64));
	const wrongPadding = (): Buffer => {
		const iv = Buffer.alloc(16, 9);
		const raw = createCipheriv('aes-256-cbc', derived.subarray(0, 32), iv).setAutoPadding(false);
		const body = raw.update(Buffer.alloc(16, 0));
		const number = Buffer.from([5, 0, 0, 0]);
		return Buffer.concat([iv, body, createHmac('sha256', derived.subarray(32)).update(header).update(number).update(iv).update(body).digest()]);
	};

	const otherHeader = Buffer.from(header);
	otherHeader[79]! ^= 0x80;
	const messages = new Set([
		() => create({inputKey: Buffer.alloc(32, 8)}).open(5, sealed),
		() => create({salt: Buffer.alloc(32, 8)}).open(5, sealed),
		() => create({info: 'coffer index'}).open(5, sealed),
		() => create({}, otherHeader).open(5, sealed),
		() => cipher.open(6, sealed),
		() => cipher.open(5, wrongPadding()),
		...Array.from({length: sealed.byteLength}, (_, index) => () => cipher.open(5, flip(index))),
	].map(call => refuses(t, call, 'damaged').message));
	t.is(messages.size, 1);
});

test('every other length is refused', t => {
	const sealed = seal(0, Buffer.alloc(20));
	for (let length = 0; length < sealed.byteLength; length++) {
		refuses(t, () => cipher.open(0, sealed.subarray(0, length)), 'damaged');
	}

	refuses(t, () => cipher.open(0, Buffer.concat([sealed, Buffer.alloc(1)])), 'damaged');
	refuses(t, () => cipher.open(0, Buffer.concat([sealed, Buffer.alloc(16)])), 'damaged');
});

test('the two keys are the halves of one HKDF output', t => {
	const derived = Buffer.from(hkdfSync('sha256', keys.inputKey, keys.salt, keys.info, 64));
	const sealed = seal(258, Buffer.from('abc'));
	const mac = createHmac('sha256', derived.subarray(32)).update(header).update(Buffer.from([2, 1, 0, 0])).update(sealed.subarray(0, -32)).digest();
	t.deepEqual(sealed.subarray(-32), mac);
});
