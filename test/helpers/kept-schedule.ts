import {EventEmitter} from 'node:events';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import type {ExecutionContext} from 'ava';
import type {ProcessIdentity} from '../../source/engine/runtime.ts';
import type {Job} from '../../source/engine/scheduling/job.ts';
import {JobProcesses, type JobProcessEvent} from '../../source/engine/scheduling/job-processes.ts';
import {ScheduleKeeper, type KeeperEvent} from '../../source/engine/scheduling/schedule-keeper.ts';
import type {JobOutcome, ScheduleHolder} from '../../source/engine/state/job-run.ts';
import {ScheduleState} from '../../source/engine/state/schedule-state.ts';
import {createManualRuntime, type ManualRuntime} from './manual-runtime.ts';
import {createFolder} from './source-folder.ts';

/** What the process of a job does. */
export type JobAct = {
	/** @default 1 minute */
	readonly durationMs?: number;
	/** @default 0 */
	readonly code?: number;
	/** What it remembers of its run; `none`: nothing, as one that does not get so far or finds nothing to do. @default by the code: `ok` or `failed` */
	readonly outcome?: JobOutcome | 'none';
	/** @default 'done' */
	readonly line?: string;
	/** Goes on until it is killed by force. @default false */
	readonly isStubborn?: boolean;
};

/** A process of a job that was started. */
export type ActedJob = {readonly name: string; readonly atMs: number; endMs?: number; readonly signals: string[]};

/** One process that keeps the schedule, or would. */
export type KeptSchedule = {
	readonly keeper: ScheduleKeeper;
	readonly processes: JobProcesses;
	readonly state: ScheduleState;
	readonly identity: ProcessIdentity;
	readonly wakeUps: readonly FakeWakeUps[];
};

export type KeeperSceneOptions = {
	/** @default 2026-11-22T12:00:00.000Z, a Sunday */
	readonly startMs?: number;
	/** How often keepers look; what takes days looks less often than the program does. @default a minute */
	readonly checkMs?: number;
};

export type KeeperScene = {
	readonly runtime: ManualRuntime;
	readonly stateFolder: string;
	/** Processes in the order in which they began. */
	readonly acted: ActedJob[];
	readonly events: Array<KeeperEvent | JobProcessEvent>;
	/** What processes do from now on. */
	act: (name: string, nowMs: number) => JobAct;
	/** Another process on the same host. */
	open(pid?: number, place?: string): KeptSchedule;
	/** The state as anybody reads it. */
	read(place?: string): ScheduleState;
	/** Names of what began since the last call, each with its time in UTC, as `2026-11-22 02:00 daily`. */
	news(): string[];
};

export type FakeWakeUps = {readonly jobs: readonly Job[]; readonly wake: () => void; isStopped: boolean};

const url = '/srv/backup';

/** The minute of a time, in UTC. */
export const minuteOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ');

/** A process that does what it is told, in the time of the test. */
function startActor(scene: KeeperScene, name: string, pid: number, state: ScheduleState): unknown {
	const {runtime} = scene;
	const {durationMs = 60_000, code = 0, outcome = code === 0 ? 'ok' : 'failed', line = 'done', isStubborn = false} = scene.act(name, runtime.now());
	const acted: ActedJob = {name, atMs: runtime.now(), signals: []};
	scene.acted.push(acted);
	const id = `${pid}`;
	const started = new Date(runtime.now()).toISOString();
	const identity = {host: 'web1', bootId: 'boot pid:[1]', pid, startTicks: 1};
	if (outcome !== 'none') {
		state.beginRun({id, job: name, trigger: 'daemon', slot: started, started, process: identity});
	}

	const streams = [new PassThrough(), new PassThrough()];
	const ending = new AbortController();
	// A process is an EventEmitter, too.
	// eslint-disable-next-line unicorn/prefer-event-target
	const child = Object.assign(new EventEmitter(), {
		pid,
		stdio: [null, ...streams],
		stdout: streams[0],
		stderr: streams[1],
		kill(signal: string) {
			acted.signals.push(signal);
			if (!isStubborn || signal === 'SIGKILL') {
				ending.abort(signal);
			}
		},
		unref() {
			acted.signals.push('unref');
		},
	});
	void (async () => {
		await (isStubborn
			? new Promise(resolve => {
				ending.signal.addEventListener('abort', resolve);
			})
			: runtime.sleep(durationMs, ending.signal)).catch(() => undefined);
		acted.endMs = runtime.now();
		const isStopped = ending.signal.aborted;
		if (outcome !== 'none') {
			state.endRun(id, {time: new Date(runtime.now()).toISOString(), outcome: isStopped ? 'interrupted' : outcome, code: isStopped ? 130 : code, summary: line});
		}

		streams[0]!.end(`${line}\n`);
		streams[1]!.end();
		streams[0]!.once('end', () => {
			child.emit('exit');
			child.emit('close', isStopped ? 130 : code, null);
		});
	})();

	return child;
}

/** A host with a schedule, processes that only pretend, and a clock that a test puts forward. */
export function createKeeperScene(t: ExecutionContext, {startMs = Date.UTC(2026, 10, 22, 12), checkMs = 60_000}: KeeperSceneOptions = {}): KeeperScene {
	const stateFolder = path.join(createFolder(t), 'state');
	const runtime = createManualRuntime({startMs, identity: {host: 'web1', bootId: 'boot pid:[1]', pid: 1, startTicks: 1}});
	let lastPid = 1000;
	let told = 0;
	const openState = (own: typeof runtime, place = url) => {
		const state = new ScheduleState(stateFolder, place, {runtime: own, warn: t.fail});
		t.teardown(() => {
			state.close();
		});
		return state;
	};

	const scene: KeeperScene = {
		runtime,
		stateFolder,
		acted: [],
		events: [],
		act: () => ({}),
		open(pid = 1, place = url) {
			const identity = {host: 'web1', bootId: 'boot pid:[1]', pid, startTicks: 1};
			const own = Object.create(runtime, {
				identity: {value: identity},
				spawn: {value: (_program: string, argv: readonly string[]) => startActor(scene, argv.at(-1)!, ++lastPid, openState(runtime, place))},
			}) as ManualRuntime;
			const wakeUps: FakeWakeUps[] = [];
			const onEvent = (event: KeeperEvent | JobProcessEvent) => {
				scene.events.push(event);
			};

			const processes = new JobProcesses({runtime: own, onEvent, async command(job) {
				return {program: '/usr/bin/node', arguments: ['schedule', 'run', job], environment: {}, workingFolder: '/'};
			}});
			const keeper = new ScheduleKeeper({
				kind: 'daemon',
				checkMs,
				runtime: own,
				processes,
				async setWakeUps(jobs, wake) {
					const entry: FakeWakeUps = {jobs, wake, isStopped: false};
					wakeUps.push(entry);
					return () => {
						entry.isStopped = true;
					};
				},
				onEvent,
			});
			t.teardown(() => {
				keeper.release();
			});
			return {keeper, processes, state: openState(own, place), identity, wakeUps};
		},
		read: place => openState(runtime, place),
		news() {
			const news = scene.acted.slice(told).map(({name, atMs}) => `${minuteOf(atMs)} ${name}`);
			told = scene.acted.length;
			return news;
		},
	};
	return scene;
}

/** Who holds it, in a word. */
export const holderText = (holder: ScheduleHolder | undefined): string => holder === undefined ? 'nobody' : `${holder.kind} ${holder.process.pid}`;
