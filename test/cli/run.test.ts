import {EventEmitter} from 'node:events';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {PassThrough} from 'node:stream';
import test from 'ava';
import {Output} from '../../source/cli/output.ts';
import {progressLine} from '../../source/cli/progress.ts';
import {splitWords} from '../../source/cli/split-words.ts';
import {parseDataShare} from '../../source/cli/data-share.ts';
import {exitCodeOf} from '../../source/cli/exit-codes.ts';
import {findNearest} from '../../source/cli/nearest.ts';
import {chooseSources, nameOfPaths, resolveReference} from '../../source/cli/source-requests.ts';
import {withInterruption} from '../../source/cli/signals.ts';
import {CofferError, type ProgressEvent} from '../../source/engine/index.ts';
import {TestHost} from '../helpers/run-coffer.ts';

test('version and help go to stdout, with exit code 0', async t => {
	const host = new TestHost(t);
	for (const argv of [['--version'], ['--help'], ['backup', '--help'], ['--help', 'key', 'rotate-not-checked']]) {
		const {code, stdout, stderr} = await host.runHere(argv);
		t.is(code, 0);
		t.true(stdout.length > 3);
		t.is(stderr, '');
	}

	t.false(existsSync(host.path('home/.local')));
});

test('a passphrase is asked for twice on a terminal, never shown, and opens the repository', async t => {
	const host = new TestHost(t);
	const init = await host.runHere(['init', '--passphrase', '--defaults'], {isTerminal: true, input: 'corect\u007F\u007F\u007Frect horse ü\rcorrect horse x\n'});
	t.is(init.code, 2);
	t.regex(init.stderr, /differ/);
	const again = await host.runHere(['init', '--passphrase', '--defaults'], {isTerminal: true, input: 'cox\u007Frrect horse ü\rcorrect horse ü\n'});
	t.is(again.code, 0, again.stderr);
	t.false(`${again.stdout}${again.stderr}`.includes('horse'));
	t.regex(again.stderr, /New passphrase: \nThe same again: \n/);
	t.is((await host.runHere(['snapshots', '--json'], {isTerminal: true, input: 'correct horse ü\n'})).code, 0);
	t.is((await host.runHere(['snapshots', '--json'], {isTerminal: true, input: 'wrong\n'})).code, 12);
	t.is((await host.runHere(['snapshots'], {isTerminal: true, input: 'half\u0003'})).code, 130);
	t.is((await host.runHere(['snapshots', '--headless'], {isTerminal: true, input: 'correct horse ü\n'})).code, 2);
});

test('init proposes sources, and Enter takes none', async t => {
	const host = new TestHost(t);
	writeFileSync(host.path('home/x'), 'x');
	// One answer for each kind of what this machine may have.
	const {code, stderr} = await host.runHere(['init'], {isTerminal: true, input: '\r'.repeat(4)});
	t.is(code, 0, stderr);
	t.regex(stderr, /Found here: .* y\/N/);
	t.deepEqual((JSON.parse(readFileSync(host.configFile, 'utf8')) as {sources: unknown[]}).sources, []);
});

test('a bar on a terminal, taken away at the end; none elsewhere', async t => {
	const host = new TestHost(t);
	mkdirSync(host.path('data'));
	writeFileSync(host.path('data/x'), 'x'.repeat(10_000));
	await host.runHere(['init']);
	const onTerminal = await host.runHere(['backup', './data'], {isTerminal: true});
	t.is(onTerminal.code, 0, onTerminal.stderr);
	t.regex(onTerminal.stderr, /^\ropening/);
	t.true(onTerminal.stderr.endsWith('\r\u001B[K'));
	for (const argv of [['--quiet'], ['--plain'], ['--headless'], ['--json']]) {
		const {stderr} = await host.runHere(['backup', './data', ...argv], {isTerminal: true});
		t.is(stderr, '', argv.join(' '));
	}

	t.is((await host.runHere(['backup', './data', '--quiet'])).stdout, '');
	t.is((await host.runHere(['backup', './data'])).stderr, '');
});

test('hostile names reach terminal and log only as escapes', async t => {
	const host = new TestHost(t);
	await host.runHere(['init']);
	const {stderr} = await host.runHere(['backup', './\u001B]52;c;aGk=\u0007\n\u202Ename'], {isTerminal: true});
	t.regex(stderr, /\\x1b\]52;c;aGk=\\x07\\x0a\\u\{202e\}name/);
	t.notRegex(stderr, /[\u0007\u202E]|\u001B(?!\[K)/);
	t.notRegex(readFileSync(host.logFile, 'utf8'), /[\u0007\u202E\u001B]|\\u001b|\\n/);
});

test('the first signal asks, the second ends at once', async t => {
	// A process is one, too.
	// eslint-disable-next-line unicorn/prefer-event-target
	const signals = new EventEmitter();
	const exits: number[] = [];
	const stderr = new PassThrough({encoding: 'utf8'});
	const output = new Output({stdout: stderr, stderr, isJson: false, isQuiet: false, isVerbose: false, hasColor: false});
	await withInterruption(async signal => {
		t.false(signal.aborted);
		signals.emit('SIGTERM', 'SIGTERM');
		t.true(signal.aborted);
		t.deepEqual(exits, []);
		signals.emit('SIGINT', 'SIGINT');
	}, {signals, output, exit(code) {
		exits.push(code);
	}});
	t.deepEqual(exits, [130]);
	t.regex(stderr.read() as string, /^coffer: SIGTERM: ending cleanly/);
	t.is(signals.listenerCount('SIGINT'), 0);
});

test('a line of progress', t => {
	const event: ProgressEvent = {event: 'progress', phase: 'reading', files: 1200, bytes: 30e6, totalBytes: 120e6, rate: 10e6, current: '/etc/\u001Bx'};
	const options = {columns: 200, hasUnicode: false, errors: 2, label: 'etc'};
	t.is(progressLine(event, options), String.raw`etc: reading  [#####---------------]  25 %  30 MB of 120 MB  10 MB/s  9.0 s left  2 errors  1 200 files  /etc/\x1bx`);
	t.is(progressLine({event: 'progress', phase: 'opening', files: 0, bytes: 0, rate: 0}, {columns: 80, hasUnicode: true, errors: 0}), 'opening');
	t.is(progressLine(event, {...options, columns: 30}).length, 29);
});

test('ad-hoc paths: one source, whose name does not depend on how they were typed', t => {
	const [choice] = chooseSources(['./b', '/w/a/', '../w/b'], undefined, '/w');
	t.like(choice!.source, {name: '/w/a,/w/b', paths: ['/w/a', '/w/b']});
	t.is(chooseSources(['.'], undefined, '/w')[0]!.source.name, '/w');
	const long = nameOfPaths(Array.from({length: 50}, (_, index) => `/some/where/${index}`));
	t.true(long.length < 200);
	t.not(long, nameOfPaths(Array.from({length: 51}, (_, index) => `/some/where/${index}`)));
	t.is(resolveReference('latest:./x', '/w'), 'latest:/w/x');
	t.is(resolveReference('latest:etc', '/w'), 'latest:etc');
	t.throws(() => chooseSources(['etc'], undefined, '/w'), {code: 'usage', message: /write "\.\/etc"/});
});

test('shares of data', t => {
	t.deepEqual(['all', '5%', '100%', '2G', '500k', '10', '1.5MB', '3/30'].map(text => parseDataShare(text)), ['all', {fraction: 0.05}, 'all', {bytes: 2e9}, {bytes: 500_000}, {bytes: 10}, {bytes: 1_500_000}, {part: 3, parts: 30}]);
	for (const text of ['', '0', '0%', '101%', '-5', '5 %', 'G', '1e9']) {
		t.throws(() => parseDataShare(text), {code: 'usage'}, text);
	}
});

test('words of a command, as a shell splits them', t => {
	t.deepEqual(splitWords('pass  show \'a b\'"c \\" d"\\ e ""', 'X'), ['pass', 'show', 'a bc " d e', '']);
	for (const text of ['', '  ', 'a "b', 'a \'b']) {
		t.throws(() => splitWords(text, 'X'), {code: 'usage', message: /^X /});
	}
});

test('the nearest word', t => {
	const words = ['backup', 'snapshots', 'status', 'verify'];
	t.deepEqual(['bakcup', 'snap', 'stauts', 'verfiy', 'x', 'restore'].map(word => findNearest(word, words)), ['backup', 'snapshots', 'status', 'verify', undefined, undefined]);
});

test('errors become exit codes in one place', t => {
	const codes = ['usage', 'configuration-invalid', 'repository-missing', 'repository-locked', 'key-wrong', 'damaged', 'aborted', 'storage-full', 'source-missing'] as const;
	t.deepEqual(codes.map(code => exitCodeOf(new CofferError(code, ''))), [2, 2, 10, 11, 12, 13, 130, 1, 1]);
	t.is(exitCodeOf(new TypeError('x')), 1);
});
