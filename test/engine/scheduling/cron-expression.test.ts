import test from 'ava';
import {parseCron} from '../../../source/engine/scheduling/cron-expression.ts';

const fields = (text: string) => parseCron(text).expression;

test('lists, ranges, steps, names, Sunday as 7, words', t => {
	t.deepEqual(fields('0 2 * * *'), {minutes: [0], hours: [2], daysOfMonth: Array.from({length: 31}, (_, index) => index + 1), months: Array.from({length: 12}, (_, index) => index + 1), daysOfWeek: [0, 1, 2, 3, 4, 5, 6], isEitherDay: false});
	t.like(fields(' 5,1-3,50-59/4\t*/6  1,31 JAN-mar,dec  mon-FRI '), {minutes: [1, 2, 3, 5, 50, 54, 58], hours: [0, 6, 12, 18], daysOfMonth: [1, 31], months: [1, 2, 3, 12], daysOfWeek: [1, 2, 3, 4, 5], isEitherDay: true});
	t.deepEqual(fields('0 0 * * 7')?.daysOfWeek, [0]);
	t.deepEqual(fields('0 0 * * 5-7')?.daysOfWeek, [0, 5, 6]);
	t.deepEqual(fields('0 0 * * */7')?.daysOfWeek, [0]);
	t.deepEqual(fields('0-59/59 0 * * *')?.minutes, [0, 59]);
	t.deepEqual(fields('@daily'), fields('0 0 * * *'));
	t.deepEqual(fields('@weekly'), fields('0 0 * * 0'));
	t.deepEqual(fields('@annually'), fields('0 0 1 1 *'));
	// As cron has it: what begins with a star is no restriction.
	t.false(fields('0 0 */2 * 1')?.isEitherDay);
	t.false(fields('0 0 1 * *')?.isEitherDay);
});

const wrong: ReadonlyArray<readonly [text: string, field: string | undefined, message: RegExp]> = [
	['', undefined, /five fields .*, not 0$/],
	['0 2 * *', undefined, /not 4$/],
	['0 0 2 * * *', undefined, /not 6$/],
	['@reboot', undefined, /^of words there are @yearly/],
	['60 2 * * *', 'minute', /must be from 0 to 59, not "60"/],
	['0 25 * * *', 'hour', /the hour must be from 0 to 23, not "25"/],
	['0 2 0 * *', 'day of month', /from 1 to 31, not "0"/],
	['0 2 * 13 *', 'month', /from 1 to 12 or a name from jan to dec, not "13"/],
	['0 2 * * 8', 'day of week', /from 0 to 7 or a name from sun to sat, not "8"/],
	['0 2 * januar *', 'month', /not "januar"/],
	['0 2 L * *', 'day of month', /not "L"/],
	['0 2 * * 5#2', 'day of week', /not "5#2"/],
	['0 2 ? * 1', 'day of month', /not "\?"/],
	['1,,2 * * * *', 'minute', /cannot be read/],
	['*/2/3 * * * *', 'minute', /cannot be read/],
	['*/0 * * * *', 'minute', /step of the minute must be a number above 0, not "0"/],
	['*/-2 * * * *', 'minute', /above 0, not "-2"/],
	['*/ * * * *', 'minute', /above 0, not ""/],
	['5/15 * * * *', 'minute', /a step without a range: write "5-59\/15"/],
	['30-10 * * * *', 'minute', /"30-10" runs backwards$/],
	['0 0 * * fri-sun', 'day of week', /runs backwards; Sunday is 7, too/],
	['1-2-3 * * * *', 'minute', /not "1-2-3"/],
	['-1 * * * *', 'minute', /not ""/],
	['1e1 * * * *', 'minute', /not "1e1"/],
	['0x1 * * * *', 'minute', /not "0x1"/],
	['١ * * * *', 'minute', /not "١"/],
	['0 0 31 2 *', 'day of month', /31 never comes in the month 2/],
	['0 0 31 feb,apr,6 *', 'day of month', /never comes/],
	[`${'9'.repeat(5000)} * * * *`, 'minute', /^.{0,140}$/],
];

for (const [text, field, message] of wrong) {
	test(`refused, with its field: ${text.slice(0, 40)}`, t => {
		const {problem} = parseCron(text);
		t.is(problem?.field, field as never);
		t.regex(problem!.message, message);
	});
}

test('29 February comes, and 31 with a day of the week beside it', t => {
	t.is(parseCron('0 0 29 2 *').problem, undefined);
	t.is(parseCron('0 0 31 2 1').problem, undefined);
	t.is(parseCron('0 0 */30 2 *').problem, undefined);
});
