import {CofferError, errorText, type JobProcesses, type Schedule, type ScheduleHolder, type ScheduleKeeper} from '../../engine/index.ts';
import {formatAmount} from '../../text/format.ts';
import {startAlertWatch} from '../alerts/start-watch.ts';
import type {CommandContext} from '../command-line.ts';
import {loadConfig} from '../config.ts';
import {createKeeper} from './create-keeper.ts';
import {describeChanges} from './describe-changes.ts';
import {reportKeeping, reportWhole} from './keeper-reports.ts';
import {describeHolder, loadSchedule} from './load-schedule.ts';
import {ServiceNotifier} from './service-notifier.ts';

/** Why the daemon ends. */
type Ending = {readonly why: 'SIGTERM' | 'SIGINT'} | {readonly why: 'lost'; readonly holder: ScheduleHolder};

/** Nothing happens for so long at a time, in milliseconds. */
const idleMs = 24 * 60 * 60 * 1000;

const jobList = (names: readonly string[]): string => new Intl.ListFormat('en-GB').format(names);

/** What the configuration leaves out that somebody may have forgotten. */
function warnOfGaps(context: CommandContext, {sources}: Schedule): void {
	if (sources.length === 0) {
		reportWhole(context, 'no sources are configured, so nothing is backed up. Add some with "coffer config edit", and tell the daemon by SIGHUP.', 'warn');
	}
}

/**
`coffer daemon` while it runs: keeps the schedule in the foreground until it is told to end. SIGHUP reads the configuration again; an invalid one changes nothing.
*/
export class Daemon {
	readonly #context: CommandContext;
	readonly #keeper: ScheduleKeeper;
	readonly #processes: JobProcesses;
	readonly #notifier: ServiceNotifier;
	readonly #ending = Promise.withResolvers<Ending>();
	#schedule: Schedule;
	#reloading: Promise<void> = Promise.resolve();
	#isEnding = false;

	constructor(context: CommandContext, schedule: Schedule) {
		this.#context = context;
		this.#schedule = schedule;
		this.#notifier = new ServiceNotifier({runtime: context.runtime, warn(message) {
			reportWhole(context, message, 'warn');
		}});
		const {keeper, processes} = createKeeper(context, {kind: 'daemon', onEvent: event => {
			reportKeeping(context, event, {isPrinted: true});
			if (event.event === 'lost') {
				this.#ending.resolve({why: 'lost', holder: event.holder});
			} else if (event.event === 'started' || event.event === 'ended') {
				this.#notifier.status(this.#status());
			}
		}});
		this.#keeper = keeper;
		this.#processes = processes;
	}

	/**
	Run until a signal ends it.
	@param graceMs - After the first signal, what runs has so long to end by itself.
	@returns The exit code.
	@throws `schedule-held`, `state-failed`
	*/
	async run(graceMs: number): Promise<number> {
		const {signals, runtime} = this.#context;
		const handlers = {SIGTERM: this.#onEnd, SIGINT: this.#onEnd, SIGHUP: this.#onHangUp};
		for (const [name, handler] of Object.entries(handlers)) {
			signals.on(name, handler);
		}

		const idle = new AbortController();
		const alerts = startAlertWatch(this.#context, this.#context.paths.configFile);
		try {
			await this.#begin();
			void this.#stayAlive(idle.signal);
			const ending = await this.#ending.promise;
			return await this.#end(ending, graceMs, runtime.monotonicMs());
		} finally {
			idle.abort();
			alerts.leave();
			for (const [name, handler] of Object.entries(handlers)) {
				signals.off(name, handler);
			}

			await this.#reloading;
			this.#keeper.release();
			await this.#notifier.close();
		}
	}

	readonly #onEnd = (name: 'SIGTERM' | 'SIGINT') => {
		const {exit} = this.#context;
		if (this.#isEnding) {
			this.#processes.kill();
			exit(130);
			return;
		}

		this.#isEnding = true;
		this.#ending.resolve({why: name});
		this.#processes.terminate();
	};

	readonly #onHangUp = () => {
		this.#reloading = this.#reloading.then(async () => this.#reload());
	};

	async #begin(): Promise<void> {
		const context = this.#context;
		const {jobs, state} = this.#schedule;
		const holder = await this.#keeper.hold(this.#schedule);
		if (holder) {
			state.close();
			throw new CofferError('schedule-held', `${describeHolder(holder, context)} holds the schedule of this host for ${state.url} already. Two would be one too many: end that one first, or leave the jobs to it.`.replace(/^a/, 'A'));
		}

		const names = jobs.filter(({isEnabled}) => isEnabled).map(({name}) => name);
		reportWhole(context, `keeping the schedule for ${state.url}: ${jobList(names)}`);
		warnOfGaps(context, this.#schedule);
		this.#notifier.ready(this.#status());
	}

	async #end(ending: Ending, graceMs: number, startMs: number): Promise<number> {
		const context = this.#context;
		const {runtime} = context;
		const running = this.#processes.running.map(({job: {name}}) => name);
		const what = running.length === 0 ? '' : `; waiting for ${jobList(running)} to end`;
		reportWhole(context, `${ending.why === 'lost' ? 'ending, as another process holds the schedule' : `${ending.why}: ending`}${what}`);
		this.#notifier.stopping(running.length === 0 ? 'ending' : `waiting for ${jobList(running)} to end`);
		if (ending.why === 'lost') {
			await this.#processes.settle();
			return 11;
		}

		const waiting = new AbortController();
		const settled = (async () => {
			await this.#processes.settle();
			return true;
		})();
		const over = (async () => {
			await runtime.sleep(graceMs, waiting.signal);
			return false;
		})().catch(() => true);
		const isClean = await Promise.race([settled, over]);
		waiting.abort();
		if (!isClean) {
			const left = this.#processes.running.map(({job: {name}}) => name);
			reportWhole(context, `${jobList(left)} did not end within ${formatAmount(Math.round((runtime.monotonicMs() - startMs) / 1000), 'second')}, and ${left.length === 1 ? 'is' : 'are'} ended by force. What is stored stays intact.`, 'warn');
			this.#processes.kill();
			await settled;
			return 1;
		}

		return ending.why === 'SIGINT' ? 130 : 0;
	}

	/** Timers that wait for the next job need not keep the process alive. */
	async #stayAlive(signal: AbortSignal): Promise<void> {
		try {
			for (;;) {
				await this.#context.runtime.sleep(idleMs, signal);
			}
		} catch {
			// It ends.
		}
	}

	async #reload(): Promise<void> {
		const context = this.#context;
		const {paths, runtime} = context;
		if (this.#isEnding) {
			return;
		}

		this.#notifier.reloading(runtime.monotonicMs());
		let schedule: Schedule | undefined;
		try {
			schedule = loadSchedule(context, await loadConfig(paths.configFile, {isNamed: true}), this.#warn);
			const changes = describeChanges(this.#schedule, schedule);
			const holder = await this.#keeper.hold(schedule);
			if (holder) {
				throw new CofferError('schedule-held', `${describeHolder(holder, context)} holds the schedule for ${schedule.state.url}.`);
			}

			this.#schedule = schedule;
			reportWhole(context, `the configuration was read again: ${changes.length === 0 ? 'the schedule is as it was' : changes.join('; ')}`);
			warnOfGaps(context, schedule);
		} catch (error) {
			schedule?.state.close();
			reportWhole(context, `the configuration was read again and is not used; the schedule goes on as it was: ${errorText(error)}`, 'warn');
		}

		this.#notifier.ready(this.#status());
	}

	readonly #warn = (message: string) => {
		reportWhole(this.#context, message, 'warn');
	};

	#status(): string {
		const running = this.#processes.running.map(({job: {name}}) => name);
		return running.length === 0 ? `${formatAmount(this.#schedule.jobs.filter(({isEnabled}) => isEnabled).length, 'job')}, none is running` : `running ${jobList(running)}`;
	}
}
