import type {Buffer} from 'node:buffer';
import {CofferError, errorText, type ScheduleHolder} from '../../engine/index.ts';
import type {ScheduleControl} from '../../ui/index.tsx';
import type {CommandContext} from '../command-line.ts';
import {loadConfig} from '../config.ts';
import {jobsOf} from '../configured-jobs.ts';
import {createKeeper, type CreateKeeperOptions} from './create-keeper.ts';
import {reportKeeping, withoutName} from './keeper-reports.ts';
import {loadSchedule} from './load-schedule.ts';

export type ScheduleControlOptions = Pick<CreateKeeperOptions, 'setWakeUps'> & {
	/** The configuration; read anew whenever it counts. */
	readonly configFile: string;
	/** A copy of the passphrase that a person typed, if one has. */
	readonly typed: () => Buffer | undefined;
};

/** The schedule as a dashboard works on it, and what is to be done when that is left: the schedule is let go, and the jobs that run go on without it. */
export function createScheduleControl(context: CommandContext, {configFile, typed, setWakeUps}: ScheduleControlOptions): {readonly control: ScheduleControl; readonly leave: () => void} {
	const {keeper, processes} = createKeeper(context, {
		kind: 'dashboard',
		typed,
		...(setWakeUps && {setWakeUps}),
		onEvent(event) {
			reportKeeping(context, event, {isPrinted: false});
		},
	});
	const load = async () => loadConfig(configFile, {isNamed: true});
	const hold = async (): Promise<ScheduleHolder | undefined> => {
		const schedule = loadSchedule(context, await load(), message => {
			context.log.in('cron').write('warn', message);
		});
		let isTaken = false;
		try {
			const holder = await keeper.hold(schedule);
			isTaken = holder === undefined;
			return holder;
		} finally {
			if (!isTaken) {
				schedule.state.close();
			}
		}
	};

	return {
		control: {
			hold,
			async start(name) {
				const job = jobsOf(await load()).find(known => known.name === name);
				if (!job) {
					throw new CofferError('usage', `There is no job "${name}" in the configuration ${configFile} any more.`);
				}

				const {code, line} = await processes.run(job, {isByHand: true});
				return {code, line: withoutName(line, name)};
			},
			async release() {
				keeper.release();
			},
			async reload() {
				if (keeper.isHeld) {
					try {
						await hold();
					} catch (error) {
						context.log.in('cron').write('warn', `the schedule goes on as it was: ${errorText(error)}`);
						throw error;
					}
				}
			},
			isHeld: () => keeper.isHeld,
		},
		leave() {
			keeper.release();
			processes.detach();
		},
	};
}
