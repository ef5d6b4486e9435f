import test from 'ava';
import {assertIterations, deriveKey, keyFileIterations, passphraseIterations, stretchSecret} from '../../../source/engine/crypto/key-derivation.ts';
import {refuses, refusesAsync} from '../../helpers/error-assertions.ts';

test('HKDF-SHA-256: RFC 5869, test case 1', t => {
	t.is(
		deriveKey(Buffer.alloc(22, 0x0B), Buffer.from('000102030405060708090a0b0c', 'hex'), Buffer.from('f0f1f2f3f4f5f6f7f8f9', 'hex'), 42).toString('hex'),
		'3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
	);
});

test('HKDF-SHA-256: RFC 5869, test case 3 (no salt, no info)', t => {
	t.is(
		deriveKey(Buffer.alloc(22, 0x0B), Buffer.alloc(0), '', 42).toString('hex'),
		'8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
	);
});

test('PBKDF2-HMAC-SHA-256 with 100,000 iterations', async t => {
	// Computed once with: openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt pass:secret -kdfopt hexsalt:(32 bytes of 01) -kdfopt iter:100000 PBKDF2
	t.is((await stretchSecret(Buffer.from('secret'), Buffer.alloc(32, 1), 100_000)).toString('hex'), '809a1517333e3936dd174c5048133a298e3eb86990a08bad12993bfc7b88f16c');
});

test('counts are bounded on both sides, before any work', async t => {
	t.is(keyFileIterations, 100_000);
	t.is(passphraseIterations, 600_000);
	for (const count of [100_000, 600_000, 10_000_000]) {
		assertIterations(count);
	}

	for (const count of [-1, 0, 1, 99_999, 10_000_001, 2 ** 31, 2 ** 53, 100_000.5, Number.NaN, Infinity]) {
		refuses(t, () => {
			assertIterations(count);
		}, 'damaged', /iterations/);
		await refusesAsync(t, async () => stretchSecret(Buffer.alloc(32), Buffer.alloc(32), count), 'damaged');
	}
});
