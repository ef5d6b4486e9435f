import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {Terminal} from '../helpers/terminal.ts';
import {createByteStream} from '../helpers/test-runtime.ts';

/*
How the dashboard feels, measured in a real terminal of 80x24 over a repository on disk: `npm run bench:dashboard [-- MEGABYTES]`.
First frame: from the start of the process to the first line of the screen, beside the time that Node itself takes for nothing. At rest: processor time, memory, and bytes written to the terminal.
At work: a backup of so much data (1000 MB by itself) runs, and every tenth of a second a key is pressed that moves the cursor; what is measured is the time until the screen shows it.
*/

const program = path.resolve('dist/cli.js');
const megabytes = Number(process.argv[2] ?? 1000);
const rounds = 11;
const restMs = 30_000;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const percentile = (values: readonly number[], share: number): number => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;
const ms = (value: number): string => `${Math.round(value)} ms`;

const folder = mkdtempSync(path.join(tmpdir(), 'coffer-dashboard-'));
const environment = {PATH: process.env['PATH'], HOME: folder, XDG_CONFIG_HOME: path.join(folder, 'config'), XDG_STATE_HOME: path.join(folder, 'state'), XDG_CACHE_HOME: path.join(folder, 'cache'), LANG: 'C.UTF-8'};
const configFile = path.join(folder, 'config/coffer/config.json');

function coffer(...argv: readonly string[]): void {
	const {status, stderr} = spawnSync(process.execPath, [program, '--headless', ...argv], {env: environment, encoding: 'utf8'});
	if (status !== 0) {
		throw new Error(`coffer ${argv.join(' ')}: ${stderr}`);
	}
}

function prepare(): void {
	const noise = createByteStream('dashboard');
	mkdirSync(path.join(folder, 'small'));
	mkdirSync(path.join(folder, 'large'));
	for (let index = 0; index < 2000; index++) {
		writeFileSync(path.join(folder, 'small', `f${index}`), noise(2000));
	}

	// Half of it in small files, half in large ones.
	for (let index = 0; index < megabytes * 20; index++) {
		writeFileSync(path.join(folder, 'large', `s${index}`), noise(25_000));
	}

	for (let index = 0; index < megabytes / 40; index++) {
		writeFileSync(path.join(folder, 'large', `l${index}`), noise(20_000_000));
	}

	coffer('init', '--repository', path.join(folder, 'repository'));
	const config = JSON.parse(readFileSync(configFile, 'utf8')) as Record<string, unknown>;
	config['sources'] = ['small', 'large'].map(name => ({name, paths: [path.join(folder, name)]}));
	writeFileSync(configFile, JSON.stringify(config));
	for (let run = 0; run < 5; run++) {
		coffer('backup', 'small');
	}
}

const open = (): Terminal => new Terminal({command: [process.execPath, program], environment, cwd: folder});

async function leave(terminal: Terminal): Promise<void> {
	terminal.press('q');
	await terminal.exited;
	await terminal.close();
}

/** Processor time in milliseconds, and the resident set in bytes. */
function readProcess(pid: number): {readonly cpuMs: number; readonly residentBytes: number} {
	const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return {cpuMs: (Number(fields[11]) + Number(fields[12])) * 10, residentBytes: Number(fields[21]) * 4096};
}

async function measureStart(): Promise<void> {
	const frames: number[] = [];
	const bare: number[] = [];
	for (let round = 0; round < rounds; round++) {
		const bareStart = performance.now();
		spawnSync(process.execPath, ['-e', '0']);
		bare.push(performance.now() - bareStart);
		const start = performance.now();
		const terminal = open();
		await terminal.waitFor('1 Backups');
		frames.push(performance.now() - start);
		await terminal.waitFor('small');
		await leave(terminal);
	}

	console.log(`first frame   median ${ms(median(frames))} (${ms(Math.min(...frames))} to ${ms(Math.max(...frames))}), node -e 0 ${ms(median(bare))}, ${rounds} rounds`);
}

async function measureRest(terminal: Terminal, title: string): Promise<void> {
	await sleep(5000);
	const before = readProcess(terminal.pid);
	const written = terminal.rawOutput.length;
	await sleep(restMs);
	const after = readProcess(terminal.pid);
	const bytes = terminal.rawOutput.length - written;
	console.log(`${title.padEnd(13)} ${((after.cpuMs - before.cpuMs) / restMs * 100).toFixed(1)} % of a processor, ${Math.round(after.residentBytes / 1e6)} MB, ${bytes} bytes written in ${restMs / 1000} s, so ${Math.round(bytes / restMs * 1000)} an update`);
}

async function measureWork(terminal: Terminal): Promise<void> {
	terminal.press('down', 'b');
	await terminal.waitFor('Back up "large" now?');
	terminal.press('y');
	await terminal.waitFor(/RUN/);
	const delays: number[] = [];
	let isFirst = false;
	const start = performance.now();
	while (!/large +(?:OK|FAIL|WARN)/.test(terminal.text)) {
		isFirst = !isFirst;
		const wanted = isFirst ? /(?:▸|>) small/ : /(?:▸|>) large/;
		const pressed = performance.now();
		terminal.press(isFirst ? 'up' : 'down');
		await terminal.waitFor(wanted);
		delays.push(performance.now() - pressed);
		await sleep(100);
	}

	const seconds = (performance.now() - start) / 1000;
	console.log(`at work       key to screen median ${ms(median(delays))}, 99th of 100 ${ms(percentile(delays, 0.99))}, longest ${ms(Math.max(...delays))}; ${delays.length} keys while ${megabytes} MB were backed up in ${seconds.toFixed(0)} s`);
}

try {
	prepare();
	await measureStart();
	const terminal = open();
	await terminal.waitFor('small');
	await measureRest(terminal, 'at rest');
	await measureWork(terminal);
	await measureRest(terminal, 'afterwards');
	await leave(terminal);
} finally {
	rmSync(folder, {recursive: true, force: true});
}
