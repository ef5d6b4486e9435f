import type {ExecutionContext} from 'ava';
import type {Job, ScheduleHolder, ScheduleOverview} from '../../source/engine/index.ts';
import type {Connection, JobChange, ScheduleControl, StartedJobEnding} from '../../source/ui/dashboard-options.ts';
import type {Size} from '../../source/ui/model/state.ts';
import {drawDashboard, type DrawnDashboard} from './drawn-dashboard.tsx';
import {createFakeEngine} from './fake-engine.ts';
import {buildOverview} from './overview-builder.ts';
import {buildSchedule} from './schedule-builder.ts';

/** The schedule as a screen works on it: what it is asked is kept. */
export class FakeSchedule implements ScheduleControl {
	/** `start daily`, `hold`, `release`, `reload`. */
	readonly calls: string[] = [];
	readonly endings: Array<(ending: StartedJobEnding) => void> = [];
	/** Who holds the schedule instead. */
	other: ScheduleHolder | undefined;
	/** What the next call throws. */
	failure: Error | undefined;
	#isHeld = false;

	readonly start = async (job: string): Promise<StartedJobEnding> => {
		this.#note(`start ${job}`);
		return new Promise(resolve => {
			this.endings.push(resolve);
		});
	};

	readonly hold = async (): Promise<ScheduleHolder | undefined> => {
		this.#note('hold');
		this.#isHeld = this.other === undefined;
		return this.other;
	};

	readonly release = async (): Promise<void> => {
		this.#note('release');
		this.#isHeld = false;
	};

	readonly reload = async (): Promise<void> => {
		this.#note('reload');
	};

	readonly isHeld = (): boolean => this.#isHeld;

	#note(call: string): void {
		this.calls.push(call);
		const {failure} = this;
		this.failure = undefined;
		if (failure) {
			throw failure;
		}
	}
}

export type DrawnSchedule = DrawnDashboard & {
	readonly text: () => Promise<string>;
	readonly control: FakeSchedule;
	readonly changes: Array<readonly [job: string, change: JobChange]>;
	/** How often an engine was started. */
	readonly started: () => number;
	/** What the next change throws. */
	readonly refuse: (error: Error) => void;
	/** What the engine says of the schedule from now on. */
	readonly setSchedule: (schedule: ScheduleOverview) => void;
};

type Change = {readonly schedule?: ScheduleOverview; readonly hasControl?: boolean; readonly hasUnicode?: boolean};

/** The dashboard with jobs that can be changed and run. */
export async function drawSchedule(t: ExecutionContext, size: Size, {schedule = buildSchedule(), hasControl = true, ...looks}: Change = {}): Promise<DrawnSchedule> {
	const engine = createFakeEngine({overviewValue: buildOverview({schedule})});
	const control = new FakeSchedule();
	const changes: Array<readonly [string, JobChange]> = [];
	let started = 0;
	let refusal: Error | undefined;
	const start: Connection = {
		url: '/srv/backup/coffer', sources: [],
		startEngine() {
			started++;
			return engine;
		},
		...(hasControl && {
			schedule: control,
			async changeJob({name}: Job, change: JobChange) {
				if (refusal) {
					throw refusal;
				}

				changes.push([name, change]);
			},
		}),
	};
	const drawn = await drawDashboard(t, size, {engine, start, ...looks});
	return {
		...drawn, control, changes,
		started: () => started,
		text: async () => (await drawn.frame()).join('\n'),
		refuse(error) {
			refusal = error;
		},
		setSchedule(next) {
			engine.overviewValue = buildOverview({schedule: next});
		},
	};
}
