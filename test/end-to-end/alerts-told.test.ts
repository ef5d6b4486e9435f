/* Each trouble is caused for real, told once on every channel, and told to be over once it is mended. */
import {execFileSync, spawnSync} from 'node:child_process';
import {createCipheriv, randomBytes} from 'node:crypto';
import {mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {createHostWithPast} from '../helpers/host-with-past.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {ptyLack} from '../helpers/pty.ts';
import {startCoffer} from '../helpers/terminal.ts';
import {ToldHost, type ToldEvent} from '../helpers/told-host.ts';

const hourMs = 60 * 60 * 1000;

const short = ({event, kind, object}: ToldEvent): string => `${event} ${kind} ${object}`;

/** The events of one kind that came since the last call; of nothing anything came twice. */
function newsOf(t: ExecutionContext, told: ToldHost, kind: string): string[] {
	const all = told.news(t).map(news => short(news));
	t.deepEqual(all, [...new Set(all)], 'each once');
	return all.filter(line => line.split(' ')[1] === kind);
}

/** Look twice: the second look tells nothing. */
async function look(t: ExecutionContext, told: ToldHost, kind: string): Promise<string[]> {
	await told.coffer('monitor', '--quiet');
	const news = newsOf(t, told, kind);
	await told.coffer('monitor', '--quiet');
	t.deepEqual(told.news(t), [], 'a second look tells nothing');
	return news;
}

test('a stale source', async t => {
	const told = await ToldHost.start(t, await createHostWithPast(t, [{name: 'etc', backups: [{daysAgo: 2, files: {hosts: 'one'}}]}]));
	told.configure([{name: 'etc', paths: [told.host.path('data/etc')]}]);
	t.deepEqual(await look(t, told, 'late'), ['raised late etc']);
	t.true((await told.open()).some(key => key.startsWith('late:')));
	t.is((await told.coffer('backup', 'etc')).code, 0);
	await told.coffer('monitor', '--quiet');
	t.deepEqual(newsOf(t, told, 'late'), ['resolved late etc']);
	t.false((await told.open()).some(key => key.startsWith('late:')));
});

test('a dump that is killed is told of at once, and so is the next good one', async t => {
	const told = await ToldHost.start(t);
	const dump = (script: string) => {
		told.configure([{name: 'dump', kind: 'command', command: ['/bin/sh', '-c', script]}]);
	};

	dump('echo CREATE TABLE; kill -9 $$');
	t.is((await told.coffer('backup', 'dump')).code, 1);
	t.deepEqual(newsOf(t, told, 'failed'), ['raised failed dump']);
	t.is((await told.coffer('backup', 'dump')).code, 1);
	t.deepEqual(newsOf(t, told, 'failed'), []);
	dump('echo CREATE TABLE');
	t.is((await told.coffer('backup', 'dump')).code, 0);
	t.deepEqual(newsOf(t, told, 'failed'), ['resolved failed dump']);
});

test('a flipped bit is told of when it is found, until a verification finds none', async t => {
	const told = await ToldHost.start(t);
	mkdirSync(told.host.path('files'));
	writeFileSync(told.host.path('files', 'blob'), randomBytes(300_000));
	told.configure([{name: 'files', paths: [told.host.path('files')]}]);
	t.is((await told.coffer('backup')).code, 0);
	told.news(t);
	const folder = path.join(told.host.repository, 'packs');
	const files = readdirSync(folder, {recursive: true, encoding: 'utf8'}).map(name => path.join(folder, name)).filter(file => statSync(file).isFile());
	const pack = files.toSorted((a, b) => statSync(b).size - statSync(a).size)[0]!;
	const bytes = readFileSync(pack);
	const flipped = Buffer.from(bytes);
	flipped[100_000]! ^= 1;
	const write = (content: Buffer) => {
		rmSync(pack);
		writeFileSync(pack, content, {mode: 0o600});
	};

	write(flipped);
	t.is((await told.coffer('verify', '--read-data', '--quiet')).code, 13);
	t.is(newsOf(t, told, 'damage').filter(line => line.startsWith('raised')).length, 1);
	write(bytes);
	t.is((await told.coffer('verify', '--read-data', '--quiet')).code, 0);
	t.is(newsOf(t, told, 'damage').filter(line => line.startsWith('resolved')).length, 1);
});

test('a key that has become old', async t => {
	const told = await ToldHost.start(t, await createHostWithPast(t, [{name: 'etc', backups: [{daysAgo: 95, files: {hosts: 'one'}}, {daysAgo: 0.01, files: {hosts: 'two'}}]}]));
	told.configure([{name: 'etc', paths: [told.host.path('data/etc')]}]);
	t.is((await look(t, told, 'key-age')).filter(line => line.startsWith('raised')).length, 1);
	t.is((await told.coffer('key', 'rotate', '--quiet')).code, 0);
	await told.coffer('monitor', '--quiet');
	t.is(newsOf(t, told, 'key-age').filter(line => line.startsWith('resolved')).length, 1);
});

test('a schedule that nothing starts any more', async t => {
	const told = await ToldHost.start(t);
	mkdirSync(told.host.path('files'));
	told.configure([{name: 'files', paths: [told.host.path('files')]}]);
	await told.coffer('--headless', '--quiet');
	await told.coffer('monitor', '--quiet');
	told.news(t);
	told.aheadMs = 30 * hourMs;
	t.is((await look(t, told, 'idle')).filter(line => line.startsWith('raised')).length, 1);
	await told.coffer('--headless', '--quiet');
	await told.coffer('monitor', '--quiet');
	t.is(newsOf(t, told, 'idle').filter(line => line.startsWith('resolved')).length, 1);
});

/** A tree of texts, tables and pictures, as an office has them. */
function writeTree(folder: string): void {
	mkdirSync(folder, {recursive: true});
	for (let index = 0; index < 60; index++) {
		const words = Array.from({length: 400}, (_, word) => `word${(word * (index + 7)) % 97}`).join(' ');
		writeFileSync(path.join(folder, `letter-${index}.txt`), `Dear customer ${index},\n${words}\n`);
		writeFileSync(path.join(folder, `table-${index}.csv`), Array.from({length: 200}, (_, line) => `${index},${line},${(line * 31) % 211}`).join('\n'));
	}
}

function encryptTree(folder: string): void {
	const key = randomBytes(32);
	for (const name of readdirSync(folder)) {
		const file = path.join(folder, name);
		const cipher = createCipheriv('aes-256-ctr', key, randomBytes(16));
		const bytes = Buffer.concat([cipher.update(readFileSync(file)), cipher.final()]);
		rmSync(file);
		writeFileSync(`${file}.locked`, bytes);
	}
}

test('a tree that was encrypted is told of by the first backup after it, and is over when the files are back', async t => {
	const told = await ToldHost.start(t);
	const folder = told.host.path('office');
	writeTree(folder);
	told.configure([{name: 'office', paths: [folder]}]);
	t.is((await told.coffer('backup')).code, 0);
	told.news(t);
	encryptTree(folder);
	const {code, stderr} = await told.coffer('backup');
	t.is(code, 0);
	t.regex(stderr, /encrypted/);
	t.deepEqual(newsOf(t, told, 'encrypted'), ['raised encrypted office']);
	t.is((await told.coffer('monitor', '--quiet')).code, 21);
	t.is((await told.coffer('backup')).code, 0);
	t.deepEqual(newsOf(t, told, 'encrypted'), [], 'that nothing has changed since mends nothing');
	rmSync(folder, {recursive: true});
	writeTree(folder);
	t.is((await told.coffer('backup')).code, 0);
	await told.coffer('monitor', '--quiet');
	t.deepEqual(newsOf(t, told, 'encrypted'), ['resolved encrypted office']);
});

function mountLack(): string | undefined {
	return process.geteuid?.() === 0 && spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0 ? undefined : 'mounting is not allowed here';
}

optionalTest(mountLack(), 'a file system that is full', async t => {
	const told = await ToldHost.start(t);
	const disk = told.host.path('disk');
	mkdirSync(disk);
	execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m,mode=700', 'tmpfs', disk]);
	t.teardown(() => {
		execFileSync('umount', ['--lazy', disk]);
	});
	const repository = path.join(disk, 'repository');
	mkdirSync(told.host.path('files'));
	writeFileSync(told.host.path('files', 'one'), 'one');
	t.is((await told.coffer('init', '--repository', repository, '--key-file', told.host.path('disk.key'))).code, 0);
	told.configure([{name: 'files', paths: [told.host.path('files')]}], {repository, key: {file: told.host.path('disk.key')}});
	t.is((await told.coffer('backup')).code, 0);
	await told.coffer('monitor', '--quiet');
	told.news(t);
	const ballast = path.join(disk, 'ballast');
	writeFileSync(ballast, Buffer.alloc(15_500_000));
	t.is((await look(t, told, 'storage')).filter(line => line.startsWith('raised')).length, 1);
	truncateSync(ballast, 0);
	await told.coffer('monitor', '--quiet');
	t.is(newsOf(t, told, 'storage').filter(line => line.startsWith('resolved')).length, 1);
});

optionalTest(ptyLack, 'an open dashboard shows what another process has found, and tells of what it finds itself', async t => {
	const host = await createHostWithPast(t, [{name: 'etc', backups: [{daysAgo: 0.1, files: {hosts: 'one'}}]}]);
	const told = await ToldHost.start(t, host);
	told.configure([{name: 'etc', paths: [host.path('data/etc')]}]);
	const terminal = startCoffer(t, host, []);
	await terminal.waitFor(/etc +OK/);
	// The state folder is open to everybody: only a monitor looks at that.
	execFileSync('chmod', ['0777', host.stateFolder]);
	// The same program as the dashboard's: each looks at its own files, too.
	t.is((await host.start(['monitor', '--quiet']).ended).code, 21);
	await terminal.waitFor(/others may/i);
	terminal.press('4');
	terminal.press('enter');
	await terminal.waitFor(/told +hook \d{4}-/);
	terminal.press('escape');
	await told.received(1);
	t.is(newsOf(t, told, 'permissions').filter(line => line.startsWith('raised')).length, 1);
	execFileSync('chmod', ['0700', host.stateFolder]);
	t.is((await host.start(['monitor', '--quiet']).ended).code, 0);
	await terminal.waitFor(({text}) => text.includes('q quit') && !/others may/i.test(text));
	await told.received(2);
	t.is(newsOf(t, told, 'permissions').filter(line => line.startsWith('resolved')).length, 1);
	terminal.press('q');
	t.is((await terminal.exited).code, 0);
});
