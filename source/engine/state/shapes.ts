/*
Small checks for what is read back from state files. Each throws TypeError for a value of another shape: the file then counts as damaged.
*/

export function toRecord(value: unknown): Readonly<Record<string, unknown>> {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		throw new TypeError('not an object');
	}

	return value as Record<string, unknown>;
}

export function toList(value: unknown): readonly unknown[] {
	if (!Array.isArray(value)) {
		throw new TypeError('not a list');
	}

	return value;
}

export function toText(value: unknown): string {
	if (typeof value !== 'string') {
		throw new TypeError('not a text');
	}

	return value;
}

export function toCount(value: unknown): number {
	if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
		throw new TypeError('not a count');
	}

	return value;
}

/** RFC 3339, as `Date` writes it. */
export function toTime(value: unknown): string {
	const text = toText(value);
	if (Number.isNaN(Date.parse(text))) {
		throw new TypeError('not a time');
	}

	return text;
}

export function toChoice<Value extends string>(value: unknown, choices: readonly Value[]): Value {
	const found = choices.find(choice => choice === value);
	if (found === undefined) {
		throw new TypeError('not one of the known words');
	}

	return found;
}
