import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {commands} from '../../source/cli/command-table.ts';
import {toBytes, type ByteString} from '../../source/engine/byte-string.ts';
import {commandExamples, prepareHost} from '../helpers/command-examples.ts';
import {TestHost, type Outcome} from '../helpers/run-coffer.ts';

const calls: ReadonlyArray<readonly string[]> = Object.keys(commands).flatMap(name => (commandExamples[name] ?? []).map(argv => [name, ...argv]));

/** What one call leaves behind in the way of the next. */
function tidy(host: TestHost): void {
	for (const name of ['another', 'another.key', 'out']) {
		rmSync(host.path(name), {recursive: true, force: true});
	}
}

type RunOptions = {readonly isTerminal?: boolean; readonly environment?: Record<string, string | undefined>};

/** Every example, with further flags. @returns How many they were. */
async function runAll(host: TestHost, argv: readonly string[], check: (call: string, outcome: Outcome) => void, options: RunOptions = {}): Promise<number> {
	for (const call of calls) {
		tidy(host);
		check(call.join(' '), await host.runHere([...call, ...argv], {...options, ...(options.environment && {environment: {...host.environment, ...options.environment}})}));
	}

	return calls.length;
}

const control = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/;

test('every command has an example', t => {
	t.deepEqual(Object.keys(commands).filter(name => commandExamples[name] === undefined), [], 'Add one to test/helpers/command-examples.ts.');
});

test('--json: every line is one JSON value, nothing on stderr, the summary last', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const count = await runAll(host, ['--json'], (call, {code, stdout, stderr, json}) => {
		t.is(code, 0, `${call}: ${stderr}`);
		t.is(stderr, '', call);
		t.true(stdout.endsWith('\n'), call);
		const lines = json();
		t.true(lines.length > 0, call);
		const hasEvents = lines.some(line => typeof line['event'] === 'string');
		t.true(hasEvents ? lines.at(-1)!['event'] === 'summary' : lines.length === 1, call);
	}, {isTerminal: true});
	t.log(`${count} calls of ${Object.keys(commands).length} commands`);
});

test('--help, with and without --json', async t => {
	const host = new TestHost(t);
	for (const name of Object.keys(commands)) {
		const {code, stdout, stderr} = await host.runHere([name, '--help']);
		t.deepEqual([code, stderr], [0, ''], name);
		t.true(stdout.includes(`Usage: coffer ${name}`) && stdout.split('\n').every(line => line.length <= 200), name);
		t.is((await host.runHere([name, '--help', '--json'])).json().length, 1, name);
	}

	t.log(`${Object.keys(commands).length} commands`);
});

test('--quiet: no more than results, and no less than without', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const silent = new Set<string>();
	const count = await runAll(host, ['--quiet'], (call, {code, stdout, stderr}) => {
		t.deepEqual([code, stderr], [0, ''], call);
		if (stdout === '') {
			silent.add(call.split(' ', 1)[0]!);
		}
	}, {isTerminal: true});
	t.deepEqual(['init', 'backup', 'verify', 'restore', 'doctor'].filter(name => !silent.has(name)), []);
	t.deepEqual(['snapshots', 'status', 'key', 'completion'].filter(name => silent.has(name)), []);
	t.log(`${count} calls`);
});

const plainWays: ReadonlyArray<readonly [string, readonly string[], Record<string, string>]> = [
	['--no-color', ['--no-color', '--plain'], {}],
	['--headless', ['--headless'], {}],
	['NO_COLOR', ['--plain'], {NO_COLOR: '1'}],
	['TERM=dumb', [], {TERM: 'dumb'}],
];

for (const [way, argv, environment] of plainWays) {
	test(`${way}: no colour, no bar, no control character on a terminal`, async t => {
		const host = new TestHost(t);
		await prepareHost(host);
		const count = await runAll(host, argv, (call, {code, stdout, stderr}) => {
			t.is(code, 0, `${call}: ${stderr}`);
			t.notRegex(stdout + stderr, control, call);
		}, {isTerminal: true, environment});
		t.log(`${count} calls`);
	});
}

test('without a terminal: no colour, no bar; --verbose changes no exit code', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const count = await runAll(host, ['--verbose'], (call, {code, stdout, stderr}) => {
		t.is(code, 0, `${call}: ${stderr}`);
		t.notRegex(stdout + stderr, control, call);
	});
	t.log(`${count} calls`);
});

const hostile = 'evil\u001B]52;c;aGk=\u0007\u001B[2J\r\u202Egpj.\u0085\u2028\u200B';

test('hostile names, tags and settings in every command: no raw control or bidi character on a terminal, nor in the log', async t => {
	const host = new TestHost(t);
	const folder = host.path('data');
	mkdirSync(folder);
	writeFileSync(path.join(folder, `${hostile}\n`), 'x');
	writeFileSync(toBytes(`${folder}/\u00FFno-utf8` as ByteString), 'x');
	mkdirSync(host.path(hostile));
	writeFileSync(host.path(hostile, 'x'), 'x');
	await prepareHost(host, [{name: 'e', paths: [host.path(hostile)], tags: [hostile]}]);
	let checked = 0;
	const check = (call: string, {stdout, stderr}: Outcome) => {
		checked++;
		// The program's own: colours, and the bar that is drawn anew and taken away.
		const text = (stdout + stderr).replaceAll(/\u001B\[(?:[12K]|22|31|32|33|39)m?|\r(?!\n)/g, '');
		t.notRegex(text, control, call);
	};

	const wrong: ReadonlyArray<readonly string[]> = [
		['backup', `./${hostile}`], ['backup', `./${hostile}/gone`], ['backup', hostile], [hostile], [`--${hostile}`], ['snapshots', '--source', hostile], ['verify', hostile], ['restore', hostile],
		['restore', 'latest', '--target', `./${hostile}/x`], ['restore', 'latest', '--target', './out', '--overwrite', hostile], ['verify', `--read-data=${hostile}`], ['config', hostile], ['completion', hostile], ['key', hostile],
		['status', '--config', hostile], ['status', '--repository', `./${hostile}`], ['status', '--key-file', `./${hostile}`], ['restore', 'latest', '--target', './out', '--include', hostile], ['backup', `./${hostile}`, '--tag', hostile, '--verbose'],
	];
	for (const argv of wrong) {
		check(argv.join(' '), await host.runHere(argv, {isTerminal: true}));
		check(argv.join(' '), await host.runHere([...argv, '--json'], {isTerminal: true}));
	}

	await runAll(host, ['--verbose'], check, {isTerminal: true});
	await runAll(host, ['--json'], check, {isTerminal: true});
	await runAll(host, [], check, {isTerminal: true, environment: {VISUAL: hostile, COFFER_STATE_DIRECTORY: host.path(hostile, 'state')}});
	rmSync(host.path(hostile), {recursive: true});
	check('backup of what is gone', await host.runHere(['backup'], {isTerminal: true}));
	check('status after a failure', await host.runHere(['status'], {isTerminal: true}));
	writeFileSync(host.configFile, JSON.stringify({[hostile]: 1}));
	check('config validate', await host.runHere(['config', 'validate'], {isTerminal: true}));
	check('config show', await host.runHere(['config', 'show'], {isTerminal: true}));
	const log = readFileSync(host.logFile, 'utf8');
	t.notRegex(log, control);
	t.regex(log, /evil/);
	t.log(`${checked} outputs, ${log.split('\n').length} lines of log`);
});
