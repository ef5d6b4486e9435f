import {Buffer} from 'node:buffer';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {CofferError} from '../../../source/engine/errors.ts';
import type {ProgramCall} from '../../../source/engine/programs/program-call.ts';
import {runProgram, streamProgram} from '../../../source/engine/programs/run-program.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {isAlive, until} from '../../helpers/processes.ts';
import {createFolder} from '../../helpers/source-folder.ts';
import {createSourceContext} from '../../helpers/source-context.ts';
import {createRealRuntime} from '../../helpers/system-runtime.ts';

const shell = (line: string, more: Partial<ProgramCall> = {}): ProgramCall => ({program: '/bin/sh', arguments: ['-c', line], what: 'The trial', ...more});

async function collect(call: ProgramCall, context = createSourceContext()): Promise<string> {
	const pieces: Buffer[] = [];
	for await (const piece of streamProgram(call, context)) {
		pieces.push(Buffer.from(piece));
	}

	return Buffer.concat(pieces).toString();
}

async function * inPieces(...pieces: readonly string[]): AsyncGenerator<Uint8Array, void> {
	for (const piece of pieces) {
		yield Buffer.from(piece);
	}
}

test('all output comes, then the end is looked at', async t => {
	t.is(await collect(shell('printf one; printf two >&2; printf three')), 'onethree');
	const large = await collect(shell('head -c 3000000 /dev/zero'));
	t.is(large.length, 3_000_000);
});

test('an exit code, a signal, a program that is not there: the output does not count, and the message says why', async t => {
	let given = '';
	await refusesAsync(t, async () => {
		for await (const piece of streamProgram(shell('printf part; echo "no such table" >&2; exit 3'), createSourceContext())) {
			given += piece.toString();
		}
	}, 'source-failed', /^The trial failed: exit code 3: no such table$/);
	t.is(given, 'part');
	await refusesAsync(t, async () => collect(shell('printf part; kill -9 $$')), 'source-failed', /ended by the signal SIGKILL/);
	await refusesAsync(t, async () => collect({...shell(''), program: '/nonexistent/program'}), 'source-failed', /there is no program \/nonexistent\/program/);
	await refusesAsync(t, async () => runProgram(shell('exit 1', {failureCode: 'target-unusable'}), createSourceContext()), 'target-unusable');
});

test('the exit code counts though the output has ended long before', async t => {
	await refusesAsync(t, async () => collect(shell('printf all; exec >&-; i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done; exit 4')), 'source-failed', /exit code 4/);
});

test('what it writes to its standard error goes to the log once, its end where it is long, without passwords of URLs', async t => {
	const context = createSourceContext();
	await collect(shell('echo "connected to https://user:geheim@host/x" >&2'), context);
	t.deepEqual(context.logged, ['The trial wrote: connected to https://user:***@host/x']);
	const long = createSourceContext();
	await refusesAsync(t, async () => collect(shell('i=0; while [ $i -lt 3000 ]; do echo "line $i of much" >&2; i=$((i+1)); done; exit 1'), long), 'source-failed', /line 2999 of much$/);
	t.is(long.logged.length, 1);
	t.true(long.logged[0]!.length < 17_000 && long.logged[0]!.endsWith('line 2999 of much'));
});

test('the environment is clean: no variable of ours but where the user is at home', async t => {
	const runtime = createRealRuntime({COFFER_PASSPHRASE: 'geheim', NODE_OPTIONS: '--inspect', LD_PRELOAD: 'x', PGPASSWORD: 'y', GIT_DIR: '/x', TZ: 'UTC', PATH: '/evil:/bin'});
	const text = await collect({program: '/usr/bin/env', arguments: [], what: 'env', environment: {OWN: 'value'}}, createSourceContext({runtime}));
	t.deepEqual(text.trim().split('\n').sort(), ['HOME=/nonexistent', 'LANG=C.UTF-8', 'LC_ALL=C.UTF-8', 'OWN=value', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'TZ=UTC']);
});

test('secrets come as files of mode 600 that have no name: in no argument, no environment and no folder', async t => {
	const secrets = [Buffer.from('first secret\n'), Buffer.from('second')];
	const text = await collect(shell('cat /dev/fd/3 /dev/fd/4; stat -L -c " %a %F %h" /dev/fd/3; readlink /proc/self/fd/3; tr "\\0" " " < /proc/$$/cmdline; env', {secretFiles: secrets}));
	t.true(text.startsWith('first secret\nsecond 600 regular file 0\n'), text);
	t.regex(text, /\(deleted\)/);
	t.false(text.slice('first secret\nsecond'.length).includes('first secret'));
	t.is(secrets[1]!.toString(), 'second');
	t.deepEqual(readdirSync('/dev/shm').filter(name => /^coffer-[\da-f]{32}$/.test(name)), []);
});

/** A shell that starts a child, tells of both, and waits. */
const family = (folder: string) => shell(`trap '' TERM; sleep 1000 & echo $! > ${folder}/child; echo $$ > ${folder}/self; printf begun; wait; sleep 1000`);

function membersOf(folder: string): number[] {
	return ['child', 'self'].map(name => Number(readFileSync(path.join(folder, name), 'utf8')));
}

test('a signal ends it, with its children, by force where it does not listen', async t => {
	const folder = createFolder(t);
	const controller = new AbortController();
	let kill: (() => void) | undefined;
	const runtime = {...createRealRuntime(), every(_intervalMs: number, action: () => void) {
		kill = action;
		return () => undefined;
	}};
	await refusesAsync(t, async () => {
		for await (const piece of streamProgram(family(folder), createSourceContext({runtime, signal: controller.signal}))) {
			t.is(piece.toString(), 'begun');
			controller.abort();
			kill!();
		}
	}, 'aborted');
	for (const pid of membersOf(folder)) {
		await until('it has gone', () => !isAlive(pid));
	}
});

/** Makes every timer of a program due at once, when told so. */
function createHastyRuntime() {
	const due: Array<() => void> = [];
	const hasten = () => {
		for (const action of due) {
			action();
		}
	};

	return {hasten, due, runtime: {...createRealRuntime(), every(_intervalMs: number, action: () => void) {
		due.push(action);
		return () => undefined;
	}}};
}

/** A line of a shell that leaves a process behind, in a session of its own, which holds what the redirection leaves it. */
const leaveBehind = (folder: string, redirection: string) => `setsid sh -c 'echo $$ > ${folder}/daemon; exec sleep 1000' ${redirection} & while [ ! -s ${folder}/daemon ]; do sleep 0.01; done`;

function endDaemon(folder: string): void {
	process.kill(Number(readFileSync(path.join(folder, 'daemon'), 'utf8')), 'SIGKILL');
}

test('a service that a program has started and that holds its output does not hold up its end, nor an interruption', async t => {
	const held = createFolder(t);
	t.is(await collect(shell(`${leaveBehind(held, '>/dev/null')}; echo data`)), 'data\n');
	endDaemon(held);
	const service = createFolder(t);
	let given = '';
	for await (const piece of streamProgram(shell(`${leaveBehind(service, '')}; echo started`), createSourceContext(), {mayLeaveOthers: true})) {
		given += piece.toString();
	}

	t.is(given, 'started\n');
	endDaemon(service);
	const folder = createFolder(t);
	const controller = new AbortController();
	const {hasten, due, runtime} = createHastyRuntime();
	await refusesAsync(t, async () => {
		for await (const piece of streamProgram(shell(`${leaveBehind(folder, '')}; printf begun; sleep 1000`), createSourceContext({runtime, signal: controller.signal}))) {
			t.is(piece.toString(), 'begun');
			controller.abort();
			t.is(due.length, 1);
			hasten();
		}
	}, 'aborted');
	endDaemon(folder);
});

test('children that hold nothing of a program that was ended end, too, by force where they do not listen', async t => {
	const folder = createFolder(t);
	const controller = new AbortController();
	let nowMs = 0;
	const runtime = {...createRealRuntime(), monotonicMs: () => nowMs, async sleep() {
		nowMs += 1000;
	}};
	await refusesAsync(t, async () => {
		for await (const piece of streamProgram(shell(`(trap '' TERM; exec sleep 1000 >/dev/null 2>&1) & echo $! > ${folder}/child; echo $$ > ${folder}/self; printf begun; exec sleep 1000`), createSourceContext({runtime, signal: controller.signal}))) {
			t.is(piece.toString(), 'begun');
			controller.abort();
		}
	}, 'aborted');
	for (const pid of membersOf(folder)) {
		await until('it has gone', () => !isAlive(pid));
	}
});

test('who stops reading ends the program', async t => {
	const folder = createFolder(t);
	const pieces = streamProgram(shell(`echo $$ > ${folder}/self; yes`), createSourceContext());
	t.false((await pieces.next()).done);
	await pieces.return();

	const pid = Number(readFileSync(path.join(folder, 'self'), 'utf8'));
	t.false(isAlive(pid));
});

test('aborted before: nothing is started', async t => {
	const folder = createFolder(t);
	await refusesAsync(t, async () => collect(shell(`touch ${folder}/begun`), createSourceContext({signal: AbortSignal.abort()})), 'aborted');
	t.false(existsSync(path.join(folder, 'begun')));
});

test('input goes in whole, large or small; a program that does not take all of it has failed, unless its own failure says more', async t => {
	const {output} = await runProgram(shell('cat'), createSourceContext(), {input: inPieces('a', 'b', 'c')});
	t.is(output.toString(), 'abc');
	const megabyte = 'x'.repeat(1_000_000);
	const counted = await runProgram(shell('wc -c'), createSourceContext(), {input: inPieces(...Array.from({length: 20}, () => megabyte))});
	t.is(counted.output.toString().trim(), '20000000');
	await refusesAsync(t, async () => runProgram(shell('head -c 10'), createSourceContext(), {input: inPieces(megabyte, megabyte)}), 'source-failed', /ended before it had read everything/);
	await refusesAsync(t, async () => runProgram(shell('echo "disk full" >&2; exit 2'), createSourceContext(), {input: inPieces(megabyte, megabyte)}), 'source-failed', /exit code 2: disk full/);
	await refusesAsync(t, async () => runProgram(shell('cat >/dev/null'), createSourceContext(), {input: (async function * () {
		yield Buffer.from('half');
		throw new CofferError('damaged', 'The dump cannot be read.');
	})()}), 'damaged');
});

test('more output than was meant is a failure', async t => {
	await refusesAsync(t, async () => runProgram(shell('head -c 100000 /dev/zero'), createSourceContext(), {maximumOutputBytes: 50_000}), 'source-failed', /more than 50\.0 kB/);
});
