import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {descendantsOf, sumMemory} from './process-memory.ts';
import type {Command} from './tools/tool.ts';

/** One run of a command, from before its start to after its end. */
export type Measurement = {
	readonly wallMs: number;
	/** User and system time of the command and all processes that it waited for. */
	readonly cpuMs: number;
	/** The most memory that it held; see `measure`. */
	readonly peakBytes: number;
};

export type MeasureOptions = {
	readonly environment: Readonly<Record<string, string>>;
	/** An existing folder: where the command runs unless it says otherwise, and for one file of our own. */
	readonly workFolder: string;
	readonly signal?: AbortSignal;
};

const sampleEveryMs = 100;
const keptErrorCharacters = 2000;

/** End a process and everything that it started. */
function killGroup(pid: number): void {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch {
		// It has just ended.
	}
}

/**
Run a command to its end under GNU time, which tells what the kernel counted: CPU time, and the largest resident set that any one of its processes ever had.
Where several run at once, as in a pipeline, that is not all: then the memory of all of them is summed ten times a second, and the larger figure counts. For a single process nothing is sampled but the list of its children.
@throws An Error with the end of its stderr when it fails; the signal's reason when that fires, after everything that it started was killed.
*/
export async function measure(command: Command, {environment, workFolder, signal}: MeasureOptions): Promise<Measurement> {
	signal?.throwIfAborted();
	const report = path.join(workFolder, 'time.txt');
	const startMs = performance.now();
	// In a process group of its own, so that a Ctrl-C does not reach it before us and all of it can be killed.
	const child = spawn('time', ['--format=%U %S %M', `--output=${report}`, '--', ...command.argv], {
		cwd: command.cwd ?? workFolder, env: environment, detached: true, stdio: ['ignore', 'ignore', 'pipe'],
	});
	const closed = once(child, 'close') as Promise<[number | null]>;
	let stderr = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr = (stderr + text).slice(-keptErrorCharacters);
	});
	let sampledBytes = 0;
	const sampling = setInterval(() => {
		const processes = descendantsOf(child.pid!);
		if (processes.length > 1) {
			sampledBytes = Math.max(sampledBytes, sumMemory(processes));
		}
	}, sampleEveryMs);
	const abort = () => {
		killGroup(child.pid!);
	};

	signal?.addEventListener('abort', abort);
	try {
		const [code] = await closed;
		const wallMs = performance.now() - startMs;
		signal?.throwIfAborted();
		if (code !== 0) {
			throw new Error(`${command.argv.join(' ')} ended with ${code}:\n${stderr.trim()}`);
		}

		const [user, system, kilobytes] = readFileSync(report, 'utf8').trim().split(' ').map(Number) as [number, number, number];
		return {wallMs, cpuMs: (user + system) * 1000, peakBytes: Math.max(kilobytes * 1024, sampledBytes)};
	} finally {
		clearInterval(sampling);
		signal?.removeEventListener('abort', abort);
	}
}
