import process from 'node:process';
import type {ScheduleOverview} from '../../../engine/index.ts';
import {formatAge, formatTime} from '../../../text/format.ts';
import type {Tone} from '../../row.ts';

/** What starts the jobs of this host: it holds the schedule, or, of cron and systemd, has been seen to start jobs. */
export type StarterKind = 'here' | 'dashboard' | 'daemon' | 'timer' | 'nothing' | 'not-needed';

export type Starter = {
	readonly kind: StarterKind;
	/** A few words for a header: `the daemon`. */
	readonly name: string;
	/** For people, what it is and since when, or what to do. */
	readonly text: string;
	readonly tone: Tone;
};

/** When cron or systemd last started a job; `undefined` where no enabled job was started so in its slot, or the one before. */
function lastTimerStart({jobs}: ScheduleOverview): string | undefined {
	const starts = jobs.filter(({job}) => job.isEnabled).flatMap(({slot: {startMs, endMs}, runs}) => {
		const sinceMs = startMs - (endMs - startMs);
		return runs.filter(({trigger, started}) => trigger === 'timer' && Date.parse(started) >= sinceMs).map(({started}) => started);
	});
	return starts.toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
}

/** What starts the jobs, as far as it is known. */
export function starterOf(schedule: ScheduleOverview, nowMs: number): Starter {
	const {holder, jobs} = schedule;
	if (holder) {
		const {kind, process: {pid}, since} = holder;
		if (kind === 'dashboard' && pid === process.pid) {
			return {kind: 'here', name: 'this dashboard', text: 'this dashboard, as long as it is open', tone: 'ok'};
		}

		const age = formatAge(since, nowMs);
		return {kind, name: kind === 'daemon' ? 'the daemon' : 'a dashboard', text: `${kind === 'daemon' ? 'the daemon' : 'another dashboard'}, process ${pid}, since ${age === 'now' ? 'just now' : age.replace(' ago', '')}`, tone: 'ok'};
	}

	if (jobs.every(({job}) => !job.isEnabled)) {
		return {kind: 'not-needed', name: 'no job', text: 'no job is switched on', tone: 'muted'};
	}

	const timer = lastTimerStart(schedule);
	return timer === undefined
		? {kind: 'nothing', name: 'NOTHING', text: 'NOTHING. "coffer schedule install" makes cron or systemd do it, "coffer daemon" does it, H here does it while this is open', tone: 'critical'}
		: {kind: 'timer', name: 'cron or systemd', text: `cron or systemd, last ${formatTime(timer)}`, tone: 'ok'};
}
