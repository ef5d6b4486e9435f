import {createHmac, createSecretKey, pbkdf2Sync} from 'node:crypto';
import {readFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {decryptCbc, encryptCbc} from '../../../source/engine/crypto/aes-cbc.ts';
import {agreeOnSecret, isSignatureValid, publicKeyOf, signMessage} from '../../../source/engine/crypto/curve-keys.ts';
import {deriveKey, keyFileIterations, stretchSecret} from '../../../source/engine/crypto/key-derivation.ts';
import {CofferError} from '../../../source/engine/errors.ts';

type Field = 'key' | 'iv' | 'msg' | 'ct' | 'tag' | 'ikm' | 'salt' | 'info' | 'okm' | 'private' | 'public' | 'shared' | 'sig';
/** Of its fields, each file has only those of its primitive. */
type Vector = {readonly tcId: number; readonly comment: string; readonly result: 'valid' | 'invalid' | 'acceptable'; readonly size: number} & Readonly<Record<Field, string>>;
type Group = {readonly tests: readonly Vector[]; readonly key?: {readonly pk: string; readonly sk: string}};

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');

/** Run every vector of a file, and count. */
function runVectors(t: ExecutionContext, file: string, check: (vector: Vector, group: Group) => void): void {
	const {testGroups} = JSON.parse(readFileSync(new URL(`../../vectors/wycheproof/${file}.json`, import.meta.url), 'utf8')) as {testGroups: Group[]};
	const counts = {valid: 0, invalid: 0, acceptable: 0};
	for (const group of testGroups) {
		for (const vector of group.tests) {
			check(vector, group);
			counts[vector.result]++;
		}
	}

	t.log(`${counts.valid} valid, ${counts.invalid} invalid, ${counts.acceptable} acceptable`);
	t.true(counts.valid > 0);
}

const about = ({tcId, comment}: Vector): string => `${tcId}: ${comment}`;

test('fault 24: Wycheproof, AES-256-CBC with PKCS#7, both ways', t => {
	runVectors(t, 'aes-cbc-pkcs5', vector => {
		const key = createSecretKey(hex(vector.key));
		const opened = decryptCbc(key, hex(vector.iv), hex(vector.ct));
		t.is(opened?.toString('hex'), vector.result === 'valid' ? vector.msg : undefined, about(vector));
		if (vector.result === 'valid') {
			t.is(Buffer.concat(encryptCbc(key, hex(vector.iv), hex(vector.msg))).toString('hex'), vector.ct, about(vector));
		}
	});
});

test('fault 24: Wycheproof, HMAC-SHA-256', t => {
	runVectors(t, 'hmac-sha256', vector => {
		const tag = createHmac('sha256', createSecretKey(hex(vector.key))).update(hex(vector.msg)).digest('hex');
		t.is(tag === vector.tag, vector.result === 'valid', about(vector));
	});
});

test('fault 24: Wycheproof, HKDF-SHA-256', t => {
	runVectors(t, 'hkdf-sha256', vector => {
		const derive = () => deriveKey(hex(vector.ikm), hex(vector.salt), hex(vector.info), vector.size).toString('hex');
		if (vector.result === 'valid') {
			t.is(derive(), vector.okm, about(vector));
		} else {
			t.throws(derive, undefined, about(vector));
		}
	});
});

test('fault 24: Wycheproof, X25519; shared secrets of zeros are refused', t => {
	let zeros = 0;
	runVectors(t, 'x25519', vector => {
		const agree = () => agreeOnSecret(hex(vector.private), hex(vector.public)).toString('hex');
		if (/^0+$/.test(vector.shared)) {
			zeros++;
			t.throws(agree, {instanceOf: CofferError, code: 'damaged'}, about(vector));
		} else {
			t.is(agree(), vector.shared, about(vector));
		}
	});
	t.log(`${zeros} of low order refused`);
	t.true(zeros > 10);
});

test('fault 24: Wycheproof, Ed25519: verification of all, signing of the valid ones', t => {
	let signed = 0;
	runVectors(t, 'eddsa', (vector, {key}) => {
		t.is(isSignatureValid(hex(key!.pk), hex(vector.msg), hex(vector.sig)), vector.result === 'valid', about(vector));
		if (vector.result === 'valid') {
			t.is(publicKeyOf('ed25519', hex(key!.sk)).toString('hex'), key!.pk);
			t.is(signMessage(hex(key!.sk), hex(vector.msg)).toString('hex'), vector.sig, about(vector));
			signed++;
		}
	});
	t.log(`${signed} signed anew, byte for byte the same`);
});

/** PBKDF2 (RFC 8018, section 5.2), written from its definition. */
function pbkdf2ByDefinition(secret: Uint8Array, salt: Uint8Array, iterations: number, byteCount: number): Buffer {
	const key = createSecretKey(secret);
	const blocks: Buffer[] = [];
	for (let number = 1; number <= Math.ceil(byteCount / 32); number++) {
		let last = createHmac('sha256', key).update(salt).update(Buffer.from([0, 0, 0, number])).digest();
		const sum = Buffer.from(last);
		for (let round = 1; round < iterations; round++) {
			last = createHmac('sha256', key).update(last).digest();
			for (let index = 0; index < 32; index++) {
				sum[index]! ^= last[index]!;
			}
		}

		blocks.push(sum);
	}

	return Buffer.concat(blocks).subarray(0, byteCount);
}

test('fault 24: PBKDF2-HMAC-SHA-256: RFC 7914, section 11, and the definition with our own counts', async t => {
	const vectors = [
		['passwd', 'salt', 1, '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783'],
		['Password', 'NaCl', 80_000, '4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d'],
	] as const;
	for (const [secret, salt, iterations, output] of vectors) {
		const key = Buffer.from(secret);
		t.is(pbkdf2Sync(key, salt, iterations, 64, 'sha256').toString('hex'), output);
	}

	t.is(pbkdf2ByDefinition(Buffer.from('passwd'), Buffer.from('salt'), 1, 64).toString('hex'), vectors[0][3]);
	// An empty secret, one of a block's length and one beyond it, which HMAC hashes first.
	const secrets = ['', 'a'.repeat(64), 'ü'.repeat(60)].map(text => Buffer.from(text));
	for (const [index, secret] of secrets.entries()) {
		const salt = Buffer.alloc(32, index);
		t.deepEqual(await stretchSecret(secret, salt, keyFileIterations + index), pbkdf2ByDefinition(secret, salt, keyFileIterations + index, 32));
	}

	t.log(`${vectors.length} of the RFC, ${secrets.length} by the definition`);
});
