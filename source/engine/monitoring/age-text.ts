const minuteMs = 60 * 1000;

const amount = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

/** A span of time for people, in the one unit that says most: `5 minutes`, `25 hours`, `9 days`. */
export function spanText(durationMs: number): string {
	const minutes = Math.max(0, Math.floor(durationMs / minuteMs));
	if (minutes < 60) {
		return amount(minutes, 'minute');
	}

	const hours = Math.floor(minutes / 60);
	return hours < 48 ? amount(hours, 'hour') : amount(Math.floor(hours / 24), 'day');
}

/** `1 snapshot`, `3 snapshots`. */
export function countText(count: number, noun: string): string {
	return amount(count, noun);
}
