/** What the line shows: the next 24 hours, or the next 7 days. */
export type TimelineSpan = 'day' | 'week';

/** The jobs of this host, what runs when, and what starts it. */
export type ScheduleScreen = {
	readonly kind: 'schedule';
	/** In the list of jobs. */
	readonly cursor: number;
	readonly span: TimelineSpan;
};

export function createScheduleScreen(): ScheduleScreen {
	return {kind: 'schedule', cursor: 0, span: 'day'};
}

export const otherSpan = (span: TimelineSpan): TimelineSpan => span === 'day' ? 'week' : 'day';
