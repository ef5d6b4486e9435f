import {appendFileSync, chmodSync, renameSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {logChannels} from '../../source/logs/channel.ts';
import {followLogs, type LogNews} from '../../source/logs/follow-logs.ts';
import {LogFile} from '../../source/logs/log-file.ts';
import {listAside} from '../../source/logs/log-files.ts';
import type {LogFilter} from '../../source/logs/log-entry.ts';
import {logLine, messagesOf} from '../helpers/log-lines.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {createFolder, type Layout} from '../helpers/source-folder.ts';

const startMs = Date.UTC(2026, 10, 21, 18, 46);

/** Follows logs step by step: each call of `look` gives what one look finds. */
function startFollowing(t: ExecutionContext, layout: Layout, {filter = {}, count = 100, mode = 0o600}: {readonly filter?: LogFilter; readonly count?: number; readonly mode?: number} = {}) {
	const folder = createFolder(t, layout);
	for (const name of Object.keys(layout).filter(one => !one.endsWith('/'))) {
		chmodSync(path.join(folder, name), mode);
	}

	const ending = new AbortController();
	const news: LogNews[] = [];
	let more = Promise.withResolvers<void>();
	let waiting = Promise.withResolvers<void>();
	const ended = followLogs(folder, {channels: logChannels, filter, count, signal: ending.signal, onNews(one) {
		news.push(one);
	}, async wait() {
		more = Promise.withResolvers<void>();
		waiting.resolve();
		await more.promise;
	}});
	let isFirst = true;
	const file = (name: string) => path.join(folder, name);
	return {
		folder, file, ended,
		async look(): Promise<{messages: string[]; problem?: string | undefined; count: number}> {
			if (!isFirst) {
				waiting = Promise.withResolvers<void>();
				more.resolve();
			}

			isFirst = false;
			await waiting.promise;
			const taken = news.splice(0);
			return {messages: taken.flatMap(({entries}) => messagesOf(entries)), problem: taken.at(-1)?.problem, count: taken.length};
		},
		async end() {
			ending.abort();
			more.resolve();
			await ended;
		},
	};
}

test('first the newest that are there, then what is added, in whole lines', async t => {
	const following = startFollowing(t, {'backup.log': ['one', 'two', 'three'].map((message, index) => logLine(startMs + index, message)).join('') + logLine(startMs + 5, 'four').slice(0, 20), 'cron.log': logLine(startMs + 4, 'other')}, {count: 3});
	t.deepEqual((await following.look()).messages, ['two', 'three', 'other']);
	t.deepEqual(await following.look(), {messages: [], problem: undefined, count: 0});
	appendFileSync(following.file('backup.log'), logLine(startMs + 5, 'four').slice(20));
	appendFileSync(following.file('security.log'), logLine(startMs + 2, 'a new log'));
	t.deepEqual((await following.look()).messages, ['a new log', 'four']);
	await following.end();
});

test('only what is wanted is told', async t => {
	const following = startFollowing(t, {'backup.log': logLine(startMs, 'one') + logLine(startMs, 'bad', {level: 'error'})}, {filter: {level: 'warn'}});
	t.deepEqual((await following.look()).messages, ['bad']);
	appendFileSync(following.file('backup.log'), logLine(startMs, 'two'));
	t.is((await following.look()).count, 0);
	appendFileSync(following.file('backup.log'), logLine(startMs, 'odd', {level: 'warn'}));
	t.deepEqual((await following.look()).messages, ['odd']);
	await following.end();
});

test('a log that is begun anew, once or several times between two looks, is followed without losing a line', async t => {
	const following = startFollowing(t, {'backup.log': logLine(startMs, 'old')});
	await following.look();
	const file = following.file('backup.log');
	appendFileSync(file, logLine(startMs + 1, 'last'));
	renameSync(file, `${file}.1`);
	appendFileSync(file, logLine(startMs + 2, 'new'));
	t.deepEqual((await following.look()).messages, ['last', 'new']);
	appendFileSync(`${file}.1`, logLine(startMs + 3, 'late'));
	t.deepEqual((await following.look()).messages, ['late']);
	for (const number of [2, 3, 4]) {
		appendFileSync(file, logLine(startMs + number * 10, `in ${number}`));
		renameSync(file, `${file}.${number}`);
	}

	appendFileSync(file, logLine(startMs + 100, 'newest'));
	t.deepEqual((await following.look()).messages, ['in 2', 'in 3', 'in 4', 'newest']);
	await following.end();
});

test('every line of a log that is written and begun anew by the program comes once, in its order', async t => {
	const following = startFollowing(t, {});
	await following.look();
	const log = new LogFile(following.file('backup.log'), {now: () => startMs, settings: async () => ({sizeBytes: 100_000, days: 90})});
	const seen: string[] = [];
	for (let number = 0; number < 200; number++) {
		await log.append([logLine(startMs + number, String(number), {filler: 'x'.repeat(number * 37 % 5000)})]);
		if (number % 13 === 0) {
			seen.push(...(await following.look()).messages);
		}
	}

	seen.push(...(await following.look()).messages);
	log.close();
	t.deepEqual(seen, Array.from({length: 200}, (_, number) => String(number)));
	t.true(listAside(following.file('backup.log')).length >= 3);
	t.log(`${seen.length} lines, ${listAside(following.file('backup.log')).length} times begun anew`);
	await following.end();
});

test('a log that was emptied or removed is followed on', async t => {
	const following = startFollowing(t, {'backup.log': logLine(startMs, 'old')});
	await following.look();
	truncateSync(following.file('backup.log'));
	await following.look();
	appendFileSync(following.file('backup.log'), logLine(startMs, 'anew'));
	t.deepEqual((await following.look()).messages, ['anew']);
	rmSync(following.file('backup.log'));
	t.deepEqual((await following.look()).messages, []);
	writeFileSync(following.file('backup.log'), logLine(startMs, 'again'));
	t.deepEqual((await following.look()).messages, ['again']);
	await following.end();
});

test('what was there and cannot be read is told once, and given when it can be', async t => {
	const following = startFollowing(t, {'backup.log/': ''});
	t.regex((await following.look()).problem!, /cannot be read: .*not a file/);
	t.is((await following.look()).count, 0);
	rmSync(following.file('backup.log'), {recursive: true});
	writeFileSync(following.file('backup.log'), logLine(startMs, 'one'));
	t.deepEqual(await following.look(), {messages: ['one'], problem: undefined, count: 1});
	await following.end();
});

optionalTest(process.geteuid?.() === 0 ? 'root may read everything' : undefined, 'a log of somebody else is told of', async t => {
	const following = startFollowing(t, {'backup.log': logLine(startMs, 'one')}, {mode: 0});
	t.regex((await following.look()).problem!, /may not be read by this user/);
	chmodSync(following.file('backup.log'), 0o600);
	t.deepEqual((await following.look()).messages, ['one']);
	await following.end();
});
