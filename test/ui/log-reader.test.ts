import {appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {execFileSync} from 'node:child_process';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {longestLine, LogReader, readAtOnce} from '../../source/ui/log-reader.ts';
import {createFolder} from '../helpers/source-folder.ts';

function createReader(t: ExecutionContext, content?: string | Uint8Array) {
	const file = path.join(createFolder(t, content === undefined ? {} : {'coffer.log': content}), 'coffer.log');
	const reader = new LogReader(file);
	t.teardown(async () => reader.close());
	return {file, async read() {
		const lines: string[] = [];
		await reader.read(line => {
			lines.push(line);
		});
		return lines;
	}};
}

test('first what is there, then what is added, in whole lines', async t => {
	const {file, read} = createReader(t, 'one\ntwo\n\nthr');
	t.deepEqual(await read(), ['one', 'two']);
	t.deepEqual(await read(), []);
	appendFileSync(file, 'ee\nfour');
	t.deepEqual(await read(), ['three']);
	appendFileSync(file, '\n');
	t.deepEqual(await read(), ['four']);
});

test('a character whose bytes arrive apart is whole', async t => {
	const bytes = Buffer.from('größe ✔\n');
	const {file, read} = createReader(t, bytes.subarray(0, 3));
	t.deepEqual(await read(), []);
	appendFileSync(file, bytes.subarray(3, 9));
	t.deepEqual(await read(), []);
	appendFileSync(file, bytes.subarray(9));
	t.deepEqual(await read(), ['größe ✔']);
});

test('of a long log only the end is read, from the first whole line on', async t => {
	const line = `${'x'.repeat(99)}\n`;
	const {read} = createReader(t, line.repeat(10_000));
	const lines = await read();
	t.is(lines.length, Math.floor(readAtOnce / 100));
	t.true(lines.every(one => one.length === 99));
	t.log(`${lines.length} of 10000 lines`);
});

test('of what was added all at once only the end is read, too', async t => {
	const {file, read} = createReader(t, 'first\nhalf');
	t.deepEqual(await read(), ['first']);
	appendFileSync(file, `\n${'y'.repeat(999)}\n`.repeat(1000));
	const lines = await read();
	t.true(lines.length > 250 && lines.length <= 262);
	t.true(lines.every(one => one.length === 999));
});

test('a log that was rotated is read to its end, then the new one from its beginning', async t => {
	const {file, read} = createReader(t, 'old 1\n');
	t.deepEqual(await read(), ['old 1']);
	appendFileSync(file, 'old 2\nold 3');
	renameSync(file, `${file}.1`);
	writeFileSync(file, 'new 1\n');
	t.deepEqual(await read(), ['old 2', 'new 1']);
	appendFileSync(file, 'new 2\n');
	t.deepEqual(await read(), ['new 2']);
});

test('a log that was emptied is read from its beginning', async t => {
	const {file, read} = createReader(t, 'one\ntwo\nthr');
	t.deepEqual(await read(), ['one', 'two']);
	truncateSync(file, 0);
	t.deepEqual(await read(), []);
	appendFileSync(file, 'a\n');
	t.deepEqual(await read(), ['a']);
});

test('a log that is gone is told of after its last lines, and read anew when it is back', async t => {
	const {file, read} = createReader(t);
	await t.throwsAsync(read, {code: 'ENOENT'});
	writeFileSync(file, 'one\n');
	t.deepEqual(await read(), ['one']);
	rmSync(file);
	await t.throwsAsync(read, {code: 'ENOENT'});
	await t.throwsAsync(read, {code: 'ENOENT'});
	writeFileSync(file, 'two\n');
	t.deepEqual(await read(), ['two']);
});

test('what is no file is refused and keeps nobody waiting', async t => {
	const {file, read} = createReader(t);
	mkdirSync(file);
	await t.throwsAsync(read, {message: 'it is not a file'});
	rmSync(file, {recursive: true});
	execFileSync('mkfifo', [file]);
	await t.throwsAsync(read, {message: 'it is not a file'});
});

test('a line without an end is given in pieces, and takes no memory', async t => {
	const {file, read} = createReader(t, 'z'.repeat(longestLine + 10));
	t.deepEqual((await read()).map(({length}) => length), [longestLine, 10]);
	appendFileSync(file, `rest\n${'a'.repeat(longestLine)}\nb\n`);
	t.deepEqual((await read()).map(({length}) => length), [4, longestLine, 1]);
	t.deepEqual((await createReader(t, 'q'.repeat(readAtOnce + 1)).read()), []);
});

test('bytes that are no text are given as such', async t => {
	const {read} = createReader(t, Buffer.from([0x61, 0xFF, 0x00, 0x1B, 0x0A]));
	t.deepEqual(await read(), ['a\uFFFD\u0000\u001B']);
});
