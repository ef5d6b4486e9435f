import test from 'ava';
import {agreeOnSecret, isSignatureValid, publicKeyOf, signMessage} from '../../../source/engine/crypto/curve-keys.ts';
import {refuses} from '../../helpers/error-assertions.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const runtime = createTestRuntime();

test('X25519: RFC 7748, section 6.1', t => {
	const other = runtime.randomBytes(32);
	const bob = hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb');
	t.is(publicKeyOf('x25519', bob).toString('hex'), 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
	t.deepEqual(agreeOnSecret(other, publicKeyOf('x25519', bob)), agreeOnSecret(bob, publicKeyOf('x25519', other)));
	t.is(
		agreeOnSecret(bob, hex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a')).toString('hex'),
		'4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
	);
});

test('Ed25519: RFC 8032, section 7.1, test 2', t => {
	const privateKey = hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb');
	t.is(publicKeyOf('ed25519', privateKey).toString('hex'), '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
	t.is(
		signMessage(privateKey, Buffer.from([0x72])).toString('hex'),
		'92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
	);
});

test('public keys of low order are refused', t => {
	const lowOrder = ['00'.repeat(32), `01${'00'.repeat(31)}`, 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800', `ecff${'ff'.repeat(29)}7f`];
	for (const key of lowOrder) {
		refuses(t, () => agreeOnSecret(runtime.randomBytes(32), hex(key)), 'damaged');
	}
});

test('a signature fits one key and one message', t => {
	const privateKey = runtime.randomBytes(32);
	const publicKey = publicKeyOf('ed25519', privateKey);
	const message = runtime.randomBytes(100);
	const signature = signMessage(privateKey, message);
	t.true(isSignatureValid(publicKey, message, signature));
	t.false(isSignatureValid(publicKeyOf('ed25519', runtime.randomBytes(32)), message, signature));
	t.false(isSignatureValid(publicKey, message.subarray(1), signature));
	for (let index = 0; index < 64; index++) {
		const wrong = Buffer.from(signature);
		wrong[index]! ^= 1;
		t.false(isSignatureValid(publicKey, message, wrong));
	}
});

test('a signature or key that is none is merely not valid', t => {
	t.false(isSignatureValid(Buffer.alloc(32), Buffer.alloc(1), Buffer.alloc(63)));
	t.false(isSignatureValid(Buffer.alloc(31), Buffer.alloc(1), Buffer.alloc(64)));
	t.false(isSignatureValid(Buffer.alloc(32, 0xFF), Buffer.alloc(1), Buffer.alloc(64)));
});
