import test from 'ava';
import fc from 'fast-check';
import {publicKeyOf} from '../../../source/engine/crypto/curve-keys.ts';
import {openObject, openWithPrivateKey, sealObject, sealToPublicKey} from '../../../source/engine/repository/sealed-object.ts';
import {refuses} from '../../helpers/error-assertions.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const runtime = createTestRuntime();
const key = runtime.randomBytes(32);
const privateKey = runtime.randomBytes(32);
const publicKey = publicKeyOf('x25519', privateKey);
const keyId = '11'.repeat(16);

test('under a symmetric key', t => {
	fc.assert(fc.property(fc.uint8Array({maxLength: 100}), plaintext => {
		const sealed = sealObject('snapshot', keyId, key, plaintext, runtime);
		const opened = openObject(sealed, 'snapshot', 'x', () => key, runtime);
		t.deepEqual(new Uint8Array(opened.plaintext), new Uint8Array(plaintext));
		t.is(opened.header.keyId, keyId);
	}));
});

test('to a public key', t => {
	fc.assert(fc.property(fc.uint8Array({maxLength: 100}), plaintext => {
		const sealed = sealToPublicKey('keyring', {keyId, publicKey}, plaintext, runtime);
		t.deepEqual(new Uint8Array(openWithPrivateKey(sealed, 'keyring', 'x', () => privateKey, runtime).plaintext), new Uint8Array(plaintext));
	}), {numRuns: 30});
});

test('another key, another private key: damaged', t => {
	const sealed = sealObject('snapshot', keyId, key, Buffer.from('x'), runtime);
	refuses(t, () => openObject(sealed, 'snapshot', 'snapshots/x', () => Buffer.alloc(32), runtime), 'damaged', /snapshots\/x/);
	const box = sealToPublicKey('keyring', {keyId, publicKey}, Buffer.from('x'), runtime);
	refuses(t, () => openWithPrivateKey(box, 'keyring', 'keys/x', () => runtime.randomBytes(32), runtime), 'damaged', /keys\/x/);
});

test('every bit counts, in both kinds', t => {
	const sealed = sealObject('snapshot', keyId, key, Buffer.from('x'), runtime);
	const box = sealToPublicKey('keyring', {keyId, publicKey}, Buffer.from('x'), runtime);
	for (let bit = 0; bit < sealed.byteLength * 8; bit++) {
		const flip = (bytes: Buffer): Buffer => {
			const copy = Buffer.from(bytes);
			copy[bit >> 3]! ^= 1 << (bit & 7);
			return copy;
		};

		const isVersion = bit >= 48 && bit < 64;
		refuses(t, () => openObject(flip(sealed), 'snapshot', 'x', () => key, runtime), isVersion ? 'format-unsupported' : 'damaged');
		refuses(t, () => openWithPrivateKey(flip(box), 'keyring', 'x', () => privateKey, runtime), isVersion ? 'format-unsupported' : 'damaged');
	}
});

test('an ephemeral key of low order is refused', t => {
	const box = sealToPublicKey('keyring', {keyId, publicKey}, Buffer.from('x'), runtime);
	box.fill(0, 48, 80);
	refuses(t, () => openWithPrivateKey(box, 'keyring', 'x', () => privateKey, runtime), 'damaged');
});

test('a sealed object is no box, and the other way round', t => {
	const sealed = sealObject('keyring', keyId, privateKey, Buffer.from('x'), runtime);
	refuses(t, () => openWithPrivateKey(sealed, 'keyring', 'x', () => privateKey, runtime), 'damaged');
	const box = sealToPublicKey('keyring', {keyId, publicKey}, Buffer.from('x'), runtime);
	refuses(t, () => openObject(box, 'keyring', 'x', () => privateKey, runtime), 'damaged');
});
