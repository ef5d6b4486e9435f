import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {appendFileSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {LogFile} from '../../source/logs/log-file.ts';
import {listAside} from '../../source/logs/log-files.ts';
import {putAside} from '../../source/logs/rotation.ts';
import type {LogSettings} from '../../source/logs/settings.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {createFolder} from '../helpers/source-folder.ts';

const settings: LogSettings = {sizeBytes: 100_000, days: 90};

function createLog(t: ExecutionContext, file = path.join(createFolder(t), 'logs', 'backup.log'), known: LogSettings | undefined = settings) {
	const log = new LogFile(file, {now: () => Date.now(), settings: async () => known});
	t.teardown(() => {
		log.close();
	});
	return {log, file};
}

const entry = (message: string): string => `${JSON.stringify({level: 'info', time: new Date().toISOString(), msg: message})}\n`;
const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').filter(line => line !== '');
/** All lines of a log, also of what was put aside. */
const allLines = (file: string): string[] => [...listAside(file).map(aside => aside.file), file].flatMap(one => linesOf(one));

test('a log is made with its folder, and only its user may read it', async t => {
	const {log, file} = createLog(t);
	const lines = [entry('one'), entry('two')];
	await log.append(lines);
	t.deepEqual(lines, []);
	t.is(linesOf(file).length, 2);
	t.is(statSync(file).mode & 0o777, 0o600);
	t.is(statSync(path.dirname(file)).mode & 0o777, 0o700);
});

test('a line that another process left half written is ended before the next begins', async t => {
	const {log, file} = createLog(t);
	await log.append([entry('one')]);
	appendFileSync(file, '{"level":"in');
	await log.append([entry('two')]);
	t.deepEqual(linesOf(file).map((line, index) => index === 1 ? line : (JSON.parse(line) as {msg: string}).msg), ['one', '{"level":"in', 'two']);
});

test('a log that another process has put aside is left: the next line goes to the new one', async t => {
	const {log, file} = createLog(t);
	await log.append([entry('one')]);
	const aside = putAside(file, statSync(file).ino);
	t.is(aside, `${file}.1`);
	await log.append([entry('two')]);
	t.deepEqual([aside!, file].map(one => linesOf(one).length), [1, 1]);
	t.is(putAside(file, statSync(aside!).ino), undefined);
	t.deepEqual(readdirSync(path.dirname(file)).sort(), ['backup.log', 'backup.log.1']);
});

test('nothing is moved over what lies there: a number that is taken is passed over', t => {
	const {file} = createLog(t, path.join(createFolder(t, {'backup.log': 'now', 'backup.log.2': 'before', 'backup.log.10': 'later', 'backup.log.x': 'other', 'backup.log.03': 'other'}), 'backup.log'));
	t.is(putAside(file, statSync(file).ino), `${file}.11`);
	t.deepEqual(listAside(file).map(({number}) => number), [2, 10, 11]);
	t.is(readFileSync(`${file}.2`, 'utf8'), 'before');
});

test('where nobody knows the settings a log is begun anew by the default, and nothing is deleted', async t => {
	const folder = createFolder(t, {'backup.log.1': '{"time":"2000-01-01T00:00:00.000Z","msg":"old"}\n', 'backup.log': '{"time":"2001-01-01T00:00:00.000Z","msg":"less old"}\n'});
	const log = new LogFile(path.join(folder, 'backup.log'), {now: () => Date.now(), settings: async () => undefined});
	await log.append([entry('now')]);
	log.close();
	t.deepEqual(readdirSync(folder).sort(), ['backup.log', 'backup.log.1', 'backup.log.2']);
});

test('what is no log is not written to, and not waited for', async t => {
	const folder = createFolder(t, {elsewhere: 'mine', 'folder.log/': ''});
	symlinkSync('elsewhere', path.join(folder, 'link.log'));
	for (const name of ['link.log', 'folder.log']) {
		await t.throwsAsync(createLog(t, path.join(folder, name)).log.append([entry('one')]), {message: /ELOOP|EISDIR/}, name);
	}

	t.is(readFileSync(path.join(folder, 'elsewhere'), 'utf8'), 'mine');
	execFileSync('mkfifo', [path.join(folder, 'fifo.log')]);
	await t.throwsAsync(createLog(t, path.join(folder, 'fifo.log')).log.append([entry('one')]), {message: /not a file/});
});

test('several processes write and begin anew at once, and one of them is killed: no line is lost or torn', async t => {
	const file = path.join(createFolder(t), 'logs', 'backup.log');
	const count = 1500;
	const script = path.join(import.meta.dirname, '../helpers/log-writer-process.ts');
	const writers = ['a', 'b', 'c'].map(name => {
		const child = spawn(process.execPath, [script, file, name, String(count), String(settings.sizeBytes)], {stdio: ['ignore', 'pipe', 'inherit']});
		const writer = {name, written: 0, ended: once(child, 'close')};
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			writer.written = Number(text.trimEnd().split('\n').at(-1));
			if (name === 'c' && writer.written > count / 2) {
				child.kill('SIGKILL');
			}
		});
		return writer;
	});
	const [a, b, c] = await Promise.all(writers.map(async ({ended}) => ended));
	t.deepEqual([a, b, c], [[0, null], [0, null], [null, 'SIGKILL']]);
	const numbers: Record<string, number[]> = {a: [], b: [], c: []};
	let torn = 0;
	for (const line of allLines(file)) {
		try {
			const {name, number} = JSON.parse(line) as {name: string; number: number};
			numbers[name]!.push(number);
		} catch {
			torn++;
		}
	}

	t.true(torn <= 1);
	for (const {name, written} of writers) {
		const seen = numbers[name]!.toSorted((x, y) => x - y);
		t.deepEqual(seen, [...seen.keys()], `${name}: each once`);
		t.true(seen.length >= written);
	}

	t.is(numbers['a']!.length, count);
	t.is(numbers['b']!.length, count);
	const asides = listAside(file);
	t.true(asides.length >= 3);
	t.log(`${numbers['a']!.length + numbers['b']!.length + numbers['c']!.length} lines in ${asides.length + 1} files, ${torn} torn by the kill`);
});

test('a disk that is full tears no line of others, and what was not written comes when there is room again', async t => {
	const {log, file} = createLog(t);
	await log.append([entry('before')]);
	const lines = [entry('one'), entry('two')];
	const whole = statSync(file).size;
	// RLIMIT_FSIZE ends a file in the middle of a line as a full disk does; it can only be set for another process.
	const child = spawn('prlimit', [`--fsize=${whole + lines[0]!.length + 5}`, process.execPath, '--input-type=module', '-e', `
		process.on('SIGXFSZ', () => {});
		const {LogFile} = await import(${JSON.stringify(path.join(import.meta.dirname, '../../source/logs/log-file.ts'))});
		const log = new LogFile(${JSON.stringify(file)}, {now: () => Date.now(), settings: async () => undefined});
		const lines = ${JSON.stringify(lines)};
		try {
			await log.append(lines);
		} catch (error) {
			console.log(JSON.stringify({code: error.code, left: lines.length}));
		}
	`], {stdio: ['ignore', 'pipe', 'inherit']});
	const output: Buffer[] = [];
	child.stdout.on('data', (piece: Buffer) => {
		output.push(piece);
	});
	await once(child, 'close');
	t.deepEqual(JSON.parse(Buffer.concat(output).toString()), {code: 'EFBIG', left: 1});
	await log.append([lines[1]!]);
	t.deepEqual(linesOf(file).map(line => line.length < 20 ? 'torn' : (JSON.parse(line) as {msg: string}).msg), ['before', 'one', 'torn', 'two']);
});

optionalTest(process.geteuid?.() === 0 ? undefined : 'it needs root, to mount a small file system', 'on a full file system an append fails, loses nothing that was there, and goes on when there is room', async t => {
	const folder = createFolder(t);
	execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], {stdio: 'pipe'});
	try {
		const {log, file} = createLog(t, path.join(folder, 'backup.log'), {sizeBytes: 10_000_000, days: 90});
		const lines = Array.from({length: 900}, (_, index) => entry(`${index} ${'x'.repeat(100)}`));
		const all = [...lines];
		writeFileSync(path.join(folder, 'ballast'), Buffer.alloc(8192));
		await t.throwsAsync(log.append(lines), {code: 'ENOSPC'});
		t.true(lines.length > 0 && lines.length < 900);
		t.deepEqual(linesOf(file).slice(0, 900 - lines.length).map(line => `${line}\n`), all.slice(0, 900 - lines.length));
		const left = lines.length;
		writeFileSync(path.join(folder, 'ballast'), '');
		await log.append(lines.splice(0, 20));
		log.close();
		t.is(linesOf(file).filter(line => line.endsWith('}')).length, 900 - left + 20);
	} finally {
		execFileSync('umount', [folder]);
	}
});
