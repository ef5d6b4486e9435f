import {errorText} from '../errors.ts';
import type {Runtime} from '../runtime.ts';
import type {JobRun, ScheduleHolder} from '../state/job-run.ts';
import type {ScheduleState} from '../state/schedule-state.ts';
import {chooseStarts, type LeftOut, type SlotAnswer} from './choose-starts.ts';
import {findingCodes} from './due.ts';
import type {Job, Slot} from './job.ts';
import type {JobProcesses} from './job-processes.ts';
import type {SetWakeUps} from './wake-ups.ts';

/** What is kept: the jobs, and where this host remembers how they went. */
export type Schedule = {
	readonly jobs: readonly Job[];
	/** Names of the configured sources. */
	readonly sources: readonly string[];
	/** Closed by who keeps the schedule. */
	readonly state: ScheduleState;
};

/** What happens besides what the processes of the jobs tell. */
export type KeeperEvent =
	| {readonly event: 'left-out'; readonly job: string; readonly since: number}
	/** Something of this host's memory failed; the jobs go on. Told once until something else is the matter. */
	| {readonly event: 'problem'; readonly message: string}
	/** Another process holds the schedule now: no more jobs are started here. */
	| {readonly event: 'lost'; readonly holder: ScheduleHolder};

export type KeeperOptions = {
	readonly kind: ScheduleHolder['kind'];
	readonly runtime: Runtime;
	readonly processes: JobProcesses;
	readonly setWakeUps: SetWakeUps;
	readonly onEvent: (event: KeeperEvent) => void;
	/** So often it looks, in milliseconds. @default a minute */
	readonly checkMs?: number;
};

/** Exit codes after which a slot wants nothing more: done, done with gaps, and done with something found. */
const doneCodes: ReadonlySet<number> = new Set([0, 3, 20, ...findingCodes]);

const defaultCheckMs = 60_000;
/** So many runs of each job are looked at. */
const maximumRuns = 50;
const nothing = () => undefined;

/**
Keeps the schedule of this host: starts each job as a process of its own when it is due, once in its slot. It looks at the times of the jobs, when one has ended, and every minute, so that a machine that slept, a clock that
jumped and a job that failed an hour ago are noticed; nothing adds up over months.
*/
export class ScheduleKeeper {
	readonly #options: KeeperOptions;
	readonly #answers = new Map<string, SlotAnswer>();
	#kept: (Schedule & {readonly sinceMs: number}) | undefined;
	/** As they were read last: what cannot be read is as it was. */
	#runs: readonly JobRun[] = [];
	#firstSeen: ReadonlyMap<string, string> | undefined;
	#stopWaking: () => void = nothing;
	#stopChecking: () => void = nothing;
	#problem: string | undefined;

	constructor(options: KeeperOptions) {
		this.#options = options;
	}

	/** Whether the schedule is held here. */
	get isHeld(): boolean {
		return this.#kept !== undefined;
	}

	/**
	Hold the schedule from now on, and make up for what is owed; where another one is held here, it takes its place.
	@returns Who holds it instead, and then nothing has changed; `undefined`: it is held here
	@throws `state-failed`; then nothing has changed
	*/
	async hold(schedule: Schedule): Promise<ScheduleHolder | undefined> {
		const {runtime, kind, setWakeUps, checkMs = defaultCheckMs} = this.#options;
		const {state, jobs} = schedule;
		const holder = state.takeHolder(kind);
		if (!this.#isOurs(holder)) {
			return holder;
		}

		const earlier = this.#letGo();
		if (earlier && earlier.state !== state) {
			this.#leave(earlier.state, {isReleased: earlier.state.url !== state.url});
		}

		const kept = {...schedule, sinceMs: earlier?.sinceMs ?? runtime.now()};
		this.#kept = kept;
		this.#answers.clear();
		const check = () => {
			this.#check();
		};

		this.#stopChecking = runtime.every(checkMs, check);
		const stopWaking = await setWakeUps(jobs, check);
		// Somebody may have let go of it meanwhile, or hold another.
		if (this.#kept === kept) {
			this.#stopWaking = stopWaking;
			check();
		} else {
			stopWaking();
		}

		return undefined;
	}

	/** Start no more jobs when they are due. What runs goes on. */
	release(): void {
		const kept = this.#letGo();
		if (kept) {
			this.#leave(kept.state, {isReleased: true});
		}
	}

	#isOurs({process}: ScheduleHolder): boolean {
		const {identity} = this.#options.runtime;
		return process.host === identity.host && process.bootId === identity.bootId && process.pid === identity.pid && process.startTicks === identity.startTicks;
	}

	#letGo(): (Schedule & {readonly sinceMs: number}) | undefined {
		const kept = this.#kept;
		this.#kept = undefined;
		this.#stopWaking();
		this.#stopChecking();
		this.#stopWaking = nothing;
		this.#stopChecking = nothing;
		return kept;
	}

	#leave(state: ScheduleState, {isReleased}: {readonly isReleased: boolean}): void {
		if (isReleased) {
			this.#remember(() => {
				state.releaseHolder();
			});
		}

		state.close();
	}

	/** Do something with this host's memory; the jobs run also where that fails. */
	#remember(action: () => void): void {
		try {
			action();
			this.#problem = undefined;
		} catch (error) {
			const message = errorText(error);
			if (message !== this.#problem) {
				this.#problem = message;
				this.#options.onEvent({event: 'problem', message});
			}
		}
	}

	/** Start what is due. */
	#check(): void {
		const {runtime, kind, processes, onEvent} = this.#options;
		const kept = this.#kept;
		if (!kept || processes.isStopped) {
			return;
		}

		const {state, jobs, sources, sinceMs} = kept;
		let holder: ScheduleHolder | undefined;
		this.#remember(() => {
			// It may have been taken away with the database that it stood in.
			holder = state.takeHolder(kind);
			this.#runs = state.runs({maximum: maximumRuns});
			this.#firstSeen = state.noteJobs(jobs.filter(({isEnabled}) => isEnabled));
		});
		if (holder && !this.#isOurs(holder)) {
			this.#letGo();
			state.close();
			onEvent({event: 'lost', holder});
			return;
		}

		const {identity} = runtime;
		const {starts, leftOut} = chooseStarts({
			jobs,
			sources,
			runs: this.#runs,
			...(this.#firstSeen && {firstSeen: this.#firstSeen}),
			answers: this.#answers,
			running: processes.running,
			host: identity.host,
			identity,
			nowMs: runtime.now(),
			sinceMs,
		});
		for (const one of leftOut) {
			this.#leaveOut(state, one);
		}

		for (const {job, slot} of starts) {
			void this.#start(job, slot);
		}
	}

	async #start(job: Job, slot: Slot): Promise<void> {
		const before = this.#answers.get(job.name);
		const {code} = await this.#options.processes.run(job, {isByHand: false});
		// While it ran, its next slot may have been left out.
		if (this.#answers.get(job.name) === before) {
			this.#answers.set(job.name, {slotStartMs: slot.startMs, endedMs: this.#options.runtime.now(), isDone: doneCodes.has(code)});
		}

		this.#check();
	}

	#leaveOut(state: ScheduleState, {job: {name}, slot, since}: LeftOut): void {
		const {runtime, kind, onEvent} = this.#options;
		const time = new Date(runtime.now()).toISOString();
		this.#answers.set(name, {slotStartMs: slot.startMs, endedMs: runtime.now(), isDone: true});
		this.#remember(() => {
			state.addEndedRun({
				id: runtime.randomBytes(16).toString('hex'),
				job: name,
				trigger: kind,
				slot: new Date(slot.startMs).toISOString(),
				started: time,
				process: runtime.identity,
				end: {time, outcome: 'skipped', code: 0, summary: `left out: the run that began at ${new Date(since).toISOString()} was still at work`},
			});
		});
		onEvent({event: 'left-out', job: name, since});
	}
}
