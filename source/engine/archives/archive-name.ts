/** What an archive's file name tells: `NAME-YYYYMMDD-HHMMSS.tar.gz.enc`. */
export type ArchiveName = {
	/** What it is an archive of. */
	readonly source: string;
	/** In milliseconds since 1970; `undefined` where the name has no time. */
	readonly timeMs?: number;
};

const maximumSourceLength = 190;

/** The moment that digits mean in this machine's time zone; `undefined` for those that no calendar has. */
function parseLocalTime(digits: readonly number[]): number | undefined {
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = digits;
	const time = new Date(year, month - 1, day, hour, minute, second);
	const isReal = year >= 1970 && month >= 1 && month <= 12 && time.getMonth() === month - 1 && time.getDate() === day && hour < 24 && minute < 60 && second < 60;
	return isReal ? time.getTime() : undefined;
}

/** @param fileName - Without a folder. */
export function parseArchiveName(fileName: string): ArchiveName {
	const plain = fileName.toWellFormed();
	const base = plain.replace(/\.enc$/i, '').replace(/\.(?:gz|tgz)$/i, '').replace(/\.(?:tar|sql)$/i, '');
	const match = /^(?<source>.+?)[-_.](?<date>\d{8})[-_T]?(?<time>\d{6})$/.exec(base);
	const {source = base, date = '', time = ''} = match?.groups ?? {};
	const digits = [date.slice(0, 4), date.slice(4, 6), date.slice(6, 8), time.slice(0, 2), time.slice(2, 4), time.slice(4, 6)].map(Number);
	const timeMs = match ? parseLocalTime(digits) : undefined;
	const name = (timeMs === undefined ? base : source) || plain;
	return {source: name.slice(0, maximumSourceLength).toWellFormed(), ...(timeMs !== undefined && {timeMs})};
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** The reverse, for a tar packed by gzip. Of the source only what is harmless in a file name stays. @param timeMs - In milliseconds since 1970. */
export function formatArchiveName(source: string, timeMs: number): string {
	const time = new Date(timeMs);
	const words = source.split(/[^\w.]+/).map(word => word.replace(/^\.+/, '')).filter(word => word !== '');
	const name = words.join('-').slice(0, 150) || 'snapshot';
	const date = [String(time.getFullYear()).padStart(4, '0'), time.getMonth() + 1, time.getDate()].map(part => typeof part === 'number' ? twoDigits(part) : part).join('');
	return `${name}-${date}-${[time.getHours(), time.getMinutes(), time.getSeconds()].map(part => twoDigits(part)).join('')}.tar.gz.enc`;
}
