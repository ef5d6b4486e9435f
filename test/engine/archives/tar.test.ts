import {spawnSync} from 'node:child_process';
import {Buffer} from 'node:buffer';
import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import fc from 'fast-check';
import {ByteSource} from '../../../source/engine/archives/byte-source.ts';
import {joinDevice} from '../../../source/engine/archives/tar/device-number.ts';
import {decodePaxRecords, encodePaxRecords, formatPaxTime, parsePaxTime} from '../../../source/engine/archives/tar/pax-records.ts';
import {TarReader} from '../../../source/engine/archives/tar/tar-reader.ts';
import {writeTar, type TarEntry} from '../../../source/engine/archives/tar/tar-writer.ts';
import {fromBytes, fromText, type ByteString} from '../../../source/engine/byte-string.ts';
import {isCofferError} from '../../../source/engine/errors.ts';
import {splitDevice} from '../../../source/engine/operations/restore/special-files.ts';
import type {StreamedEntry} from '../../../source/engine/streamed-entry.ts';
import {refuses, refusesAsync} from '../../helpers/error-assertions.ts';
import {handmadeTar, lackOf, type HandmadeEntry} from '../../helpers/old-archives.ts';
import {optionalTest} from '../../helpers/optional-test.ts';
import {createFolder} from '../../helpers/source-folder.ts';

type Read = {readonly entries: Array<Omit<StreamedEntry, 'content'> & {readonly text?: string}>; readonly skipped: Array<[path: string, reason: string]>};

/**
Pieces of odd sizes, so that nothing may rely on how bytes arrive.
@yields The next piece.
*/
async function * inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer, void> {
	for (let start = 0; start < bytes.byteLength; start += size) {
		yield bytes.subarray(start, start + size);
	}
}

async function read(tar: Buffer, {pieceBytes = 1000, takesContent = true} = {}): Promise<Read> {
	const entries: Read['entries'] = [];
	const skipped: Read['skipped'] = [];
	const reader = new TarReader(new ByteSource(inPieces(tar, pieceBytes)), {what: '/a.tar', onSkip(at, reason) {
		skipped.push([at, reason]);
	}});
	for await (const {content, ...entry} of reader.entries()) {
		const parts: Uint8Array[] = [];
		for await (const piece of takesContent ? content ?? [] : []) {
			parts.push(Buffer.from(piece));
		}

		entries.push({...entry, ...(content && {text: Buffer.concat(parts).toString('latin1')})});
	}

	return {entries, skipped};
}

async function write(entries: readonly TarEntry[]): Promise<Buffer> {
	const parts: Uint8Array[] = [];
	for await (const piece of writeTar((async function * () {
		yield * entries;
	})())) {
		parts.push(Buffer.from(piece));
	}

	return Buffer.concat(parts);
}

async function * contentOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
	yield bytes.subarray(0, 7);
	yield bytes.subarray(7);
}

const bytesArbitrary = (maximum: number) => fc.uint8Array({minLength: 1, maxLength: maximum}).map(bytes => fromBytes(bytes.map(byte => byte === 0 ? 0x2F : byte)));

/** Any entry that a snapshot can hold, limits and just beyond them among its numbers. */
const entryArbitrary: fc.Arbitrary<TarEntry & {readonly bytes: Uint8Array}> = fc.record({
	path: bytesArbitrary(300).map(name => `d${name}x` as ByteString),
	type: fc.constantFrom('file', 'symlink', 'directory', 'fifo', 'block', 'character'),
	mode: fc.integer({min: 0, max: 0o7777}),
	uid: fc.oneof(fc.constantFrom(0, 0o777_7777, 0o1000_0000, 0xFF_FF_FF_FF), fc.nat()),
	gid: fc.oneof(fc.constantFrom(0, 0o777_7777, 0o1000_0000, 0xFF_FF_FF_FF), fc.nat()),
	mtimeNs: fc.oneof(fc.constantFrom(0n, -1n, -1_000_000_000n, (2n ** 33n) * 1_000_000_000n, 1_700_000_000_123_456_789n), fc.bigInt({min: -(2n ** 62n), max: 2n ** 64n})),
	xattrs: fc.option(fc.array(fc.record({name: fc.constantFrom('user.a', 'security.capability', 'user.ä=b'), value: fc.uint8Array({maxLength: 40}).map(bytes => Buffer.from(bytes))}), {minLength: 1, maxLength: 1}), {nil: undefined}),
	target: bytesArbitrary(200),
	linkTo: fc.option(bytesArbitrary(200), {nil: undefined, freq: 6}),
	major: fc.nat({max: 0o777_7777}),
	minor: fc.nat({max: 0o777_7777}),
	bytes: fc.uint8Array({minLength: 8, maxLength: 1500}),
}).map(({target, xattrs, linkTo, major, minor, bytes, ...rest}) => ({
	...rest, bytes,
	...(xattrs && {xattrs}),
	...(linkTo && {linkTo}),
	...(rest.type === 'symlink' && !linkTo && {target}),
	...((rest.type === 'block' || rest.type === 'character') && {device: {major, minor}}),
	...(rest.type === 'file' && !linkTo && {size: bytes.byteLength, content: contentOf(bytes)}),
}));

test('what is written is read back to the byte: names, owners, times, attributes, devices, contents', async t => {
	let count = 0;
	await fc.assert(fc.asyncProperty(fc.array(entryArbitrary, {maxLength: 8}), fc.integer({min: 1, max: 3000}), async (entries, pieceBytes) => {
		const tar = await write(entries);
		t.is(tar.byteLength % 10_240, 0);
		const {entries: found, skipped} = await read(tar, {pieceBytes});
		t.deepEqual(skipped, []);
		t.is(found.length, entries.length);
		for (const [index, {bytes, content, device, ...entry}] of entries.entries()) {
			count++;
			const expected = entry.linkTo === undefined
				? {...entry, ...(device && {rdev: joinDevice(BigInt(device.major), BigInt(device.minor)).toString()}), ...(content && {text: Buffer.from(bytes).toString('latin1')})}
				: {...entry, type: 'file'};
			t.deepEqual(found[index] as unknown, expected);
		}
	}), {numRuns: 150});
	t.log(`${count} entries`);
});

test('device numbers come apart as they were joined', t => {
	fc.assert(fc.property(fc.bigInt({min: 0n, max: 0xFF_FF_FF_FFn}), fc.bigInt({min: 0n, max: 0xFF_FF_FF_FFn}), (major, minor) => {
		t.deepEqual(splitDevice(joinDevice(major, minor)), {major, minor});
	}));
	t.is(joinDevice(8n, 1n), 0x8_01n);
});

test('pax records: lengths that count themselves, values with anything in them, times', t => {
	fc.assert(fc.property(fc.array(fc.tuple(fc.stringMatching(/^[a-zA-Z.]{1,20}$/), fc.uint8Array({maxLength: 1200}).map(bytes => fromBytes(bytes))), {maxLength: 4}), records => {
		const map = new Map<string, string>(records);
		t.deepEqual(decodePaxRecords(encodePaxRecords(map), 'x'), map);
	}));
	for (const length of [1, 93, 94, 95, 96, 993, 994, 995]) {
		const bytes = encodePaxRecords(new Map([['k', 'v'.repeat(length)]]));
		t.is(Number(bytes.toString().split(' ')[0]), bytes.byteLength);
	}

	for (const text of ['x', '5', '5 a=', '5 a=bc\n', '0 \n', '4 =\nx', '-4 a=\n', '99 a=b\n', '+6 a=b\n', '1e1 a=bcd\n', '7 abcd\n']) {
		refuses(t, () => decodePaxRecords(Buffer.from(text), '/a.tar'), 'damaged', /^\/a\.tar holds a tar entry whose pax records/);
	}

	for (const ns of [0n, 1n, -1n, 1_500_000_000n, -1_500_000_000n, 123_456_789_123_456_789n]) {
		t.is(parsePaxTime(formatPaxTime(ns)), ns);
	}

	t.is(parsePaxTime('1.5'), 1_500_000_000n);
	t.is(parsePaxTime('1.1234567891'), 1_123_456_789n);
	for (const text of ['', '.', '1,5', 'x', '1e5', '1'.repeat(20)]) {
		t.is(parsePaxTime(text), undefined);
	}
});

const lack = lackOf('tar');

for (const format of ['gnu', 'oldgnu', 'posix', 'ustar', 'v7']) {
	optionalTest(lack, `what GNU tar writes in the format ${format}`, async t => {
		const isLong = !['ustar', 'v7'].includes(format);
		const long = isLong ? `${'long'.repeat(40)}/${'name'.repeat(50)}` : 'short/name';
		const folder = createFolder(t, {'data/a': 'one', 'data/empty': '', [`data/${long}`]: 'two', 'data/big': Buffer.alloc(100_001, 'z')});
		symlinkSync(isLong ? 'target/'.repeat(30) : 'target', path.join(folder, 'data/link'));
		if (isLong) {
			writeFileSync(Buffer.concat([Buffer.from(`${folder}/data/`), Buffer.from('fffe41', 'hex')]), 'bytes');
		}

		const {status, stdout, stderr} = spawnSync('tar', ['--create', `--format=${format}`, '--sort=name', '--owner=somebody:4711', '--group=some:4712', '--mtime=2020-01-02 03:04:05Z', 'data'], {cwd: folder, maxBuffer: 1e7});
		t.is(status, 0, stderr.toString());
		const {entries, skipped} = await read(stdout);
		t.deepEqual(skipped, []);
		const byPath = new Map(entries.map(entry => [entry.path.replace(/\/$/, ''), entry]));
		t.is(byPath.get('data')!.type, 'directory');
		t.like(byPath.get('data/a'), {type: 'file', text: 'one', uid: 4711, gid: 4712, mtimeNs: 1_577_934_245_000_000_000n});
		t.is(byPath.get('data/empty')!.text, '');
		t.is(byPath.get(`data/${long}`)!.text, 'two');
		t.is(byPath.get('data/big')!.text!.length, 100_001);
		t.is(byPath.get('data/link')!.target, fromText(isLong ? 'target/'.repeat(30) : 'target'));
		t.is(byPath.get('data/\u00FF\u00FEA')?.text, isLong ? 'bytes' : undefined);
		t.deepEqual((await read(stdout, {takesContent: false})).entries.map(entry => entry.path), entries.map(entry => entry.path));
	});
}

optionalTest(lack, 'GNU tar reads what is written: it lists and unpacks everything', async t => {
	const folder = createFolder(t);
	const content = Buffer.alloc(70_000, 'content');
	const names = ['plain', 'ü', 'x'.repeat(180), `${'folder/'.repeat(20)}deep`, Buffer.from('fffe', 'hex').toString('latin1')].map(name => `d/${name.includes('ü') ? fromText(name) : name}` as ByteString);
	const base = {mode: 0o640, uid: 0, gid: 0, mtimeNs: 1_600_000_000_123_456_789n};
	const tar = await write([
		{...base, path: 'd/' as ByteString, type: 'directory', mode: 0o755},
		...names.map(name => ({...base, path: name, type: 'file' as const, size: content.byteLength, content: contentOf(content)})),
		{...base, path: 'd/hard' as ByteString, type: 'file', linkTo: names[2]!},
		{...base, path: 'd/soft' as ByteString, type: 'symlink', target: 'y'.repeat(150) as ByteString},
	]);
	mkdirSync(path.join(folder, 'out'));
	const {status, stderr} = spawnSync('tar', ['-x', '-f', '-', '-C', 'out'], {cwd: folder, input: tar, encoding: 'utf8'});
	t.deepEqual([status, stderr], [0, '']);
	for (const name of [...names, 'd/hard']) {
		t.deepEqual(readFileSync(Buffer.from(`${folder}/out/${name}`, 'latin1')), content, name);
	}
});

test('a content that is not as long as its size is a mistake of the program', async t => {
	const base = {mode: 0o640, uid: 0, gid: 0, mtimeNs: 0n, path: 'x' as ByteString, type: 'file' as const};
	for (const size of [9, 11]) {
		await t.throwsAsync(async () => write([{...base, size, content: contentOf(Buffer.alloc(10))}]), {instanceOf: RangeError});
	}
});

test('kinds of entries that are not read are named, and what follows is read', async t => {
	const sparse = Buffer.concat([handmadeTar([{name: 'sparse', type: 'S', content: 'x'.repeat(600)}], {hasEnd: false})]);
	const {entries, skipped} = await read(Buffer.concat([
		handmadeTar([
			{name: 'label', type: 'V'},
			{name: 'vendor', type: 'Z', content: 'something'},
			{name: 'pax', pax: {'GNU.sparse.major': '1', 'GNU.sparse.name': 'x'}, content: 'map and data'},
		], {hasEnd: false}),
		sparse,
		handmadeTar([{name: 'after', content: 'fine'}, {name: 'old/', content: ''}, {name: 'dumped', type: 'D', content: 'Yname\0\0'}, {name: 'whole', type: '7', content: 'c'}]),
	]));
	t.deepEqual(skipped.map(([name]) => name), ['vendor', 'pax', 'sparse']);
	t.deepEqual(entries.map(({path: name, type, text}) => [name, type, text]), [['after', 'file', 'fine'], ['old/', 'directory', undefined], ['dumped', 'directory', undefined], ['whole', 'file', 'c']]);
});

test('global records hold for all that follows; own ones go before them', async t => {
	const globals = handmadeTar([{name: 'g', type: 'g', content: '12 uid=4711\n'}], {hasEnd: false});
	const {entries} = await read(Buffer.concat([globals, handmadeTar([{name: 'a'}, {name: 'b', pax: {uid: '7'}}, {name: 'c', pax: {uid: '-1', gid: '99999999999'}}])]));
	t.deepEqual(entries.map(({uid, gid}) => [uid, gid]), [[4711, 0], [7, 0], [65_534, 65_534]]);
});

test('numbers in binary, spaces around digits, times before 1970', async t => {
	const tar = handmadeTar([{name: 'a', content: 'abc'}]);
	const change = (offset: number, bytes: Buffer) => {
		const changed = Buffer.from(tar);
		bytes.copy(changed, offset);
		changed.write(' '.repeat(8), 148, 'latin1');
		const sum = changed.subarray(0, 512).reduce((total, byte) => total + byte, 0);
		changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
		return changed;
	};

	const binary = (value: bigint, length: number) => {
		const bytes = Buffer.alloc(length);
		for (let index = length - 1, rest = BigInt.asUintN(length * 8, value); index >= 0; index--, rest >>= 8n) {
			bytes[index] = Number(rest & 0xFFn);
		}

		bytes[0]! |= 0x80;
		return bytes;
	};

	t.is((await read(change(108, binary(4_000_000_000n, 8)))).entries[0]!.uid, 4_000_000_000);
	t.is((await read(change(136, binary(-5n, 12)))).entries[0]!.mtimeNs, -5_000_000_000n);
	t.is((await read(change(124, binary(3n, 12)))).entries[0]!.text, 'abc');
	t.is((await read(change(124, Buffer.from('         3 \0')))).entries[0]!.text, 'abc');
	for (const size of [binary(-1n, 12), binary(2n ** 80n, 12), Buffer.from('99999999999\0'), Buffer.from('xyz')]) {
		await refusesAsync(t, async () => read(change(124, size)), 'damaged', /header is not what was written/);
	}
});

test('claims beyond measure: names, records and sizes are bounded before they are read', async t => {
	for (const type of ['x', 'g', 'L', 'K']) {
		await refusesAsync(t, async () => read(handmadeTar([{name: 'a', type, size: 1024 * 1024 + 1}])), 'damaged', /at most 1048576 are read/);
	}

	for (const size of ['-1', '1.5', 'x', '99999999999999999999', '']) {
		await refusesAsync(t, async () => read(handmadeTar([{name: 'a', pax: {size}, content: 'x'}])), size === '' ? 'damaged' : 'damaged');
	}

	await refusesAsync(t, async () => read(handmadeTar([{name: 'part', type: 'M', content: 'x'}])), 'damaged', /several volumes/);
});

test('a tar that was cut off anywhere is damaged; whole it is not', async t => {
	const tar = handmadeTar([{name: 'a', content: 'x'.repeat(700)}, {name: 'b', pax: {path: 'long/b'}, content: 'y'}, {name: 'd/', type: '5'}]);
	t.is((await read(tar)).entries.length, 3);
	let cuts = 0;
	for (let length = 0; length <= tar.byteLength - 1024; length += 64) {
		await refusesAsync(t, async () => read(tar.subarray(0, length)), 'damaged');
		cuts++;
	}

	t.log(`${cuts} lengths`);
});

test('flipped bits: an error or entries, never anything else', async t => {
	const entries: HandmadeEntry[] = [{name: 'a', content: 'x'.repeat(700)}, {name: 'b', pax: {path: 'long/b', mtime: '1.5', 'SCHILY.xattr.user.x': '\u00FF'}, content: 'y'}, {name: 'l', type: '2', linkName: 'a'}, {name: 'h', type: '1', linkName: 'a'}];
	const tar = handmadeTar(entries);
	let refused = 0;
	let flips = 0;
	for (let at = 0; at < tar.byteLength; at += process.env['COFFER_SOAK'] ? 1 : 3) {
		const changed = Buffer.from(tar);
		changed[at]! ^= 1 << (at % 8);
		flips++;
		try {
			await read(changed, {pieceBytes: 4096});
		} catch (error) {
			refused++;
			t.true(isCofferError(error, 'damaged'), `${at}: ${String(error)}`);
		}
	}

	t.true(refused > 400);
	t.log(`${flips} flips, ${refused} noticed by the tar itself`);
});
