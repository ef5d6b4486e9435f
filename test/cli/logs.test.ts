import {appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {spawn} from 'node:child_process';
import {EventEmitter, once} from 'node:events';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {logFileOf, logFolderOf} from '../../source/logs/log-files.ts';
import type {LogChannel} from '../../source/logs/channel.ts';
import {createRealRuntime} from '../helpers/system-runtime.ts';
import {hostileNames} from '../helpers/hostile-names.ts';
import {logLine} from '../helpers/log-lines.ts';
import {until} from '../helpers/processes.ts';
import {TestHost} from '../helpers/run-coffer.ts';

const startMs = Date.UTC(2026, 10, 21, 18, 46);

/** A host with logs, and neither a repository nor a configuration. */
function createHost(t: ExecutionContext, logs: Partial<Record<LogChannel, string>>) {
	const host = new TestHost(t);
	const folder = logFolderOf(host.stateFolder);
	mkdirSync(folder, {recursive: true});
	for (const [channel, content] of Object.entries(logs)) {
		writeFileSync(logFileOf(folder, channel as LogChannel), content);
	}

	return {host, folder, file: (channel: LogChannel) => logFileOf(folder, channel)};
}

const sample = {
	backup: logLine(startMs, 'backup begins', {source: 'etc'}) + logLine(startMs + 2000, 'backup ends', {source: 'etc', note: 'two words', empty: '', files: 3}),
	cron: logLine(startMs + 1000, 'job begins', {level: 'warn', run: 'beef0000', command: 'schedule run daily'}),
	security: logLine(startMs + 3000, 'key rotated'),
};

test('all logs by time, in people\'s words, without repository, key and configuration', async t => {
	const {host} = createHost(t, sample);
	const {code, stdout, stderr} = await host.runHere(['logs']);
	t.deepEqual([code, stderr], [0, '']);
	t.deepEqual(stdout.split('\n'), [
		'2026-11-21 18:46:00  info   backup    backup begins  source=etc run=a1b2c3d4',
		'2026-11-21 18:46:01  warn   cron      job begins  run=beef0000',
		'2026-11-21 18:46:02  info   backup    backup ends  source=etc note="two words" empty="" files=3 run=a1b2c3d4',
		'2026-11-21 18:46:03  info   security  key rotated  run=a1b2c3d4',
		'',
	]);
	t.regex((await host.runHere(['logs', 'security', '--verbose'])).stdout, /key rotated {2}command=backup run=a1b2c3d4 pid=4711\n$/);
	const {stdout: inColours} = await host.runHere(['logs', 'cron'], {isTerminal: true});
	t.true(inColours.includes('\u001B[33mwarn \u001B[39m'));
});

test('channels, lines, level, source, run and since choose', async t => {
	const {host} = createHost(t, sample);
	const messages = async (...argv: readonly string[]) => (await host.runHere(['logs', '--json', ...argv])).json().map(({msg}) => msg as string);
	t.deepEqual(await messages('cron', 'security'), ['job begins', 'key rotated']);
	t.deepEqual(await messages('security', 'cron', 'cron'), ['job begins', 'key rotated']);
	t.deepEqual(await messages('--lines', '2'), ['backup ends', 'key rotated']);
	t.deepEqual(await messages('--level', 'warn'), ['job begins']);
	t.deepEqual(await messages('--source', 'etc'), ['backup begins', 'backup ends']);
	t.deepEqual(await messages('--run', 'beef'), ['job begins']);
	t.deepEqual(await messages('--since', '2026-11-21T18:46:02Z'), ['backup ends', 'key rotated']);
	const runtime = {...createRealRuntime(), now: () => startMs + 61_500};
	t.deepEqual((await host.runHere(['logs', '--json', '--since', '1m'], {runtime})).json().map(({msg}) => msg as string), ['backup ends', 'key rotated']);
});

test('--json gives what stands in the file, with its channel', async t => {
	const {host} = createHost(t, {...sample, monitor: 'half a li'});
	const lines = (await host.runHere(['logs', '--json'])).json();
	t.deepEqual(lines[0], {channel: 'backup', ...JSON.parse(sample.backup.split('\n')[0]!) as Record<string, unknown>});
	t.deepEqual(lines.find(({channel}) => channel === 'monitor'), {channel: 'monitor', text: 'half a li'});
});

test('wrong use is told, and nothing else', async t => {
	const {host} = createHost(t, sample);
	for (const [argv, message] of [
		[['secutiry'], /There is no log "secutiry"; there are backup, cron, monitor, security\. Did you mean "security"\?/],
		[['--lines', 'many'], /--lines takes a whole number from 0 to 100000, not "many"/],
		[['--lines', '100001'], /--lines takes/],
		[['--level', 'warning'], /--level is one of debug, info, warn, error; not "warning"\./],
		[['--since', 'yesterday'], /--since takes a span of time/],
		[['--run', '../x'], /--run takes the id of a run/],
	] as const) {
		const {code, stdout, stderr} = await host.runHere(['logs', ...argv]);
		t.deepEqual([code, stdout], [2, ''], argv.join(' '));
		t.regex(stderr, message);
	}
});

test('no logs, no such lines, and a log that is none', async t => {
	const {host, file} = createHost(t, {});
	t.like(await host.runHere(['logs']), {code: 0, stdout: ''});
	t.regex((await host.runHere(['logs'])).stderr, /no such line is in the logs of .*logs\./);
	t.is((await host.runHere(['logs', '--quiet'])).stderr, '');
	mkdirSync(file('cron'));
	const {code, stderr} = await host.runHere(['logs']);
	t.is(code, 1);
	t.regex(stderr, /The logs in .* cannot be read: .*cron\.log is not a file/);
	t.is((await host.runHere(['logs', 'backup'])).code, 0);
});

test('hostile lines reach a terminal only as escapes, in text and in JSON', async t => {
	const evil = [...hostileNames, '\u001B]52;c;aGk=\u0007', '\u202Eevil\u2066', '\r\n\u0000\u009B2J'];
	const {host} = createHost(t, {
		backup: evil.map((text, index) => logLine(startMs + index, text, {[text]: text, source: text})).join(''),
		cron: evil.map(text => `${text.replaceAll('\n', '')}\n`).join(''),
		monitor: evil.map(text => `{"level":"${text.replaceAll(/["\\\n]/g, '')}","time":"2026-11-21T18:46:00Z","msg":"${text.replaceAll(/["\\\n]/g, '')}"}\n`).join(''),
	});
	let lines = 0;
	for (const argv of [[], ['--json'], ['--verbose'], ['--no-color']]) {
		const {code, stdout, stderr} = await host.runHere(['logs', ...argv], {isTerminal: true});
		t.deepEqual([code, stderr], [0, '']);
		// Colours are ours: SGR of one number.
		t.notRegex(stdout.replaceAll(/\u001B\[\d{1,2}m/g, ''), /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/, argv.join(' '));
		lines += stdout.split('\n').length - 1;
	}

	t.true(lines >= 4 * 3 * evil.length - 20);
	t.log(`${lines} lines`);
});

test('--follow goes through a log that is begun anew, and ends on a signal with 130', async t => {
	const {host, file} = createHost(t, {backup: logLine(startMs, 'old')});
	const {child, ended} = host.start(['logs', '--follow', '--json']);
	let text = '';
	child.stdout!.on('data', (piece: string) => {
		text += piece;
	});
	const seen = () => text.split('\n').filter(line => line !== '').map(line => (JSON.parse(line) as {msg: string}).msg);
	await until('what was there is shown', () => seen().length === 1);
	appendFileSync(file('backup'), logLine(startMs + 1, 'one'));
	await until('a new line is shown', () => seen().length === 2);
	renameSync(file('backup'), `${file('backup')}.1`);
	appendFileSync(file('backup'), logLine(startMs + 2, 'two'));
	appendFileSync(file('cron'), logLine(startMs + 3, 'three'));
	await until('lines of new logs are shown', () => seen().length === 4);
	child.kill('SIGINT');
	const {code, stderr} = await ended;
	t.deepEqual([code, stderr], [130, '']);
	t.deepEqual(seen().toSorted(), ['old', 'one', 'three', 'two'].toSorted());
});

test('--follow waits for a folder that is not there yet', async t => {
	const host = new TestHost(t);
	const {child, ended} = host.start(['logs', '--follow']);
	let text = '';
	child.stdout!.on('data', (piece: string) => {
		text += piece;
	});
	await host.runHere(['init']);
	await until('the first lines are shown', () => text.includes('first key made'));
	child.kill('SIGTERM');
	t.is((await ended).code, 130);
});

test('a reader that has gone ends --follow quietly', async t => {
	const {host, file} = createHost(t, sample);
	const child = spawn(process.execPath, host.command(['logs', '--follow']), {env: {...host.environment}, stdio: ['ignore', 'pipe', 'pipe']});
	let errors = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		errors += text;
	});
	const closed = once(child, 'close');
	await once(child.stdout, 'data');
	child.stdout.destroy();
	appendFileSync(file('backup'), logLine(startMs + 4000, 'one more'));
	await until('it has ended', () => {
		appendFileSync(file('backup'), logLine(startMs + 5000, 'and more'));
		return child.exitCode !== null;
	});
	t.deepEqual([(await closed)[0], errors], [0, '']);
});

test('in this process: --follow with --lines 0 shows only what comes, and each signal ends it once', async t => {
	const {host, file} = createHost(t, sample);
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
		// A process is an EventEmitter, too.
		// eslint-disable-next-line unicorn/prefer-event-target
		const signals = new EventEmitter();
		const outcome = host.runHere(['logs', '--follow', '--lines', '0'], {signals});
		await until('it listens', () => signals.listenerCount(name) === 1);
		signals.emit(name);
		t.like(await outcome, {code: 130, stdout: '', stderr: ''});
		t.is(signals.listenerCount(name), 0);
	}

	t.is(readFileSync(file('backup'), 'utf8'), sample.backup);
});
