const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** A size in a message: decimal units, as 1.2 GB. */
export function sizeText(byteCount: number): string {
	let value = byteCount;
	let unit = 0;
	while (value >= 1000 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}

	return unit === 0 && value === 1 ? '1 byte' : `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
