import {mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import fc from 'fast-check';
import {linesBackward, longestLine} from '../../source/logs/backward-lines.ts';
import {logChannels} from '../../source/logs/channel.ts';
import {newestEntries} from '../../source/logs/newest-entries.ts';
import {logLine, messagesOf} from '../helpers/log-lines.ts';
import {createFolder, writeLayout} from '../helpers/source-folder.ts';

const startMs = Date.UTC(2026, 10, 21, 18, 46);
const all = {channels: logChannels, filter: {}, count: 1000};

async function readBackward(file: string): Promise<string[]> {
	const handle = await open(file);
	try {
		return await Array.fromAsync(linesBackward((await handle.stat()).size, async read => read(handle)));
	} finally {
		await handle.close();
	}
}

test('the lines of a file, from its end, however long they are and wherever blocks end', async t => {
	const folder = createFolder(t);
	const file = path.join(folder, 'log');
	let lines = 0;
	const length = fc.oneof(fc.integer({min: 0, max: 50}), fc.constantFrom(65_534, 65_535, 65_536, 65_537, 131_072, 200_000), fc.integer({min: 0, max: 70_000}));
	await t.notThrowsAsync(fc.assert(fc.asyncProperty(fc.array(length, {maxLength: 8}), fc.boolean(), async (lengths, isEnded) => {
		const written = lengths.map((bytes, index) => `${index}${'x'.repeat(bytes)}`);
		writeFileSync(file, written.join('\n') + (isEnded && written.length > 0 ? '\n' : ''));
		const read = await readBackward(file);
		lines += written.length;
		return JSON.stringify(read) === JSON.stringify(written.toReversed().map(line => line.length > longestLine ? `${line.slice(0, longestLine)}…` : line));
	}), {numRuns: 60}));
	t.log(`${lines} lines`);
});

test('a character of several bytes over the end of a block is whole; what is not UTF-8 is shown', async t => {
	const folder = createFolder(t);
	const file = path.join(folder, 'log');
	let tried = 0;
	for (let shift = 0; shift < 5; shift++) {
		const line = `${'ä'.repeat(3)}${'x'.repeat(65_536 - 8 + shift)}✔${'y'.repeat(3)}`.slice(0, 60_000 + shift);
		writeFileSync(file, `first\n\n${line}\n${'z'.repeat(shift)}größe ✔`);
		t.deepEqual(await readBackward(file), [`${'z'.repeat(shift)}größe ✔`, line, 'first']);
		tried++;
	}

	writeFileSync(file, Buffer.from([0x61, 0xFF, 0x62, 0x0A]));
	t.deepEqual(await readBackward(file), ['a\uFFFDb']);
	t.log(`${tried} places`);
});

test('a large log is read from its end in little memory and time', async t => {
	const folder = createFolder(t);
	const filler = 'x'.repeat(900);
	const handle = await open(path.join(folder, 'backup.log'), 'w');
	let bytes = 0;
	for (let hundred = 0; hundred < 1000; hundred++) {
		const {bytesWritten} = await handle.write(Array.from({length: 100}, (_, index) => logLine(startMs + hundred * 60_000 + index, `line ${hundred * 100 + index}`, {path: filler})).join(''));
		bytes += bytesWritten;
	}

	await handle.close();
	const before = process.memoryUsage().rss;
	const begin = performance.now();
	const {entries, hasMore} = await newestEntries(folder, {...all, count: 3});
	t.deepEqual(messagesOf(entries), ['line 99997', 'line 99998', 'line 99999']);
	t.true(hasMore);
	const grown = process.memoryUsage().rss - before;
	t.true(grown < 40_000_000, String(grown));
	t.log(`${Math.round(bytes / 1e6)} MB: ${Math.round(performance.now() - begin)} ms, ${Math.round(grown / 1e6)} MB more memory`);
});

test('whatever stands in which file: the newest of all, in the order of their times', async t => {
	let merged = 0;
	const stepMs = fc.integer({min: 0, max: 8000});
	const fileOf = fc.array(fc.record({stepMs, jitterMs: fc.integer({min: 0, max: 4900})}), {maxLength: 12});
	const files = fc.record({channel: fc.constantFrom(...logChannels), number: fc.integer({min: 0, max: 4}), offsetMs: fc.integer({min: 0, max: 60_000}), lines: fileOf});
	await t.notThrowsAsync(fc.assert(fc.asyncProperty(fc.array(files, {maxLength: 6}), fc.integer({min: 1, max: 40}), async (drawn, count) => {
		const folder = mkdtempSync(path.join(tmpdir(), 'coffer-merge-'));
		try {
			const written: Array<{timeMs: number; message: string}> = [];
			const layout: Record<string, string> = {};
			for (const {channel, number, offsetMs, lines} of drawn) {
				const name = number === 0 ? `${channel}.log` : `${channel}.log.${number}`;
				if (layout[name] !== undefined) {
					continue;
				}

				// Lines stand in disorder by less than what processes hold back.
				let atMs = startMs + offsetMs;
				layout[name] = lines.map((line, index) => {
					atMs += line.stepMs;
					const one = {timeMs: atMs + line.jitterMs, message: `${name} ${index}`};
					written.push(one);
					return logLine(one.timeMs, one.message);
				}).join('');
			}

			writeLayout(folder, layout);
			const {entries, hasMore} = await newestEntries(folder, {...all, count});
			const expected = written.map(({timeMs}) => timeMs).sort((a, b) => a - b).slice(-count);
			merged += entries.length;
			return JSON.stringify(entries.map(({timeMs}) => timeMs)) === JSON.stringify(expected)
				&& new Set(messagesOf(entries)).size === entries.length && hasMore === written.length > count;
		} finally {
			rmSync(folder, {recursive: true});
		}
	}), {numRuns: 150}));
	t.log(`${merged} lines merged`);
});

test('lines of one moment stay in the order of their channels, and of their files', async t => {
	const lines = (name: string) => [1, 2].map(number => logLine(startMs, `${name}${number}`)).join('');
	const folder = createFolder(t, {'backup.log.2': lines('b'), 'backup.log.10': lines('c'), 'backup.log': lines('d'), 'cron.log': lines('e'), 'coffer.log.1': lines('a'), 'coffer.log.2': lines('0')});
	t.deepEqual(messagesOf((await newestEntries(folder, all)).entries), ['01', '02', 'a1', 'a2', 'b1', 'b2', 'c1', 'c2', 'd1', 'd2', 'e1', 'e2']);
});

test('the log of an earlier version is shown as part of backup', async t => {
	const folder = createFolder(t, {
		'coffer.log.1': logLine(startMs, 'oldest'), 'coffer.log': logLine(startMs + 1000, 'old'), 'backup.log': logLine(startMs + 2000, 'new'), 'cron.log': logLine(startMs + 1500, 'other'),
	});
	t.deepEqual(messagesOf((await newestEntries(folder, all)).entries), ['oldest', 'old', 'other', 'new']);
	t.deepEqual(messagesOf((await newestEntries(folder, {...all, channels: ['backup']})).entries), ['oldest', 'old', 'new']);
	t.deepEqual(messagesOf((await newestEntries(folder, {...all, channels: ['cron']})).entries), ['other']);
});

test('by level, source, run and time', async t => {
	const folder = createFolder(t, {'backup.log': [
		logLine(startMs, 'begins', {source: 'etc'}), logLine(startMs + 1000, 'small', {level: 'debug', source: 'etc'}), 'half a li\n',
		logLine(startMs + 2000, 'odd', {level: 'warn', subject: 'etc', run: 'ffff0000'}), logLine(startMs + 3000, 'bad', {level: 'error', source: 'home'}), logLine(startMs + 4000, 'worse', {level: 'fatal'}),
	].join('')});
	const find = async (filter: Parameters<typeof newestEntries>[1]['filter']) => messagesOf((await newestEntries(folder, {...all, filter})).entries);
	t.deepEqual(await find({}), ['begins', 'small', 'half a li', 'odd', 'bad', 'worse']);
	t.deepEqual(await find({level: 'debug'}), ['begins', 'small', 'odd', 'bad', 'worse']);
	t.deepEqual(await find({level: 'warn'}), ['odd', 'bad', 'worse']);
	t.deepEqual(await find({level: 'error'}), ['bad', 'worse']);
	t.deepEqual(await find({source: 'etc'}), ['begins', 'small', 'odd']);
	t.deepEqual(await find({run: 'ffff'}), ['odd']);
	t.deepEqual(await find({sinceMs: startMs + 2000}), ['half a li', 'odd', 'bad', 'worse']);
	t.deepEqual(await find({sinceMs: startMs + 3000, level: 'error', source: 'home'}), ['bad']);
	t.deepEqual(messagesOf((await newestEntries(folder, {...all, count: 0})).entries), []);
});

test('hostile lines: cut, broken, deep and binary ones are lines like others', async t => {
	const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
	const folder = createFolder(t, {'security.log': Buffer.concat([
		Buffer.from(logLine(startMs, 'first')), Buffer.from(`{"level":"info","time":"2026-11-21T18:46:00Z","deep":${deep},"msg":"deep"}\n`), Buffer.from(`${'x'.repeat(10_000_000)}\n`),
		Buffer.from([0, 0xFF, 0x1B, 0x5B, 0x0A]), Buffer.from('null\n17\n"text"\n[]\n{}\n{"__proto__":{"level":"error"},"time":"never","level":7}\n'), Buffer.from(logLine(startMs + 1000, 'last')), Buffer.from('{"level":"er'),
	])});
	const {entries} = await newestEntries(folder, all);
	t.is(entries.length, 12);
	t.is(entries[0]!.message, 'first');
	t.is(entries[2]!.message.length, longestLine + 1);
	t.deepEqual(messagesOf(entries.slice(4)), ['null', '17', '"text"', '[]', '', '', 'last', '{"level":"er']);
	const plain: Readonly<Record<string, unknown>> = {};
	t.is(plain['level'], undefined);
});

test('no folder, no logs, and what is no file', async t => {
	const folder = createFolder(t);
	t.deepEqual(await newestEntries(path.join(folder, 'none'), all), {entries: [], hasMore: false});
	t.deepEqual(await newestEntries(folder, all), {entries: [], hasMore: false});
	writeLayout(folder, {'backup.log.7/': '', 'backup.log': logLine(startMs, 'one')});
	t.deepEqual(messagesOf((await newestEntries(folder, all)).entries), ['one']);
	symlinkSync('/dev/zero', path.join(folder, 'cron.log'));
	await t.throwsAsync(newestEntries(folder, all), {message: /cron\.log is not a file/});
	t.deepEqual(messagesOf((await newestEntries(folder, {...all, channels: ['backup']})).entries), ['one']);
});
