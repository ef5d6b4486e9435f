import {EventEmitter} from 'node:events';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import type {ChildProcess} from 'node:child_process';
import type {ExecutionContext} from 'ava';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {ScheduleState} from '../../source/engine/state/schedule-state.ts';
import {isAlive, until} from './processes.ts';
import {TestHost, type Outcome} from './run-coffer.ts';

/** A daemon in a process of its own. */
export type StartedDaemon = {
	readonly child: ChildProcess;
	readonly ended: Promise<Outcome>;
	/** What it has printed so far, on both streams. */
	readonly printed: () => string;
	/** Wait until it has printed that. */
	says: (text: string) => Promise<void>;
};

/** Jobs that are there by themselves, all switched off but these. */
export function onlyJobs(...names: readonly string[]): Record<string, unknown> {
	const all = ['daily', 'weekly', 'monthly', 'monitor', 'health', 'audit', 'verify', 'cleanup', 'report'];
	return Object.fromEntries(all.map(name => [name, {enabled: names.includes(name)}]));
}

/**
A host with a repository, a key, a source `data`, and a source `gate` whose backup waits until `open` is called; the daily backup is the only job that is switched on.
*/
export class DaemonHost extends TestHost {
	readonly #t: ExecutionContext;

	constructor(t: ExecutionContext) {
		super(t);
		this.#t = t;
	}

	/** Make the repository, and the configuration with these sources. */
	async prepare(sources: ReadonlyArray<'data' | 'gate'> = ['data'], more: Readonly<Record<string, unknown>> = {}): Promise<void> {
		mkdirSync(this.path('data'), {recursive: true});
		writeFileSync(this.path('data/file'), 'some text');
		await this.runHere(['init']);
		this.configure(sources, more);
	}

	/** Write the configuration. */
	configure(sources: ReadonlyArray<'data' | 'gate'>, more: Readonly<Record<string, unknown>> = {}): void {
		const all = {
			data: {name: 'data', paths: [this.path('data')]},
			gate: {name: 'gate', kind: 'command', command: ['/bin/sh', '-c', `echo $$ >'${this.path('gate.pid')}'; while [ ! -e '${this.path('gate.open')}' ]; do sleep 0.05; done; echo through`]},
		};
		writeFileSync(this.configFile, JSON.stringify({
			repository: this.repository, key: {file: 'key'}, sources: sources.map(name => all[name]), schedule: {jobs: onlyJobs('daily')}, ...more,
		}));
	}

	/** Start a daemon; it is ended with the test. */
	startDaemon(argv: readonly string[] = [], environment: Readonly<Record<string, string | undefined>> = {}): StartedDaemon {
		const {child, ended} = this.start(['daemon', ...argv], {environment});
		let text = '';
		const note = (chunk: string) => {
			text += chunk;
		};

		child.stdout!.on('data', note);
		child.stderr!.on('data', note);

		this.#t.teardown(() => {
			child.kill('SIGKILL');
			this.openGate();
		});
		return {child, ended, printed: () => text, says: async wanted => until(`"${wanted}" is said; it says: ${text}`, () => text.includes(wanted))};
	}

	/** Let the backup of `gate` go on, now and ever after. */
	openGate(): void {
		if (existsSync(this.folder)) {
			writeFileSync(this.path('gate.open'), '');
		}
	}

	/** Wait until the backup of `gate` waits. @returns The process that it waits in. */
	async gateReached(): Promise<number> {
		const file = this.path('gate.pid');
		const pid = () => existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
		await until('the backup of gate waits', () => pid() > 0 && isAlive(pid()));
		return pid();
	}

	/** What this host remembers of its schedule, as another process would read it. */
	readSchedule(): ScheduleState {
		const state = new ScheduleState(this.stateFolder, this.repository, {runtime: createSystemRuntime(), warn: this.#t.fail});
		this.#t.teardown(() => {
			state.close();
		});
		return state;
	}
}

/** What emits the signals of a process that is run in this one. */
export function createSignals(): EventEmitter {
	// A process is an EventEmitter, too.
	// eslint-disable-next-line unicorn/prefer-event-target
	return new EventEmitter();
}
