import {PassThrough} from 'node:stream';
import test from 'ava';
import fc from 'fast-check';
import {displayWidth, prepareWidths, toSafeJson, toSafeText, truncateText} from '../../source/text/display-text.ts';
import {formatAge, formatAmount, formatBytes, formatCount, formatDuration} from '../../source/text/format.ts';
import {Output, styled, type OutputOptions} from '../../source/cli/output.ts';
import {CofferError} from '../../source/engine/index.ts';

function createOutput(options: Partial<OutputOptions> = {}) {
	const stdout = new PassThrough({encoding: 'utf8'});
	const stderr = new PassThrough({encoding: 'utf8'});
	const output = new Output({stdout, stderr, isJson: false, isQuiet: false, isVerbose: false, hasColor: false, ...options});
	return {output, stdout, stderr, texts: () => ({stdout: stdout.read() as string | null, stderr: stderr.read() as string | null})};
}

// Control characters, changes of direction, separators of lines, and what shows nothing.
const raw = /[\u0000-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/;

test('no text brings a control or bidi character to the terminal', t => {
	let checked = 0;
	fc.assert(fc.property(fc.string({unit: 'binary'}), text => {
		checked++;
		return !raw.test(toSafeText(text)) && !raw.test(toSafeJson({text}));
	}), {numRuns: 2000});
	t.log(`${checked} random texts`);
	t.is(toSafeText('a\u001B]52;c;x\u0007b\nc\u202Ed'), String.raw`a\x1b]52;c;x\x07b\x0ac\u{202e}d`);
});

test('safe JSON is one line and says the same', t => {
	fc.assert(fc.property(fc.jsonValue(), value => {
		const text = toSafeJson(value);
		t.is(JSON.stringify(JSON.parse(text)), JSON.stringify(value));
		return !text.includes('\n');
	}), {numRuns: 500});
	t.is(JSON.parse(toSafeJson('\u202E\u0085\u{E0041}')), '\u202E\u0085\u{E0041}');
});

test('names in a line are made safe, styles show only with colours', t => {
	const plain = createOutput();
	plain.output.print(styled('bad\u001B[31m', 'red'), ' x');
	t.is(plain.texts().stdout, `${String.raw`bad\x1b[31m`} x\n`);
	const coloured = createOutput({hasColor: true});
	coloured.output.print(styled('bad', 'red'));
	t.is(coloured.texts().stdout, '\u001B[31mbad\u001B[39m\n');
});

test('people\'s lines and JSON exclude each other; quiet leaves notes out', t => {
	const json = createOutput({isJson: true});
	json.output.print('x');
	json.output.warn('x');
	json.output.value({a: 1});
	json.output.error(new CofferError('key-wrong', 'No.'));
	t.deepEqual(json.texts(), {stdout: '{"a":1}\n', stderr: '{"event":"error","code":"key-wrong","message":"No."}\n'});
	const quiet = createOutput({isQuiet: true});
	quiet.output.note('note');
	quiet.output.value({a: 1});
	quiet.output.print('result');
	t.deepEqual(quiet.texts(), {stdout: 'result\n', stderr: null});
});

test('an unforeseen error shows no stack', t => {
	const {output, texts} = createOutput();
	output.error(new TypeError('boom'));
	t.regex(texts().stderr!, /^coffer: Something unforeseen went wrong: boom\.[^\n]*\n$/);
});

test('a reader that has gone ends the output quietly', async t => {
	const {output, stdout} = createOutput();
	stdout.emit('error', Object.assign(new Error('write EPIPE'), {code: 'EPIPE'}));
	output.print('x');
	await output.flush();
	t.is(stdout.read(), null);
});

test('a full disk under stdout is a failure', async t => {
	const {output, stdout} = createOutput();
	stdout.emit('error', Object.assign(new Error('write ENOSPC'), {code: 'ENOSPC'}));
	await t.throwsAsync(output.flush(), {message: /ENOSPC/});
});

test('a table lines up by the width on the terminal', async t => {
	const {output, texts} = createOutput();
	await output.table(['NAME', 'SIZE'], [['日本', '1 kB'], ['é\u0301\u001B', '20 kB']], {right: [1]});
	t.deepEqual(texts().stdout?.split('\n'), ['NAME    SIZE', '日本    1 kB', `é\u0301${String.raw`\x1b`}  20 kB`.padEnd(0), '']);
});

test('texts are cut by width', async t => {
	await prepareWidths(['日']);
	t.is(displayWidth('日本'), 4);
	t.is(truncateText('日本語', 5), '日本…');
	t.is(truncateText('abc', 3), 'abc');
	t.is(truncateText('abcd', 3), 'ab…');
});

test('sizes, counts and times for people', t => {
	t.deepEqual([0, 999, 1000, 1449, 9949, 99_500, 1e6, 23.4e9].map(bytes => formatBytes(bytes)), ['0 B', '999 B', '1.0 kB', '1.4 kB', '9.9 kB', '100 kB', '1.0 MB', '23 GB']);
	t.deepEqual([0, 999, 1000, 1_234_567].map(count => formatCount(count)), ['0', '999', '1 000', '1 234 567']);
	t.deepEqual([formatAmount(1, 'entry', 'entries'), formatAmount(2, 'file')], ['1 entry', '2 files']);
	t.deepEqual([120, 9949, 42_000, 187_000, 7_500_000, 360_000_000].map(span => formatDuration(span)), ['0.1 s', '9.9 s', '42 s', '3m 07s', '2h 05m', '4d 4h']);
	const now = Date.parse('2026-01-10T00:00:00Z');
	t.deepEqual([undefined, '2026-01-09T23:59:30Z', '2026-01-09T23:19:00Z', '2026-01-09T17:00:00Z', '2026-01-07T00:00:00Z'].map(time => formatAge(time, now)), ['never', 'now', '41m ago', '7h ago', '3d ago']);
});
