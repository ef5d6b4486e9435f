import {spawn} from 'node:child_process';
import {buffer} from 'node:stream/consumers';
import test from 'ava';
import type {Runtime} from '../../../../source/engine/runtime.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {noticeOf, testNotice} from '../../../helpers/notices.ts';
import {lackOf} from '../../../helpers/old-archives.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createRealRuntime} from '../../../helpers/system-runtime.ts';
import {noSignal, testChannel} from '../../../helpers/test-channel.ts';

/** The real `logger`, which shows what it would send, with its number for facility and severity (RFC 3164, 4.1.1). */
function createShowingRuntime(shown: Array<Promise<Buffer>>): Runtime {
	const show = ((program: string, parameters: readonly string[], options: object) => {
		const child = spawn(program, [...parameters, '--no-act', '--stderr', '--socket-errors=off'], options);
		shown.push(buffer(child.stderr));
		return child;
	}) as typeof spawn;
	return {...createRealRuntime(), spawn: show};
}

optionalTest(lackOf('logger'), 'one line for each alert, by the severity; no text begins a line of its own or an option', async t => {
	const shown: Array<Promise<Buffer>> = [];
	const channel = testChannel({kind: 'syslog'}, {runtime: createShowingRuntime(shown)});
	await channel.send(noticeOf([{severity: 'critical', object: '--file /etc/shadow'}, {object: 'a\n<8>kernel: b\u001B[31m'}, {event: 'resolved', object: 'x'.repeat(5000)}]), noSignal);
	await channel.send(testNotice, noSignal);
	const outputs = await Promise.all(shown);
	const lines = outputs.flatMap(output => output.toString().trimEnd().split('\n'));
	// Daemon is 3: 3 * 8 + 2, 4 and 5.
	t.deepEqual(lines.map(line => /^<(?<number>\d+)>/.exec(line)?.groups?.['number']), ['26', '28', '29', '29']);
	t.true(lines.every(line => line.includes(' coffer: ') && Buffer.byteLength(line) < 1100));
	t.regex(lines[0]!, /coffer: critical: --file \/etc\/shadow: the newest backup is 3 days old.*; Why: pg_dump ended with exit code 1; Do: run "coffer backup mail"; Since: /);
	t.true(lines[1]!.includes(String.raw`coffer: warning: a <8>kernel: b\x1b[31m:`), lines[1]);
});

test('a logger that fails is told, and another attempt is worth it', async t => {
	const failing = ((_program: string, _parameters: readonly string[], options: object) => spawn('/bin/sh', ['-c', 'cat >/dev/null; echo "logger: socket /dev/log: No such file or directory" >&2; exit 1'], options)) as typeof spawn;
	const error = await refusesAsync(t, async () => testChannel({kind: 'syslog'}, {runtime: {...createRealRuntime(), spawn: failing}}).send(testNotice, noSignal), 'channel-failed', /^The channel "ops" failed: .*\/dev\/log/);
	t.true(error.isRetryable);
});
