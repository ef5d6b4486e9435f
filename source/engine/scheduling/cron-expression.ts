import {cronFields, readCronField, type CronProblem} from './cron-field.ts';

/** When something happens, as crontab(5) says it: five fields, taken apart. Plain data. Each list ascends. */
export type CronExpression = {
	readonly minutes: readonly number[];
	readonly hours: readonly number[];
	/** From 1. */
	readonly daysOfMonth: readonly number[];
	/** From 1. */
	readonly months: readonly number[];
	/** Sunday is 0. */
	readonly daysOfWeek: readonly number[];
	/** Neither field of days begins with `*`: a day is meant that fits one of them. Else it has to fit both. */
	readonly isEitherDay: boolean;
};

export type ParsedCron = {readonly expression: CronExpression; readonly problem?: undefined} | {readonly expression?: undefined; readonly problem: CronProblem};

/** Words that stand for five fields: crontab(5). */
const nicknames: Readonly<Record<string, string>> = {
	'@yearly': '0 0 1 1 *',
	'@annually': '0 0 1 1 *',
	'@monthly': '0 0 1 * *',
	'@weekly': '0 0 * * 0',
	'@daily': '0 0 * * *',
	'@midnight': '0 0 * * *',
	'@hourly': '0 * * * *',
};

const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether there is any such day, in whatever year. */
function hasDays({daysOfMonth, months, isEitherDay}: CronExpression): boolean {
	return isEitherDay || months.some(month => daysOfMonth[0]! <= longestMonths[month - 1]!);
}

/**
Take an expression apart: five fields with lists, ranges, steps and names, or a word such as `@daily`. What crontab(5) does not know is refused, with the field it stands in.
*/
export function parseCron(text: string): ParsedCron {
	const trimmed = text.trim();
	if (trimmed.startsWith('@') && !Object.hasOwn(nicknames, trimmed)) {
		return {problem: {message: `of words there are ${Object.keys(nicknames).join(', ')}`}};
	}

	const parts = (nicknames[trimmed] ?? trimmed).split(/\s+/).filter(part => part !== '');
	if (parts.length !== cronFields.length) {
		return {problem: {message: `it has five fields (${cronFields.join(', ')}), not ${parts.length}`}};
	}

	const lists: Array<readonly number[]> = [];
	for (const [index, field] of cronFields.entries()) {
		const read = readCronField(parts[index]!, field);
		if ('message' in read) {
			return {problem: read};
		}

		lists.push(read);
	}

	const [minutes, hours, daysOfMonth, months, daysOfWeek] = lists as [readonly number[], readonly number[], readonly number[], readonly number[], readonly number[]];
	const expression = {minutes, hours, daysOfMonth, months, daysOfWeek, isEitherDay: !parts[2]!.startsWith('*') && !parts[4]!.startsWith('*')};
	return hasDays(expression) ? {expression} : {problem: {field: 'day of month', message: `the day of month ${parts[2]!} never comes in the month ${parts[3]!}`}};
}

/**
The same as patterns for clocks that want a day to fit both fields, as node-cron does: two where either will do, else one. Numbers only.
*/
export function toPatterns(expression: CronExpression): string[] {
	const {minutes, hours, daysOfMonth, months, daysOfWeek, isEitherDay} = expression;
	const patternOf = (days: string, weekdays: string) => `${minutes.join(',')} ${hours.join(',')} ${days} ${months.join(',')} ${weekdays}`;
	if (!isEitherDay) {
		return [patternOf(daysOfMonth.join(','), daysOfWeek.join(','))];
	}

	const hasDate = hasDays({...expression, isEitherDay: false});
	return [...(hasDate ? [patternOf(daysOfMonth.join(','), '*')] : []), patternOf('*', daysOfWeek.join(','))];
}
