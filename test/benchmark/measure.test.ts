import {spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {createReadStream} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {optionalTest} from '../helpers/optional-test.ts';
import {createFolder} from '../helpers/source-folder.ts';
import {measure} from './measure.ts';
import {sumMemory} from './process-memory.ts';

const lackOfTime = spawnSync('time', ['--version']).status === 0 ? undefined : 'no GNU time';
const environment = {PATH: process.env['PATH'] ?? ''};
const megabyte = 1024 * 1024;

/** Ends after it held so many megabytes, and filled them. */
const holder = (megabytes: number): string => `Buffer.alloc(${megabytes} * 1024 * 1024, 1)`;

optionalTest(lackOfTime, 'a command is measured as a whole: time, CPU time of its children, memory', async t => {
	const workFolder = createFolder(t);
	const {wallMs, cpuMs, peakBytes} = await measure({argv: ['bash', '-c', '"$@"; true', 'bash', process.execPath, '-e', holder(200)]}, {environment, workFolder});
	t.log(`${wallMs} ms, ${cpuMs} ms of CPU, ${peakBytes} bytes`);
	t.true(wallMs > 0);
	t.true(cpuMs > 0);
	t.true(peakBytes > 200 * megabyte && peakBytes < 400 * megabyte, `${peakBytes}`);
});

optionalTest(lackOfTime, 'a command that fails is an error with what it said', async t => {
	const workFolder = createFolder(t);
	await t.throwsAsync(measure({argv: ['bash', '-c', 'echo it broke >&2; exit 3']}, {environment, workFolder}), {message: /ended with 3:\nit broke$/});
	await t.throwsAsync(measure({argv: ['/no/such/program']}, {environment, workFolder}), {message: /ended with 127/});
});

optionalTest(lackOfTime, 'an interruption kills everything that the command started', async t => {
	const workFolder = createFolder(t);
	const pipe = path.join(workFolder, 'pipe');
	t.is(spawnSync('mkfifo', [pipe]).status, 0);
	const interruption = new AbortController();
	const reason = new Error('enough');
	// Both processes hold the pipe open: it ends when the last of them is dead.
	const measured = measure({argv: ['bash', '-c', 'exec 3>"$1"; echo started >&3; (sleep 1000; true) | (sleep 1000; true)', 'bash', pipe]}, {environment, workFolder, signal: interruption.signal});
	const reader = createReadStream(pipe, 'utf8');
	await once(reader, 'data');
	const ended = once(reader, 'end');
	interruption.abort(reason);
	await t.throwsAsync(measured, {is: reason});
	await ended;
	await t.throwsAsync(measure({argv: ['true']}, {environment, workFolder, signal: interruption.signal}), {is: reason});
});

test('the memory of processes is summed, and one that is gone holds none', t => {
	const own = sumMemory([process.pid]);
	t.log(`${own} bytes`);
	t.true(own > 10 * megabyte);
	const {pid} = spawnSync('true');
	t.is(sumMemory([pid]), 0);
});
