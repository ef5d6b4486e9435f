import {nextStarts, type Job} from '../../../engine/index.ts';
import type {TimelineSpan} from './state.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** The line: so many cells, each of the same length. The first one holds the present. */
export type TimelineGrid = {readonly startMs: number; readonly cellMs: number; readonly cells: number};

/** How finely the line can be drawn, the finest first. */
const grids = {
	day: [[96, hourMs / 4], [48, hourMs / 2], [24, hourMs], [12, 2 * hourMs]],
	week: [[84, 2 * hourMs], [56, 3 * hourMs], [28, 6 * hourMs], [14, 12 * hourMs]],
} as const satisfies Record<TimelineSpan, ReadonlyArray<readonly [cells: number, cellMs: number]>>;

/** As fine a line as so many columns have room for; its cells begin at full hours and the like of this machine's clocks. */
export function gridOf(nowMs: number, span: TimelineSpan, columns: number): TimelineGrid {
	const [cells, cellMs] = grids[span].find(([count]) => count <= columns) ?? grids[span].at(-1)!;
	const offsetMs = new Date(nowMs).getTimezoneOffset() * minuteMs;
	return {startMs: Math.floor((nowMs - offsetMs) / cellMs) * cellMs + offsetMs, cellMs, cells};
}

/** What the line has to know of a job. */
export type TimelineJob = Pick<Job, 'name' | 'kind' | 'expression' | 'timeZone' | 'jitterMs' | 'isEnabled'> & {readonly usualDurationMs?: number};

/** What a cell shows: nothing, a start, or a start while the job or another one usually still runs. */
export type TimelineMark = 'none' | 'start' | 'overlap';

/** A start of a job, in its cell. @param gapMs - Until the next one. */
type Start = {readonly job: number; readonly cell: number; readonly ms: number; readonly gapMs: number};

/** Jobs that only look run beside any other. */
const isLight = ({kind}: Pick<Job, 'kind'>): boolean => ['monitor', 'audit', 'report'].includes(kind);

/** The first start in each cell. */
function startsOf(job: TimelineJob, index: number, {startMs, cellMs, cells}: TimelineGrid, host: string): Start[] {
	const starts: Start[] = [];
	for (let cell = 0; job.isEnabled && cell < cells;) {
		const [ms, following] = nextStarts(job, {host, nowMs: startMs + cell * cellMs - 1}, 2) as [number, number];
		cell = Math.floor((ms - startMs) / cellMs);
		if (cell < cells) {
			starts.push({job: index, cell, ms, gapMs: following - ms});
		}

		cell++;
	}

	return starts;
}

/**
What runs when: for each job a mark for each cell. Overlap is judged by how long jobs usually take.
@param host - The name of this machine, which its jitter follows from.
*/
export function timelineOf(jobs: readonly TimelineJob[], grid: TimelineGrid, host: string): TimelineMark[][] {
	const marks = jobs.map(() => Array.from({length: grid.cells}, (): TimelineMark => 'none'));
	const starts = jobs.flatMap((job, index) => startsOf(job, index, grid, host)).toSorted((a, b) => a.ms - b.ms);
	const busyUntil = new Map<number, number>();
	for (const {job, cell, ms, gapMs} of starts) {
		const {usualDurationMs = 0} = jobs[job]!;
		const isMet = !isLight(jobs[job]!) && [...busyUntil].some(([other, untilMs]) => other !== job && ms < untilMs);
		marks[job]![cell] = isMet || usualDurationMs > gapMs ? 'overlap' : 'start';
		if (!isLight(jobs[job]!)) {
			// What has never run takes a moment, too.
			busyUntil.set(job, ms + Math.max(usualDurationMs, 1));
		}
	}

	return marks;
}

/** A text above the line, and the cell that it begins at. */
export type TimelineLabel = {readonly cell: number; readonly text: string};

function labelAt(ms: number, span: TimelineSpan): string | undefined {
	const date = new Date(ms);
	if (date.getMinutes() !== 0 || date.getHours() % (span === 'day' ? 2 : 24) !== 0) {
		return undefined;
	}

	return span === 'day' ? String(date.getHours()).padStart(2, '0') : `${['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][date.getDay()]!} ${date.getDate()}`;
}

/** Hours or days above the line, by this machine's clocks, as many as have room beside one another; the first one is the present. */
export function labelsOf({startMs, cellMs, cells}: TimelineGrid, span: TimelineSpan): TimelineLabel[] {
	const labels: TimelineLabel[] = [{cell: 0, text: 'now'}];
	for (let cell = 1; cell < cells; cell++) {
		const text = labelAt(startMs + cell * cellMs, span);
		const last = labels.at(-1)!;
		if (text !== undefined && cell > last.cell + last.text.length && cell + text.length <= cells) {
			labels.push({cell, text});
		}
	}

	return labels;
}
