import {spawnSync} from 'node:child_process';
import {Buffer} from 'node:buffer';
import test from 'ava';
import {passwordOfFile, passwordOfPassphrase} from '../../../source/engine/archives/archive-password.ts';
import {deriveArchiveKey, describeDerivation, listDerivations} from '../../../source/engine/archives/derivations.ts';
import {refuses} from '../../helpers/error-assertions.ts';
import {encryptLikeOpenssl, lackOf} from '../../helpers/old-archives.ts';
import {optionalTest} from '../../helpers/optional-test.ts';
import {createFolder} from '../../helpers/source-folder.ts';

const lack = lackOf('openssl');
const salt = Buffer.from('0123456789abcdef', 'hex');

// Made by: openssl enc -aes-256-cbc -P -S 0123456789abcdef -pass pass:secret, with the flags of each (OpenSSL 3.0).
const vectors: ReadonlyArray<readonly [flags: string, key: string, iv: string]> = [
	['-pbkdf2 -iter 100000', 'ecb43d577763bb1432d697cde7b745dfb6859bb38f10d2d21a7c6514e00c2ff9', 'c8727d3aa83878aadc78283b98653ae6'],
	['-pbkdf2 -iter 10000', '041771e1fc3357af9abf70057fcc8609982411bea5d63e036a0850b7c6c27437', '7963ecaa62eb7aec9bfcb7e9673c8d47'],
	['-pbkdf2 -iter 600000', '25eeb30660840a5e62f651a5442397e0fc3a1bee5d00c5127fc4b662c793624f', '102d57c7a97552b1b7acbff6a8bf980b'],
	['-md sha256', 'f153ef81cbc7ffbf834e5616495d710219caf9d13cbe822dae2ca8dcccae62fa', '6d312a5680eec5257d2271334874eb29'],
	['-md md5', '5f772a83139a8d48ba45597c721ab6f2d37975c93f36a944cef01de4be7eb5d4', '0c72e5c512bf687b6331619b8545ea9d'],
];

test('keys and IVs are those of openssl', async t => {
	const derivations = listDerivations();
	t.deepEqual(derivations.map(derivation => describeDerivation(derivation)).toSorted(), vectors.map(([flags]) => flags).toSorted());
	for (const [flags, key, iv] of vectors) {
		const derivation = derivations.find(candidate => describeDerivation(candidate) === flags)!;
		const derived = await deriveArchiveKey(derivation, Buffer.from('secret'), salt);
		t.is(derived.key.toString('hex'), key, flags);
		t.is(derived.iv.toString('hex'), iv, flags);
	}
});

test('a count that is named takes the place of the usual ones; one that cannot be is refused', t => {
	t.deepEqual(listDerivations(1234).map(derivation => describeDerivation(derivation)), ['-pbkdf2 -iter 1234', '-md sha256', '-md md5']);
	for (const count of [0, -1, 1.5, 10_000_001, Number.NaN, 2 ** 31]) {
		refuses(t, () => listDerivations(count), 'usage');
	}
});

const keyFiles: ReadonlyArray<readonly [what: string, content: Buffer]> = [
	['a line', Buffer.from('secret\n')],
	['a line without an end', Buffer.from('secret')],
	['two lines', Buffer.from('first\nsecond\n')],
	['a carriage return', Buffer.from('secret\r\n')],
	['spaces around', Buffer.from('  secret \n')],
	['random bytes', Buffer.from('ff00fe0a01', 'hex')],
	['bytes that are not UTF-8', Buffer.from('e4f6fcff80', 'hex')],
	['1,022 bytes', Buffer.alloc(1022, 'a')],
	['1,023 bytes', Buffer.alloc(1023, 'b')],
	['1,024 bytes', Buffer.alloc(1024, 'c')],
	['a very long line', Buffer.alloc(4000, 'defghijklm')],
];

for (const [what, content] of keyFiles) {
	optionalTest(lack, `the password in a key file is what "openssl -pass file:" takes: ${what}`, t => {
		const folder = createFolder(t, {key: content, archive: encryptLikeOpenssl(Buffer.from('content'), passwordOfFile(content, 'key'), 1000)});
		const {status, stdout, stderr} = spawnSync('openssl', ['enc', '-d', '-aes-256-cbc', '-pbkdf2', '-iter', '1000', '-pass', 'file:key', '-in', 'archive'], {cwd: folder, encoding: 'utf8'});
		t.is(status, 0, stderr);
		t.is(stdout, 'content');
	});
}

test('a file or a passphrase that gives no password is refused', t => {
	for (const content of ['', '\n', '\0secret', '\nsecret']) {
		refuses(t, () => passwordOfFile(Buffer.from(content), '/a/key'), 'key-file-invalid', /^\/a\/key has no password/);
	}

	for (const text of ['', 'a\nb', 'a\0b', 'x'.repeat(1024), 'ä'.repeat(512)]) {
		refuses(t, () => passwordOfPassphrase(Buffer.from(text)), 'usage');
	}

	t.is(passwordOfPassphrase(Buffer.alloc(1023, 'x')).byteLength, 1023);
});
