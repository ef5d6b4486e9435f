import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {openAtRest, openAtWork, unfinishedObjects} from '../helpers/dashboard-at-work.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {processesIn, until} from '../helpers/processes.ts';
import {ptyLack, type Exit} from '../helpers/pty.ts';
import type {TestHost} from '../helpers/run-coffer.ts';
import type {Terminal} from '../helpers/terminal.ts';

async function assertClean(t: ExecutionContext, host: TestHost, {snapshots}: {readonly snapshots: number}): Promise<void> {
	// A job's process has said that it is done a moment before it ends.
	await until('no process left', () => processesIn(host.folder).length === 0);
	t.deepEqual(unfinishedObjects(host), []);
	t.is((await host.start(['snapshots', '--json']).ended).json()[0]!['length'], snapshots);
}

const restEnds: ReadonlyArray<readonly [string, (terminal: Terminal) => void, Exit]> = [
	['q', terminal => {
		terminal.press('q');
	}, {code: 0, signal: null}],
	['Ctrl-C', terminal => {
		terminal.press('ctrl-c');
	}, {code: 0, signal: null}],
	['SIGTERM', terminal => {
		terminal.kill('SIGTERM');
	}, {code: 130, signal: null}],
	['SIGHUP', terminal => {
		terminal.kill('SIGHUP');
	}, {code: 130, signal: null}],
	['SIGINT', terminal => {
		terminal.kill('SIGINT');
	}, {code: 130, signal: null}],
];

optionalTest(ptyLack, 'at rest: every way to leave gives the terminal back, and no process stays', async t => {
	for (const [name, end, exit] of restEnds) {
		const {host, terminal} = await openAtRest(t);
		end(terminal);
		t.deepEqual(await terminal.exited, exit, name);
		t.deepEqual(await terminal.leftovers(), [], name);
		await assertClean(t, host, {snapshots: 1});
	}

	t.log(`${restEnds.length} ways`);
});

for (const [name, end, exit] of restEnds.slice(2)) {
	optionalTest(ptyLack, `${name} while a backup runs: it is stopped safely, and the terminal is as it was`, async t => {
		const {host, terminal, goOn} = await openAtWork(t);
		end(terminal);
		await terminal.waitFor('stopping what runs, safely');
		t.false(terminal.isAlternateScreen);
		goOn();
		t.deepEqual(await terminal.exited, exit);
		t.deepEqual(await terminal.leftovers(), []);
		await assertClean(t, host, {snapshots: 1});
	});
}

optionalTest(ptyLack, 'Ctrl-C while a backup runs: asked first; any key but y stays, y stops it safely', async t => {
	const {host, terminal, keyboard, goOn} = await openAtWork(t);
	const question = 'Jobs are running or waiting.';
	const isGone = ({text}: Terminal) => !text.includes(question);
	for (const key of ['n', 'escape', 'x', 'space'] as const) {
		await keyboard.press('ctrl-c', question);
		await keyboard.press(key, isGone);
	}

	await keyboard.press('q', question);
	terminal.press('enter');
	await keyboard.press('n', isGone);
	t.regex(terminal.text, /backup data/);
	await keyboard.press('ctrl-c', question);
	terminal.press('y');
	await terminal.waitFor('stopping what runs, safely');
	goOn();
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
	t.deepEqual(await terminal.leftovers(), []);
	await assertClean(t, host, {snapshots: 1});
});

optionalTest(ptyLack, 'a lost connection at rest: the program ends, and nothing stays', async t => {
	const {host, terminal} = await openAtRest(t);
	terminal.hangUp();
	t.deepEqual(await terminal.exited, {code: 130, signal: null});
	await assertClean(t, host, {snapshots: 1});
});

optionalTest(ptyLack, 'a lost connection while a backup runs: it is stopped safely, and nothing stays', async t => {
	const {host, terminal, goOn} = await openAtWork(t);
	terminal.hangUp();
	// Nobody is there whom the screen could tell; the log is.
	await until('it is being stopped', () => readFileSync(host.logFile, 'utf8').includes('backup is being stopped'));
	goOn();
	t.deepEqual(await terminal.exited, {code: 130, signal: null});
	await assertClean(t, host, {snapshots: 1});
});

optionalTest(ptyLack, 'kill -9 of the screen while a backup runs: its process ends by itself, and the next run succeeds', async t => {
	const {host, terminal, goOn, finish} = await openAtWork(t);
	terminal.kill('SIGKILL');
	t.deepEqual(await terminal.exited, {code: null, signal: 'SIGKILL'});
	goOn();
	await assertClean(t, host, {snapshots: 1});
	finish();
	t.is((await host.start(['backup', '--quiet']).ended).code, 0);
	t.is((await host.start(['verify', '--read-data', '--quiet']).ended).code, 0);
	await assertClean(t, host, {snapshots: 2});
});

optionalTest(ptyLack, 'kill -9 of a backup\'s process: the screen says so, goes on, and the next backup succeeds', async t => {
	const {host, terminal, keyboard, job, finish} = await openAtWork(t);
	process.kill(job, 'SIGKILL');
	finish();
	await terminal.waitFor(/backup data failed/);
	await keyboard.press('b', 'Back up "data" now?');
	await keyboard.press('y', /backup data: 10 files/);
	await terminal.waitFor(/data +OK +now/);
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
	t.deepEqual(processesIn(host.folder), []);
	// The record of the killed run is gone; what it was just writing stays in tmp/ until it is old enough to be nobody's.
	t.deepEqual(readdirSync(path.join(host.repository, 'writers')), []);
	t.is((await host.start(['verify', '--read-data', '--quiet']).ended).code, 0);
});
