const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** A size for people, in powers of 1000: `0 B`, `512 B`, `1.4 MB`, `23 GB`. */
export function formatBytes(bytes: number): string {
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}

	return `${unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value))} ${units[unit]}`;
}

/** A number with thin groups of three: `40 218`. */
export function formatCount(count: number): string {
	const digits = String(count);
	const groups: string[] = [];
	for (let end = digits.length; end > 0; end -= 3) {
		groups.unshift(digits.slice(Math.max(0, end - 3), end));
	}

	return groups.join(' ');
}

/** `1 file`, `40 218 files`. @param plural - @default `${singular}s` */
export function formatAmount(count: number, singular: string, plural = `${singular}s`): string {
	return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** A time span: `0.3 s`, `42 s`, `3m 07s`, `2h 05m`, `4d 3h`. */
export function formatDuration(durationMs: number): string {
	const seconds = durationMs / 1000;
	if (seconds < 10) {
		return `${seconds.toFixed(1)} s`;
	}

	const whole = Math.round(seconds);
	if (whole < 60) {
		return `${whole} s`;
	}

	const minutes = Math.floor(whole / 60);
	if (minutes < 60) {
		return `${minutes}m ${String(whole % 60).padStart(2, '0')}s`;
	}

	const hours = Math.floor(minutes / 60);
	return hours < 48 ? `${hours}h ${String(minutes % 60).padStart(2, '0')}m` : `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** A time span in one unit, for columns: `now` under a minute, `41m`, `7h`, `3d`. */
export function formatSpan(durationMs: number): string {
	const minutes = Math.floor(durationMs / 60_000);
	if (minutes < 1) {
		return 'now';
	}

	if (minutes < 100) {
		return `${minutes}m`;
	}

	const hours = Math.floor(minutes / 60);
	return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}

/** How long ago, in one unit: `now`, `41m ago`, `7h ago`, `3d ago`. */
export function formatAge(time: string | undefined, nowMs: number): string {
	const span = time === undefined ? 'never' : formatSpan(nowMs - Date.parse(time));
	return span === 'never' || span === 'now' ? span : `${span} ago`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** A time in this host's time zone, to the minute: `2026-11-21 19:30`. */
export function formatTime(time: string): string {
	const date = new Date(time);
	return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())} ${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
}

/** The same to the second: `2026-11-21 19:30:05`. */
export function formatSecond(time: string): string {
	return `${formatTime(time)}:${twoDigits(new Date(time).getSeconds())}`;
}
