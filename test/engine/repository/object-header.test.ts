import test from 'ava';
import {createHeader, decodeHeader, headerBytes, objectTypes, type ObjectType} from '../../../source/engine/repository/object-header.ts';
import {refuses} from '../../helpers/error-assertions.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const runtime = createTestRuntime();
const keyId = '11'.repeat(16);
const types = Object.keys(objectTypes) as ObjectType[];

test('every header comes back', t => {
	for (const type of types) {
		const header = createHeader(type, keyId, runtime);
		t.is(header.bytes.byteLength, headerBytes);
		t.deepEqual(decodeHeader(header.bytes, type, 'x'), header);
		t.deepEqual(decodeHeader(Buffer.concat([header.bytes, Buffer.alloc(5)]), type, 'x'), header);
	}
});

test('object id and salt are random, or as given', t => {
	const one = createHeader('pack', keyId, runtime);
	const other = createHeader('pack', keyId, runtime);
	t.not(one.objectId, other.objectId);
	t.notDeepEqual(one.salt, other.salt);
	const given = createHeader('pack', keyId, runtime, {objectId: '22'.repeat(16), salt: Buffer.alloc(32, 3)});
	t.is(given.bytes.toString('hex'), `636f66666572010104${'00'.repeat(7)}${'11'.repeat(16)}${'22'.repeat(16)}${'03'.repeat(32)}`);
});

test('the caller may change its salt afterwards', t => {
	const salt = Buffer.alloc(32, 3);
	const header = createHeader('pack', keyId, runtime, {salt});
	salt.fill(0);
	t.is(header.salt[0], 3);
});

test('another type, another magic, and bytes that must be zero', t => {
	const {bytes} = createHeader('index', keyId, runtime);
	for (const type of types.filter(type => type !== 'index')) {
		refuses(t, () => decodeHeader(bytes, type, 'index/x'), 'damaged', /index\/x/);
	}

	for (const index of [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15]) {
		const wrong = Buffer.from(bytes);
		wrong[index]! ^= 0x40;
		refuses(t, () => decodeHeader(wrong, 'index', 'x'), 'damaged');
	}
});

test('another version or suite is left alone', t => {
	for (const index of [6, 7]) {
		const {bytes} = createHeader('index', keyId, runtime);
		bytes[index]! += 1;
		refuses(t, () => decodeHeader(bytes, 'index', 'x'), 'format-unsupported');
	}
});

test('a short header is refused', t => {
	const {bytes} = createHeader('index', keyId, runtime);
	for (const length of [0, 1, 6, 79]) {
		refuses(t, () => decodeHeader(bytes.subarray(0, length), 'index', 'x'), 'damaged');
	}
});
