function count(value: number, singular: string, plural = `${singular}s`): string {
	return `${value} ${value === 1 ? singular : plural}`;
}

/** Counts with their nouns. */
export const shortText = {
	files: (value: number) => count(value, 'file or directory', 'files or directories'),
	snapshots: (value: number) => count(value, 'snapshot'),
	packs: (value: number) => count(value, 'pack'),
};

const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Decimal units, as 1.2 GB. */
export function sizeText(byteCount: number): string {
	let value = byteCount;
	let unit = 0;
	while (value >= 1000 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}

	return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
