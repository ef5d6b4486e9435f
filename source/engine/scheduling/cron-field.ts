/** The five fields of an expression, in their order, as people call them. */
export const cronFields = ['minute', 'hour', 'day of month', 'month', 'day of week'] as const;
export type CronField = typeof cronFields[number];

/** What is wrong with an expression. */
export type CronProblem = {
	/** `undefined` where the expression as a whole is wrong. */
	readonly field?: CronField;
	/** Goes on after "is no cron expression: ", without a full stop: `the hour must be from 0 to 23, not "25"`. */
	readonly message: string;
};

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

type Range = {readonly first: number; readonly last: number; readonly names: readonly string[]};

/** Names stand for the numbers from `first` on. */
const ranges: Readonly<Record<CronField, Range>> = {
	minute: {first: 0, last: 59, names: []},
	hour: {first: 0, last: 23, names: []},
	'day of month': {first: 1, last: 31, names: []},
	month: {first: 1, last: 12, names: monthNames},
	'day of week': {first: 0, last: 7, names: dayNames},
};

/** Shown where somebody typed something that is longer than any field. */
const maximumShown = 40;

const quote = (text: string): string => JSON.stringify(text.length > maximumShown ? `${text.slice(0, maximumShown)}…` : text);

/** One value of a field: a number or a name. */
function readValue(text: string, {first, last, names}: Range): number | undefined {
	const named = names.indexOf(text.toLowerCase());
	const value = named === -1 ? (/^\d{1,4}$/.test(text) ? Number(text) : -1) : first + named;
	return value >= first && value <= last ? value : undefined;
}

function describeRange({first, last, names}: Range): string {
	return `from ${first} to ${last}${names.length > 0 ? ` or a name from ${names[0]!} to ${names.at(-1)!}` : ''}`;
}

/** The values of one part of a list, or what is wrong with it. */
function readPart(part: string, field: CronField): number[] | string {
	const range = ranges[field];
	const [span, step, ...rest] = part.split('/');
	if (part === '' || rest.length > 0) {
		return `the ${field} ${quote(part)} cannot be read: it is a list of values, ranges such as ${range.first}-${range.last} and steps such as */2`;
	}

	const [from, to, ...others] = span === '*' ? [String(range.first), String(field === 'day of week' ? 6 : range.last)] : span!.split('-');
	const values = [from, to].map(text => text === undefined ? undefined : readValue(text, range));
	const wrong = [from, to].find((text, index) => text !== undefined && values[index] === undefined);
	if (wrong !== undefined || others.length > 0) {
		return `the ${field} must be ${describeRange(range)}, not ${quote(wrong ?? part)}`;
	}

	if (step !== undefined && to === undefined) {
		return `the ${field} ${quote(part)} has a step without a range: write ${quote(`${from}-${range.last}/${step}`)}`;
	}

	const stride = step === undefined ? 1 : (/^\d{1,4}$/.test(step) ? Number(step) : 0);
	if (stride === 0) {
		return `the step of the ${field} must be a number above 0, not ${quote(step!)}`;
	}

	const [start, end = start] = values as [number, number | undefined];
	if (end < start) {
		return `the ${field} ${quote(part)} runs backwards${field === 'day of week' ? '; Sunday is 7, too' : ''}`;
	}

	return Array.from({length: Math.floor((end - start) / stride) + 1}, (_, index) => start + index * stride);
}

/** The values that a field stands for, ascending, Sunday being 0; or what is wrong with it. */
export function readCronField(text: string, field: CronField): readonly number[] | CronProblem {
	const values = new Set<number>();
	for (const part of text.split(',')) {
		const read = readPart(part, field);
		if (typeof read === 'string') {
			return {field, message: read};
		}

		for (const value of read) {
			values.add(field === 'day of week' ? value % 7 : value);
		}
	}

	return [...values].toSorted((a, b) => a - b);
}
