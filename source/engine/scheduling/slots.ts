import {createHash} from 'node:crypto';
import {parseCron, type CronExpression} from './cron-expression.ts';
import type {Job, Slot} from './job.ts';
import {lastOccurrence, nextOccurrence} from './occurrences.ts';

/** @throws RangeError for an expression that is none: the configuration was checked */
function expressionOf({expression: text}: Pick<Job, 'expression'>): CronExpression {
	const {expression, problem} = parseCron(text);
	if (problem) {
		throw new RangeError(`"${text}" is no cron expression: ${problem.message}`);
	}

	return expression;
}

/**
The slot that a moment lies in: from one time of the job's expression to the next. Slots follow one another without a gap, whatever the clocks of the zone do.
@throws RangeError for an expression or a time zone that is none
*/
export function slotAt(job: Pick<Job, 'expression' | 'timeZone'>, nowMs: number): Slot {
	const expression = expressionOf(job);
	const {timeZone} = job;
	return {startMs: lastOccurrence(expression, timeZone, nowMs), endMs: nextOccurrence(expression, timeZone, nowMs)};
}

/** How much later than its slots a job begins on this host: always the same, below `jitterMs`. */
export function jitterOf({name, jitterMs}: Pick<Job, 'name' | 'jitterMs'>, host: string): number {
	return jitterMs < 1 ? 0 : createHash('sha256').update(JSON.stringify([host, name])).digest().readUIntBE(0, 6) % Math.floor(jitterMs);
}

/** When a job is to begin in a slot: its jitter later, but in the first half of it. */
export function startInSlot(job: Pick<Job, 'name' | 'jitterMs'>, {startMs, endMs}: Slot, host: string): number {
	return startMs + Math.min(jitterOf(job, host), Math.floor((endMs - startMs) / 2));
}

/**
When a job is to begin the next times, ascending, all after `nowMs`; in milliseconds since 1970.
@throws RangeError for an expression or a time zone that is none
*/
export function nextStarts(job: Pick<Job, 'name' | 'expression' | 'timeZone' | 'jitterMs'>, {host, nowMs}: {readonly host: string; readonly nowMs: number}, count: number): number[] {
	const starts: number[] = [];
	let slot = slotAt(job, nowMs);
	while (starts.length < count) {
		const start = startInSlot(job, slot, host);
		if (start > nowMs) {
			starts.push(start);
		}

		slot = slotAt(job, slot.endMs);
	}

	return starts;
}
