import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {EventEmitter, once} from 'node:events';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {PassThrough} from 'node:stream';
import type {ExecutionContext} from 'ava';
import {run, type CommandLineContext} from '../../source/cli/run.ts';
import type {LogChannel} from '../../source/logs/channel.ts';
import {logFileOf, logFolderOf} from '../../source/logs/log-files.ts';

const root = path.resolve(import.meta.dirname, '../..');

function newestChange(folder: string): number {
	return Math.max(...readdirSync(folder, {withFileTypes: true, recursive: true}).filter(entry => entry.isFile()).map(entry => statSync(path.join(entry.parentPath, entry.name)).mtimeMs));
}

function chooseEntry(): string {
	const built = path.join(root, 'dist', 'cli.js');
	const builtMs = statSync(built, {throwIfNoEntry: false})?.mtimeMs ?? 0;
	return builtMs > newestChange(path.join(root, 'source')) ? built : path.join(root, 'source', 'cli.ts');
}

/** The built program where it is newer than all sources, as after `npm ci`; else the sources, which Node runs as they are. */
export const entry = chooseEntry();

// Sources of the dashboard hold JSX.
const program = entry.endsWith('.ts') ? ['--import', path.join(root, 'test/helpers/tsx-loader.ts'), entry] : [entry];

export type Outcome = {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
	/** The lines of stdout as JSON. */
	json(): Array<Record<string, any>>;
};

function outcome(code: number | null, stdout: string, stderr: string): Outcome {
	return {code, stdout, stderr, json: () => stdout.split('\n').filter(line => line !== '').map(line => JSON.parse(line) as Record<string, unknown>)};
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A host of its own: home, configuration, state and data in one temporary folder, removed after the test. */
export class TestHost {
	readonly folder: string;
	readonly environment: Environment;

	constructor(t: ExecutionContext) {
		this.folder = mkdtempSync(path.join(tmpdir(), 'coffer-cli-'));
		t.teardown(() => {
			rmSync(this.folder, {recursive: true, force: true});
		});
		const inHome = (name: string) => path.join(this.folder, 'home', name);
		mkdirSync(inHome(''), {recursive: true});
		this.environment = {
			PATH: process.env['PATH'],
			HOME: inHome(''),
			XDG_CONFIG_HOME: inHome('.config'),
			XDG_STATE_HOME: inHome('.local/state'),
			XDG_DATA_HOME: inHome('.local/share'),
			// Only compiled code lies there, which all tests may share.
			XDG_CACHE_HOME: path.join(root, 'node_modules/.cache/coffer-tests'),
			LANG: 'C.UTF-8',
			TZ: 'UTC',
		};
	}

	/** An absolute path below the host's folder. */
	path(...parts: string[]): string {
		return path.join(this.folder, ...parts);
	}

	get configFile(): string {
		return this.path('home/.config/coffer/config.json');
	}

	get repository(): string {
		return this.path('home/.local/share/coffer/repository');
	}

	get keyFile(): string {
		return this.path('home/.config/coffer/key');
	}

	/** What the program remembers of this host. */
	get stateFolder(): string {
		return this.path('home/.local/state/coffer');
	}

	/** What stands in a log; nothing where there is none. @param channel - @default 'backup' */
	log(channel: LogChannel = 'backup'): string {
		const file = logFileOf(logFolderOf(this.stateFolder), channel);
		return existsSync(file) ? readFileSync(file, 'utf8') : '';
	}

	/** The log without another name. */
	get logFile(): string {
		return logFileOf(logFolderOf(this.stateFolder), 'backup');
	}

	/** The program with its arguments, as Node takes them. */
	command(argv: readonly string[]): string[] {
		return [...program, ...argv];
	}

	/** Run the program to its end. */
	run(argv: readonly string[], options: {readonly environment?: Environment; readonly cwd?: string} = {}): Outcome {
		const {status, stdout, stderr} = spawnSync(process.execPath, this.command(argv), {
			cwd: options.cwd ?? this.folder, env: {...this.environment, ...options.environment}, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024,
		});
		return outcome(status, stdout, stderr);
	}

	/** Start the program. `ended` gives how it ended. */
	start(argv: readonly string[], {environment = {}}: {readonly environment?: Environment} = {}): {readonly child: ChildProcess; readonly ended: Promise<Outcome>} {
		const child = spawn(process.execPath, this.command(argv), {cwd: this.folder, env: {...this.environment, ...environment}, stdio: ['ignore', 'pipe', 'pipe']});
		let stdout = '';
		let stderr = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			stdout += text;
		});
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			stderr += text;
		});
		const ended = (async () => {
			const [code] = await once(child, 'close') as [number | null];
			return outcome(code, stdout, stderr);
		})();
		return {child, ended};
	}

	/** Run one command line in this process, with streams in memory. */
	async runHere(argv: readonly string[], options: Partial<CommandLineContext> & {readonly input?: string; readonly isTerminal?: boolean} = {}): Promise<Outcome> {
		const {input, isTerminal, ...context} = options;
		const texts = {stdout: '', stderr: ''};
		const streamTo = (name: keyof typeof texts) => {
			const stream = Object.assign(new PassThrough({encoding: 'utf8'}), {isTTY: isTerminal ?? false, columns: 100});
			stream.on('data', (text: string) => {
				texts[name] += text;
			});
			return stream;
		};

		const stdin = Object.assign(new PassThrough(), {isTTY: isTerminal ?? false});
		if (input !== undefined) {
			stdin.write(input);
		}

		// A process is an EventEmitter, too.
		// eslint-disable-next-line unicorn/prefer-event-target
		const signals = new EventEmitter();
		const code = await run({
			argv, environment: this.environment, stdin, stdout: streamTo('stdout'), stderr: streamTo('stderr'), cwd: this.folder, signals, ...context,
		});
		return outcome(code, texts.stdout, texts.stderr);
	}
}
