import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import type {ByteString} from '../../../../source/engine/byte-string.ts';
import {checkPack, encodeBundleHeader, hexLengths, readBundleHeader, type BundleHeader} from '../../../../source/engine/sources/git/bundle-format.ts';
import {mergeRefs} from '../../../../source/engine/sources/git/existing-refs.ts';
import {encodePackedRefs, parsePackedRefs, parseRefFile, parseRefLog} from '../../../../source/engine/sources/git/ref-files.ts';
import {isRefName} from '../../../../source/engine/sources/git/ref-name.ts';
import {splitNames} from '../../../../source/engine/sources/git/repository-bundle.ts';
import {readFormat} from '../../../../source/engine/sources/git/repository-config.ts';
import {refuses, refusesAsync} from '../../../helpers/error-assertions.ts';
import {gitLack} from '../../../helpers/git-repositories.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';

const id = (length: number) => fc.string({unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length});
const part = fc.string({unit: fc.integer({min: 0, max: 255}).map(code => String.fromCodePoint(code)), minLength: 1, maxLength: 12});
const refName = fc.array(part, {minLength: 1, maxLength: 4}).map(parts => `refs/${parts.join('/')}` as ByteString).filter(name => isRefName(name));
const refs = (length: number) => fc.uniqueArray(fc.tuple(refName, id(length)), {selector: ([name]) => name, maxLength: 30}).map(entries => new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
const header: fc.Arbitrary<BundleHeader> = fc.constantFrom('sha1' as const, 'sha256' as const).chain(objectFormat => refs(hexLengths[objectFormat]).map(found => ({objectFormat, refs: found})));

/** Give bytes in pieces of some size. */
function reader(bytes: Buffer, size: number): () => Buffer {
	let position = 0;
	return () => {
		const piece = bytes.subarray(position, position + size);
		position += size;
		return piece;
	};
}

async function * inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer, void, undefined> {
	for (let position = 0; position < bytes.byteLength; position += size) {
		yield bytes.subarray(position, position + size);
	}
}

test('packed refs and headers of bundles are read as they were written, in pieces of any size', t => {
	let seen = 0;
	fc.assert(fc.property(header, fc.integer({min: 1, max: 500}), fc.uint8Array({maxLength: 50}), (written, size, rest) => {
		const start = encodeBundleHeader(written);
		const {header: read, packOffset} = readBundleHeader(reader(Buffer.concat([start, rest]), size));
		t.deepEqual([read.objectFormat, [...read.refs], packOffset], [written.objectFormat, [...written.refs], start.byteLength]);
		t.deepEqual([...parsePackedRefs(encodePackedRefs(written.refs), hexLengths[written.objectFormat])], [...written.refs]);
		seen += written.refs.size;
	}), {seed: 7});
	t.log(`${seen} refs`);
});

test('whatever is given instead of a header or packed refs is refused with an error that says so', t => {
	let refused = 0;
	fc.assert(fc.property(header, fc.nat(), fc.integer({min: 0, max: 255}), fc.nat(), (written, position, byte, cut) => {
		const bytes = encodeBundleHeader(written);
		bytes[position % bytes.byteLength] = byte;
		const damaged = cut % 3 === 0 ? bytes.subarray(0, cut % bytes.byteLength) : bytes;
		try {
			for (const name of readBundleHeader(reader(damaged, 64)).header.refs.keys()) {
				t.true(name === 'HEAD' || isRefName(name));
			}
		} catch (error) {
			refused++;
			t.regex((error as Error).message, /^it is no bundle|^its list of refs is damaged/);
		}

		try {
			parsePackedRefs(damaged.toString('latin1'), 40);
		} catch (error) {
			t.regex((error as Error).message, /packed-refs holds a line/);
		}
	}), {seed: 8});
	t.true(refused > 20);
	t.log(`${refused} of 100 refused`);
});

optionalTest(gitLack, 'names of refs: what git takes for one, and nothing else', t => {
	const names = [
		'refs/heads/main', 'refs/heads/-x', 'refs/heads/ä', 'refs/heads/a@b', 'refs/heads/@', 'refs/heads/a{b', 'refs/heads/a.b', 'refs/x', 'refs/heads/a%b', 'refs/heads/"q"', 'refs/heads/a]', 'refs/heads/a.lockx', 'main',
		'refs/heads/a..b', 'refs/heads/.a', 'refs/.a/b', 'refs/heads/a.lock', 'refs/a.lock/b', 'refs/heads/a b', 'refs/heads/a~1', 'refs/heads/a^', 'refs/heads/a:b', 'refs/heads/a?', 'refs/heads/*', 'refs/heads/a[b', 'refs/heads/a\\b',
		'refs/heads/a@{b', 'refs/heads/a/', 'refs/heads/a.', 'refs//a', '/refs/a', 'refs/heads/a\u007F', 'refs/heads/a\nb', 'refs/heads/\u0001',
	];
	const expected = names.filter(name => spawnSync('git', ['check-ref-format', name]).status === 0);
	t.deepEqual(names.filter(name => isRefName(Buffer.from(name).toString('latin1') as ByteString)), expected);
	t.true(expected.length >= 12);
	t.log(`${names.length} names, ${expected.length} of them good`);
});

test('files of refs: ids, names, and what a power loss or a forger leaves', t => {
	const one = 'ab'.repeat(20);
	t.deepEqual(parseRefFile(`${one}\n`, 40), {id: one});
	t.deepEqual(parseRefFile(one, 40), {id: one});
	t.deepEqual(parseRefFile('ref: refs/heads/main\n', 40), {target: 'refs/heads/main' as ByteString});
	t.deepEqual(parseRefFile('ref:\trefs/heads/main', 40), {target: 'refs/heads/main' as ByteString});
	for (const broken of ['', '\n', '\0'.repeat(41), `${one}x`, one.slice(1), `${one}${one}`, 'ref: ../../etc/passwd', 'ref: HEAD', 'ref: refs/heads/a b', `-${one}`]) {
		t.is(parseRefFile(broken, 40), undefined, broken);
	}

	t.deepEqual(parseRefLog(`${'0'.repeat(40)} ${one} A <a@b> 1 +0000\tOn main: x\nnonsense\n${one} short A <a@b> 1 +0000\t\n`, 40), [one]);
});

test('refs are merged where both can be', t => {
	const name = (text: string) => text as ByteString;
	t.deepEqual([...mergeRefs(new Map([[name('refs/heads/a'), '1'], [name('refs/heads/b'), '1']]), new Map([[name('refs/heads/b'), '2']]))], [['refs/heads/a', '1'], ['refs/heads/b', '2']] as never);
	t.throws(() => mergeRefs(new Map([[name('refs/heads/a'), '1']]), new Map([[name('refs/heads/a/b'), '2']])), {message: /cannot both be/});
});

test('a pack passes as it is; one that is cut off, changed or none is refused at its end', async t => {
	const body = Buffer.concat([Buffer.from('PACK\0\0\0\u0002\0\0\0\u0001', 'latin1'), Buffer.alloc(1000, 7)]);
	const pack = Buffer.concat([body, createHash('sha1').update(body).digest()]);
	const pass = async (bytes: Buffer, size: number): Promise<Buffer> => {
		const parts: Buffer[] = await Array.fromAsync(checkPack(inPieces(bytes, size), 'sha1', 'git pack-objects'));

		return Buffer.concat(parts);
	};

	for (const size of [1, 3, 19, 20, 21, 500, 5000]) {
		t.deepEqual(await pass(pack, size), pack);
		const changed = Buffer.from(pack.map((byte, position) => (position === 500 ? byte ^ 1 : byte)));
		for (const bad of [pack.subarray(0, -1), Buffer.alloc(0), pack.subarray(1), Buffer.concat([pack, Buffer.alloc(1)]), changed, pack.subarray(0, 15)]) {
			await refusesAsync(t, async () => pass(bad, size), 'source-failed', /a pack that is not whole/);
		}
	}
});

test('lists that end with NUL are taken apart wherever the pieces end', async t => {
	await fc.assert(fc.asyncProperty(fc.array(part.filter(text => !text.includes('\0'))), fc.integer({min: 1, max: 20}), async (names, size) => {
		const bytes = Buffer.from(names.map(name => `${name}\0`).join(''), 'latin1');
		t.deepEqual(await Array.fromAsync(splitNames(inPieces(bytes, size))), names as ByteString[]);
	}), {seed: 9});
});

test('the format of a repository is what git takes it for', t => {
	const version = ['core.repositoryformatversion', '1'] as const;
	t.deepEqual(readFormat([], '/r'), {objectFormat: 'sha1', isPartial: false});
	t.deepEqual(readFormat([version, ['extensions.objectformat', 'sha256'], ['extensions.worktreeconfig', 'true']], '/r'), {objectFormat: 'sha256', isPartial: false});
	t.deepEqual(readFormat([['remote.a.b.promisor', 'true']], '/r'), {objectFormat: 'sha1', isPartial: true});
	t.deepEqual(readFormat([version, ['extensions.partialclone', 'origin'], ['extensions.refstorage', 'files']], '/r'), {objectFormat: 'sha1', isPartial: true});
	// Extensions count only from version 1 on.
	t.deepEqual(readFormat([['extensions.objectformat', 'sha256']], '/r'), {objectFormat: 'sha1', isPartial: false});
	refuses(t, () => readFormat([version, ['extensions.objectformat', 'md5']], '/r'), 'source-failed', /"objectformat" \(md5\)/);
});
