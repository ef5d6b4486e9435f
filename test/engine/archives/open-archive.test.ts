import {Buffer} from 'node:buffer';
import {createHash, randomBytes} from 'node:crypto';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {gzipSync} from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import {OpenArchive} from '../../../source/engine/archives/open-archive.ts';
import {isCofferError} from '../../../source/engine/errors.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {encryptLikeOpenssl, flipBit, handmadeTar, writeOldArchive} from '../../helpers/old-archives.ts';
import {createFolder} from '../../helpers/source-folder.ts';

const password = Buffer.from('secret');
/** One that costs little. */
const iterations = 1000;

type Contents = {readonly bytes: number; readonly names: string[]; readonly kind: string | undefined};

async function readAll(file: string, options: {readonly password?: Buffer; readonly iterations?: number} = {}): Promise<Contents> {
	const archive = await OpenArchive.open({path: file, password, iterations, ...options});
	try {
		const names: string[] = [];
		let bytes = 0;
		for await (const {path: name, content} of archive.entries(() => undefined)) {
			names.push(name);
			for await (const piece of content ?? []) {
				bytes += piece.byteLength;
			}
		}

		return {bytes, names, kind: archive.kind};
	} finally {
		await archive.close();
	}
}

function writeEncrypted(t: ExecutionContext, name: string, content: Uint8Array): string {
	return path.join(createFolder(t, {[name]: encryptLikeOpenssl(content, password, iterations)}), name);
}

const sampleTar = handmadeTar([{name: 'a', content: Buffer.from(randomBytes(5000).toString('base64'))}, {name: 'b', content: 'text'}]);
const dump = Buffer.from(`-- dump\n${'INSERT INTO t VALUES (1, \'ä\');\n'.repeat(300)}`);

const contents: ReadonlyArray<readonly [what: string, content: Buffer, kind: string, bytes: number]> = [
	['a tar in gzip', gzipSync(sampleTar), 'tar', 6672],
	['a tar as it is', sampleTar, 'tar', 6672],
	['a dump in gzip', gzipSync(dump), 'file', dump.byteLength],
	['a dump as it is', dump, 'file', dump.byteLength],
	['a dump of one line', Buffer.from('x'), 'file', 1],
	['an empty dump', Buffer.alloc(0), 'file', 0],
	['an empty dump in gzip', gzipSync(''), 'file', 0],
	['an empty tar', Buffer.alloc(10_240), 'tar', 0],
	['a dump whose end fills a block', Buffer.alloc(64, 'x'), 'file', 64],
	['a dump in PostgreSQL\'s own format', Buffer.concat([Buffer.from('PGDMP\u0001'), randomBytes(1000)]), 'file', 1006],
	['a database of SQLite', Buffer.concat([Buffer.from('SQLite format 3\0'), randomBytes(1000)]), 'file', 1016],
	['bytes in gzip', gzipSync(randomBytes(3000)), 'file', 3000],
	['two members of gzip', Buffer.concat([gzipSync('one'), gzipSync('two')]), 'file', 6],
];

for (const [what, content, kind, bytes] of contents) {
	test(`recognised by its content, whatever its name: ${what}`, async t => {
		t.like(await readAll(writeEncrypted(t, 'name', content)), {kind, bytes});
	});
}

test('the name of the one file of a dump is that of the archive without its time, so that it is the same every day', async t => {
	for (const [name, expected] of [['db-20250101-000000.sql.enc', 'db.sql'], ['db-20250101-000000.sql.gz.enc', 'db.sql'], ['shop.dump.enc', 'shop.dump.dump'], ['x', 'x']] as const) {
		t.deepEqual((await readAll(writeEncrypted(t, name, dump))).names, [expected], name);
	}
});

test('truncated anywhere: never taken for whole, and called damage, unless next to nothing is left', async t => {
	let cuts = 0;
	const keyWrong: number[] = [];
	for (const content of [gzipSync(sampleTar), sampleTar, dump]) {
		const file = writeEncrypted(t, 'archive', content);
		const whole = readFileSync(file);
		for (let length = 0; length < whole.byteLength; length += length < 600 ? 8 : 991) {
			writeFileSync(file, whole.subarray(0, length));
			const error = await t.throwsAsync(async () => readAll(file), undefined, String(length));
			t.true(isCofferError(error, 'damaged', 'key-wrong'), `${length}: ${error?.stack}`);
			if (isCofferError(error, 'key-wrong')) {
				keyWrong.push(length);
			}

			cuts++;
		}
	}

	// Less than a header of tar, or than what tells text from chance, in whole blocks.
	t.deepEqual(keyWrong.filter(length => length > 16 + 512 || length % 16 !== 0), []);
	t.log(`${cuts} lengths`);
});

test('flipped bits: of a packed archive every one is noticed, and called damage', async t => {
	const file = writeEncrypted(t, 'archive', gzipSync(sampleTar));
	const whole = readFileSync(file);
	let flips = 0;
	const keyWrong: number[] = [];
	for (let at = 0; at < whole.byteLength; at += at < 64 || at > whole.byteLength - 64 ? 1 : 61) {
		writeFileSync(file, whole);
		flipBit(file, at);
		const error = await t.throwsAsync(async () => readAll(file), undefined, String(at));
		t.true(isCofferError(error, 'damaged', 'key-wrong'), `${at}: ${error?.stack}`);
		if (isCofferError(error, 'key-wrong')) {
			keyWrong.push(at);
		}

		flips++;
	}

	// A changed salt is another key.
	t.deepEqual(keyWrong.filter(at => at < 8 || at >= 16), []);
	t.log(`${flips} bits`);
});

test('a .sha256 beside it: what fits is said, what does not is damage, also where the beginning is hit so that no key fits', async t => {
	const file = writeEncrypted(t, 'archive', dump);
	const checksum = createHash('sha256').update(readFileSync(file)).digest('hex');
	writeFileSync(`${file}.sha256`, `${checksum}  archive\n`);
	const archive = await OpenArchive.open({path: file, password, iterations});
	t.true(archive.hasChecksum);
	await archive.close();
	t.is((await readAll(file)).bytes, dump.byteLength);
	await refusesAsync(t, async () => readAll(file, {password: Buffer.from('wrong')}), 'key-wrong');
	// In a dump as it is nothing but this finds it.
	for (const at of [8, 17, 1000]) {
		flipBit(file, at);
		await refusesAsync(t, async () => readAll(file), 'damaged', /is not what its \.sha256 was made of/);
		flipBit(file, at);
	}

	writeFileSync(`${file}.sha256`, 'nothing');
	await refusesAsync(t, async () => readAll(file), 'damaged', /archive\.sha256 holds no SHA-256/);
});

test('what is no archive is refused with what it is', async t => {
	const folder = createFolder(t, {plain: gzipSync('x'), base64: encryptLikeOpenssl(dump, password).toString('base64'), empty: '', short: 'Salted__12345678', dir: ''});
	mkdirSync(path.join(folder, 'folder'));
	for (const name of ['plain', 'empty', 'short']) {
		await refusesAsync(t, async () => readAll(path.join(folder, name)), 'damaged', /does not begin as "openssl enc -salt" writes/);
	}

	await refusesAsync(t, async () => readAll(path.join(folder, 'base64')), 'usage', /base64 -d/);
	await refusesAsync(t, async () => readAll(path.join(folder, 'folder')), 'usage', /no regular file/);
	await refusesAsync(t, async () => readAll(path.join(folder, 'nowhere')), 'source-missing', /nowhere cannot be read/);
});

test('wrong passwords open nothing: short texts, where chance helps most', async t => {
	const file = writeEncrypted(t, 'archive', Buffer.from('ok'));
	let refused = 0;
	for (let number = 0; number < 300; number++) {
		try {
			await readAll(file, {password: Buffer.from(`wrong ${number}`), iterations: 1});
		} catch (error) {
			refused++;
			t.true(isCofferError(error, 'key-wrong', 'damaged'));
		}
	}

	// Padding fits once in 255 times for each of three derivations; that nothing opens cannot be promised for two bytes.
	t.true(refused > 280);
	t.log(`${refused} of 300 wrong passwords refused`);
});

test('50 MB go through with little in memory: what was read of the file is never far ahead of what was taken', async t => {
	const size = 50 * 1024 * 1024;
	const block = randomBytes(1024 * 1024);
	const file = path.join(createFolder(t), 'large');
	// What cannot be packed is as long packed as it is: so the two are comparable.
	writeOldArchive(file, handmadeTar([{name: 'large', content: Buffer.concat(Array.from({length: 50}, () => block))}]), password);
	const archive = await OpenArchive.open({path: file, password});
	let taken = 0;
	let ahead = 0;
	for await (const {content} of archive.entries(() => undefined)) {
		for await (const piece of content!) {
			t.true(piece.byteLength <= 1024 * 1024);
			taken += piece.byteLength;
			ahead = Math.max(ahead, archive.bytesRead - taken);
			if (taken % (1024 * 1024) < piece.byteLength) {
				// The reading has its chance to run ahead.
				await new Promise(resolve => {
					setImmediate(resolve);
				});
			}
		}
	}

	await archive.close();
	t.is(taken, size);
	t.true(ahead < 1024 * 1024, `${ahead}`);
	t.log(`at most ${ahead} bytes ahead`);
});
