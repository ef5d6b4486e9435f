import path from 'node:path';
import type {ProcessIdentity} from '../runtime.ts';
import type {StateConnection} from './connection.ts';
import {StateDatabase, type StateContext} from './database.ts';
import {databaseName} from './database-name.ts';
import type {JobRun, ScheduleHolder} from './job-run.ts';
import {addJobRun, endJobRun, readJobRuns, readOpenRuns} from './job-runs.ts';
import {addSeenJob, readSeenJobs, type SeenJob} from './job-seen.ts';
import {isSameProcess} from './process-identity.ts';
import {addHolder, readHolder, removeHolder, touchHolder, type HeldSchedule} from './schedule-holders.ts';
import {readNextPart, setNextPart} from './verify-parts.ts';

/** How a run begins: it may, or another run of the same job is at work. */
export type RunBeginning = {readonly isBegun: true; readonly overlapped?: undefined} | {readonly isBegun: false; readonly overlapped: JobRun};

/** A holder that cannot be looked at was not heard of for so long: it holds nothing any more. In milliseconds. */
const unseenHolderMs = 15 * 60 * 1000;
/** So often a holder is heard of, in milliseconds. */
const touchMs = 4 * 60 * 1000;
/** A run of a process that cannot be looked at counts as dead after so long, in milliseconds. */
const unseenRunMs = 48 * 60 * 60 * 1000;

/**
What this host remembers of the schedule for the repository at one place: the second door of this folder, which needs no key. Every method that writes does all of it or nothing.
*/
export class ScheduleState {
	readonly #database: StateDatabase;
	readonly #url: string;
	readonly #context: StateContext;

	/**
	@param stateFolder - Absolute; made when something is first written.
	@param url - Of the repository, as its storage has it: an absolute path, or a URL.
	*/
	constructor(stateFolder: string, url: string, context: StateContext) {
		this.#database = new StateDatabase(path.join(stateFolder, databaseName), context);
		this.#url = url;
		this.#context = context;
	}

	/** Where it is kept, for advice. */
	get file(): string {
		return this.#database.file;
	}

	/** The place that it is about. */
	get url(): string {
		return this.#url;
	}

	/** May be used again afterwards. */
	close(): void {
		this.#database.close();
	}

	/**
	Remember the jobs that are not known yet. A slot that began before that is not owed.
	@param jobs - Those that are switched on.
	@returns When this host first knew each of them, by its name: RFC 3339
	@throws `state-failed`
	*/
	noteJobs(jobs: readonly SeenJob[]): ReadonlyMap<string, string> {
		const now = this.#now();
		const known = this.firstSeen(jobs);
		const news = jobs.filter(({name}) => !(known.has(name) && known.get(name)! <= now));
		return news.length === 0
			? known
			: this.#database.write(connection => {
				for (const job of news) {
					addSeenJob(connection, this.#url, job, now);
				}

				return readSeenJobs(connection, this.#url, jobs);
			});
	}

	/** When this host first knew each of these jobs, by its name; those that it does not know are missing. @throws `state-failed` */
	firstSeen(jobs: readonly SeenJob[]): ReadonlyMap<string, string> {
		return this.#database.read(connection => readSeenJobs(connection, this.#url, jobs), new Map());
	}

	/**
	What is remembered of runs, in the order in which they began. Runs whose process has died without a word are closed as interrupted before.
	@param options.job - @default all
	@param options.maximum - Only so many of the last ones of each job. @default all that are kept
	@throws `state-failed`
	*/
	runs(options: {readonly job?: string; readonly maximum?: number} = {}): JobRun[] {
		const read = () => this.#database.read(connection => readJobRuns(connection, this.#url, options), []);
		const runs = read();
		if (runs.every(run => run.end !== undefined || this.#isAlive(run))) {
			return runs;
		}

		this.#database.write(connection => {
			this.#closeDead(connection);
		});
		return read();
	}

	/**
	Begin a run, unless another one of the same job is at work.
	@throws `state-failed`
	*/
	beginRun(run: Omit<JobRun, 'end'>): RunBeginning {
		return this.#database.write(connection => {
			this.#closeDead(connection);
			const overlapped = readOpenRuns(connection, this.#url).find(({job}) => job === run.job);
			if (overlapped) {
				return {isBegun: false, overlapped};
			}

			addJobRun(connection, this.#url, run);
			return {isBegun: true};
		});
	}

	/** Note how a run ended; one that has ended already stays as it is. @throws `state-failed` */
	endRun(id: string, end: NonNullable<JobRun['end']>): void {
		this.#database.write(connection => {
			endJobRun(connection, this.#url, id, end);
		});
	}

	/** Remember a run that never began, such as one that was left out. @throws `state-failed` */
	addEndedRun(run: Required<JobRun>): void {
		this.#database.write(connection => {
			addJobRun(connection, this.#url, run);
		});
	}

	/** Which part of the data a job verifies next: from 0. Where they were numbered otherwise before, the one that lies at the same place. @throws `state-failed` */
	nextPart(job: string, parts: number): number {
		return this.#database.read(connection => readNextPart(connection, this.#url, job, parts), 0);
	}

	/** @throws `state-failed` */
	rememberNextPart(job: string, parts: number, next: number): void {
		this.#database.write(connection => {
			setNextPart(connection, this.#url, job, {parts, next});
		});
	}

	/** Who holds the schedule; a process that has died holds nothing. @throws `state-failed` */
	holder(): ScheduleHolder | undefined {
		const held = this.#database.read(connection => readHolder(connection, this.#url), undefined);
		return held && this.#isHolding(held) ? held.holder : undefined;
	}

	/**
	Hold the schedule from now on, unless another living process does. Who holds it calls this every few minutes: of a process that cannot be looked at, such as one in another container, nothing else shows that it lives.
	@returns Who holds it then
	@throws `state-failed`
	*/
	takeHolder(kind: ScheduleHolder['kind']): ScheduleHolder {
		const {runtime} = this.#context;
		const {identity} = runtime;
		const known = this.#database.read(connection => readHolder(connection, this.#url), undefined);
		if (known && this.#isHolding(known)) {
			if (isSameProcess(known.holder.process, identity) && Math.abs(runtime.now() - Date.parse(known.seen)) >= touchMs) {
				this.#database.write(connection => {
					touchHolder(connection, this.#url, this.#now());
				}, {isDurable: false});
			}

			return known.holder;
		}

		return this.#database.write(connection => {
			const present = readHolder(connection, this.#url);
			if (present && this.#isHolding(present)) {
				return present.holder;
			}

			const {host, bootId, pid, startTicks} = identity;
			const holder: ScheduleHolder = {kind, process: {host, bootId, pid, startTicks}, since: this.#now()};
			addHolder(connection, this.#url, holder);
			return holder;
		});
	}

	/** Hold it no longer; where another process does, nothing happens. @throws `state-failed` */
	releaseHolder(): void {
		const {identity} = this.#context.runtime;
		const isOurs = (connection: StateConnection) => {
			const held = readHolder(connection, this.#url);
			return held !== undefined && isSameProcess(held.holder.process, identity);
		};

		if (this.#database.read(isOurs, false)) {
			this.#database.write(connection => {
				if (isOurs(connection)) {
					removeHolder(connection, this.#url);
				}
			});
		}
	}

	#now(): string {
		return new Date(this.#context.runtime.now()).toISOString();
	}

	#isAlive({process, started}: Pick<JobRun, 'process' | 'started'>): boolean {
		return this.#isLiving(process, started, unseenRunMs);
	}

	#isHolding({holder: {process}, seen}: HeldSchedule): boolean {
		return this.#isLiving(process, seen, unseenHolderMs);
	}

	/** Of a process that cannot be looked at, it counts when it was last heard of. */
	#isLiving(process: ProcessIdentity, heard: string, limitMs: number): boolean {
		const {runtime} = this.#context;
		const {identity} = runtime;
		const isKnowable = process.host === identity.host && process.bootId === identity.bootId && identity.bootId !== '';
		return runtime.isAlive(process) && (isKnowable || Math.abs(runtime.now() - Date.parse(heard)) < limitMs);
	}

	#closeDead(connection: StateConnection): void {
		for (const run of readOpenRuns(connection, this.#url)) {
			if (!this.#isAlive(run)) {
				endJobRun(connection, this.#url, run.id, {time: this.#now(), outcome: 'interrupted', code: 130, summary: 'its process ended without a word: it was killed, or the machine went down'});
			}
		}
	}
}
