import type {Job, Slot} from '../../scheduling/job.ts';
import {slotAt} from '../../scheduling/slots.ts';
import type {ScheduleState} from '../../state/schedule-state.ts';
import type {JobHistory} from './report-facts.ts';

/** Slots of jobs that run more often are not counted, in milliseconds: of so many runs not all are remembered. */
const shortestSlotMs = 6 * 60 * 60 * 1000;

type Time = {readonly fromMs: number; readonly toMs: number};

/** The slots that began and ended in a time, oldest first; `undefined` where they are too short to be counted. */
function slotsWithin(job: Job, {fromMs, toMs}: Time): Slot[] | undefined {
	const slots: Slot[] = [];
	let slot = slotAt(job, toMs);
	if (slot.endMs - slot.startMs < shortestSlotMs) {
		return undefined;
	}

	while (slot.startMs > fromMs) {
		slot = slotAt(job, slot.startMs - 1);
		if (slot.startMs >= fromMs) {
			slots.unshift(slot);
		}
	}

	return slots;
}

/**
What this host remembers of its jobs in a time.
@throws `state-failed`
*/
export function readJobHistories(schedule: ScheduleState, jobs: readonly Job[], {fromMs, toMs}: Time): JobHistory[] {
	const runs = schedule.runs();
	const firstSeen = schedule.firstSeen(jobs);
	return jobs.map(job => {
		const known = firstSeen.get(job.name);
		const slots = job.isEnabled ? slotsWithin(job, {fromMs: Math.max(fromMs, known === undefined ? toMs : Date.parse(known)), toMs}) : undefined;
		return {job, runs: runs.filter(run => run.job === job.name), ...(slots && {slots})};
	});
}
