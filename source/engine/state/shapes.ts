/** What is read back from the state is not what was ever written there: it counts as damaged. */
export class UnexpectedShape extends Error {
	override readonly name = 'UnexpectedShape';
}

/*
Small checks for what is read back from the state. Each throws UnexpectedShape for a value of another shape.
*/

/** @throws UnexpectedShape also for a text that is no JSON */
export function parseJson(value: unknown): unknown {
	try {
		return JSON.parse(toText(value));
	} catch (error) {
		throw new UnexpectedShape('not JSON', {cause: error});
	}
}

export function toRecord(value: unknown): Readonly<Record<string, unknown>> {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		throw new UnexpectedShape('not an object');
	}

	return value as Record<string, unknown>;
}

export function toList(value: unknown): readonly unknown[] {
	if (!Array.isArray(value)) {
		throw new UnexpectedShape('not a list');
	}

	return value;
}

export function toText(value: unknown): string {
	if (typeof value !== 'string') {
		throw new UnexpectedShape('not a text');
	}

	return value;
}

export function toCount(value: unknown): number {
	if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
		throw new UnexpectedShape('not a count');
	}

	return value;
}

/** RFC 3339, as `Date` writes it. */
export function toTime(value: unknown): string {
	const text = toText(value);
	if (Number.isNaN(Date.parse(text))) {
		throw new UnexpectedShape('not a time');
	}

	return text;
}

export function toChoice<Value extends string>(value: unknown, choices: readonly Value[]): Value {
	const found = choices.find(choice => choice === value);
	if (found === undefined) {
		throw new UnexpectedShape('not one of the known words');
	}

	return found;
}

/** A field that may be missing: an object with it, or an empty one, to be spread. */
export function optional<Name extends string, Value>(name: Name, value: unknown, decode: (value: unknown) => Value): Partial<Record<Name, Value>> {
	return (value === null || value === undefined ? {} : {[name]: decode(value)}) as Partial<Record<Name, Value>>;
}
