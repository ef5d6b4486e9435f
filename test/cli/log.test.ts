import {chmodSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {Log, type LogOptions} from '../../source/cli/log.ts';
import {logChannels} from '../../source/logs/channel.ts';
import {logFileOf} from '../../source/logs/log-files.ts';
import {prepareHost} from '../helpers/command-examples.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {createTestRuntime} from '../helpers/test-runtime.ts';
import {createFolder} from '../helpers/source-folder.ts';

type Entry = Readonly<Record<string, unknown>>;

const entriesOf = (text: string): Entry[] => text.split('\n').filter(line => line !== '').map(line => JSON.parse(line) as Entry);

function createLog(t: ExecutionContext, options: Partial<LogOptions> = {}) {
	const folder = createFolder(t);
	const runtime = createTestRuntime();
	const log = new Log(folder, {isVerbose: false, runtime, run: 'a1b2c3d4', command: 'backup', settings: async () => undefined, ...options});
	return {log, runtime, folder, entries: (channel: typeof logChannels[number]) => entriesOf(readFileSync(logFileOf(log.folder, channel), 'utf8'))};
}

test('each channel has a file of its own, and each line says when, how bad, who, what', async t => {
	const {log, entries} = createLog(t);
	log.write('info', 'backup begins', {source: 'etc', files: 3, isDryRun: false, nothing: undefined});
	for (const channel of logChannels) {
		log.in(channel).write('warn', `to ${channel}`);
	}

	await log.close();
	t.deepEqual(entries('backup')[0], {level: 'info', time: '2026-11-21T18:46:00.000Z', pid: process.pid, run: 'a1b2c3d4', command: 'backup', source: 'etc', files: 3, isDryRun: false, msg: 'backup begins'});
	t.deepEqual(logChannels.map(channel => entries(channel).at(-1)!['msg']), logChannels.map(channel => `to ${channel}`));
	t.deepEqual(logChannels.map(channel => statSync(logFileOf(log.folder, channel)).mode & 0o777), logChannels.map(() => 0o600));
});

test('what stands in a line cannot be mistaken for what it says of itself, and is safe on a terminal', async t => {
	const {log, entries} = createLog(t);
	log.write('info', 'evil\u001B]52;c;aGk=\u0007\n\u202E', {time: 'never', run: 'mine', level: 'error', 'n\u001Bame': 'v\u009Bx\uD800'});
	await log.close();
	const [entry] = entries('backup');
	t.like(entry, {level: 'info', run: 'a1b2c3d4', time: '2026-11-21T18:46:00.000Z', 'fact.time': 'never', 'fact.run': 'mine', 'fact.level': 'error', msg: String.raw`evil\x1b]52;c;aGk=\x07\x0a\u{202e}`});
	t.notRegex(readFileSync(logFileOf(log.folder, 'backup'), 'latin1'), /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
});

test('what is too long for a line is cut, and says so', async t => {
	const {log, entries} = createLog(t);
	log.write('info', 'x'.repeat(10_000_000), {path: 'y'.repeat(5000)});
	await log.close();
	const [{msg, path: cut}] = entries('backup') as [{msg: string; path: string}];
	t.regex(msg, /^x{8000}… \(9992000 more characters\)$/);
	t.regex(cut, /^y{4000}… \(1000 more characters\)$/);
});

test('debug lines are written with --verbose only; lines are in the file a second later', async t => {
	for (const isVerbose of [false, true]) {
		const {log, runtime, entries} = createLog(t, {isVerbose});
		log.write('debug', 'small');
		log.write('info', 'large');
		runtime.forward(1000);
		await log.flush();
		t.deepEqual(entries('backup').map(({msg}) => msg), isVerbose ? ['small', 'large'] : ['large']);
		await log.close();
	}
});

test('an error about access is told in security, too, whichever channel it stands in', async t => {
	const {log, entries} = createLog(t);
	log.write('error', 'This key does not open it.', {code: 'key-wrong', source: 'etc'});
	log.in('cron').write('error', 'The role cannot.', {code: 'key-role'});
	log.write('error', 'Something else.', {code: 'storage-full'});
	await log.close();
	t.deepEqual(entries('security').map(({level, code, reason, source}) => ({level, code, reason, source})), [
		{level: 'warn', code: 'key-wrong', reason: 'This key does not open it.', source: 'etc'},
		{level: 'warn', code: 'key-role', reason: 'The role cannot.', source: undefined},
	]);
	t.is(entries('backup').length, 2);
});

test('a log that cannot be written stops nothing; its lines come when it can be', async t => {
	const {log, folder, entries} = createLog(t);
	mkdirSync(path.join(folder, 'logs', 'backup.log'), {recursive: true});
	log.write('info', 'one');
	log.in('cron').write('info', 'other');
	await log.flush();
	t.like(log.problem, {file: logFileOf(log.folder, 'backup')});
	t.is(entries('cron').length, 1);
	rmdirSync(path.join(folder, 'logs', 'backup.log'));
	log.write('info', 'two');
	await log.close();
	t.is(log.problem, undefined);
	t.deepEqual(entries('backup').map(({msg}) => msg), ['one', 'two']);
});

test('commands: who got or lost access and what was forgotten stand in security, with one id for each run', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const [{id}] = (await host.runHere(['snapshots', '--json'])).json()[0] as unknown as [{id: string}];
	t.is((await host.runHere(['key', 'add', '--role', 'auditor', '--label', 'review', '--new-key-file', './auditor.key'])).code, 0);
	t.is((await host.runHere(['forget', id, '--key-file', './auditor.key'])).code, 1);
	t.is((await host.runHere(['key', 'remove', 'review'])).code, 0);
	t.is((await host.runHere(['snapshots', '--key-file', './auditor.key'])).code, 12);
	writeFileSync(host.path('open.key'), 'x');
	chmodSync(host.path('open.key'), 0o644);
	t.is((await host.runHere(['snapshots', '--key-file', './open.key'])).code, 2);
	t.is((await host.runHere(['key', 'rotate'])).code, 0);
	t.is((await host.runHere(['forget', id])).code, 0);
	const security = entriesOf(host.log('security'));
	t.deepEqual(security.map(({command, msg, code}) => [command, msg, code].filter(Boolean).join(': ')), [
		'init: first key made',
		'key add: key added',
		'forget: refused: the role of the key does not allow it: key-role',
		'key remove: key removed',
		'snapshots: a key or passphrase was tried that opens nothing here: key-wrong',
		'snapshots: a key file was refused: others could read or replace it: key-file-unsafe',
		'key rotate: key rotated',
		'forget: snapshot forgotten',
	]);
	t.is(security.at(-1)!['snapshot'], id);
	const backup = entriesOf(host.log());
	t.is(backup.find(({msg}) => msg === 'forget')?.['run'], security.at(-1)!['run']);
	t.is(new Set(security.map(({run}) => run)).size, security.length);
});

test('config: how large and how long, with the exact place of what is wrong', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const config = (logs: unknown) => {
		writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, logs}));
	};

	config({size: '500k', days: 30});
	const shown = (await host.runHere(['config', 'show', '--json'])).json()[0]!['settings'] as Array<{name: string; value: unknown}>;
	t.deepEqual(shown.filter(({name}) => name.startsWith('log')).map(({name, value}) => [name, value]), [['log', path.join(host.stateFolder, 'logs')], ['logs.size', '500k'], ['logs.days', 30]]);
	for (const [logs, message] of [
		[{size: '10'}, /logs\.size must be a size such as "10M", from "100k" to "1G"/],
		[{size: 10}, /logs\.size must be a text/],
		[{days: 0}, /logs\.days must be a number of days from 1 to 3650/],
		[{sise: '10M'}, /logs\.sise is unknown here \(did you mean "size"\?\)/],
	] as const) {
		config(logs);
		t.regex((await host.runHere(['config', 'validate'])).stdout, message);
	}
});

test('every warning stands in the log, also where it is not printed; reading logs writes none', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const warnings = () => entriesOf(host.log()).filter(({level}) => level === 'warn').map(({msg}) => msg as string);
	for (const [index, argv] of [[], ['--json'], ['--headless', '--quiet']].entries()) {
		await host.runHere(['backup', 'data']);
		const ids = (await host.runHere(['snapshots', '--json'])).json()[0] as unknown as Array<{id: string}>;
		const {code, stderr} = await host.runHere(['forget', ...ids.map(({id}) => id), ...argv]);
		t.is(code, 0);
		t.is(stderr === '', argv.includes('--json'), argv.join(' '));
		t.deepEqual(warnings().map(text => /no snapshot of "data" on .* is left\./.test(text)), Array.from({length: index + 1}, () => true));
	}

	const before = logChannels.map(channel => host.log(channel));
	t.regex((await host.runHere(['logs', '--run', '00000000'])).stderr, /no such line/);
	t.deepEqual(logChannels.map(channel => host.log(channel)), before);
});

test('under cron --headless --quiet prints nothing while all is well', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const cron = {...host.environment, PATH: '/usr/bin:/bin', LANG: undefined, TZ: undefined, SHELL: '/bin/sh', LOGNAME: 'root'};
	let calls = 0;
	for (const argv of [['backup'], ['verify', '--read-data'], ['key', 'rotate', '--if-due'], ['snapshots', '--source', 'none'], []]) {
		const {stdout, stderr} = host.run([...argv, '--headless', '--quiet'], {environment: cron});
		t.deepEqual([stdout, stderr], ['', ''], argv.join(' '));
		calls++;
	}

	t.log(`${calls} calls`);
});
