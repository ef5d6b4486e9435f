import {spawnSync} from 'node:child_process';
import process from 'node:process';
import test from 'ava';
import fc from 'fast-check';
import {calendarEvents} from '../../../source/cli/schedule/calendar-events.ts';
import {parseCron} from '../../../source/engine/scheduling/cron-expression.ts';
import {nextOccurrence} from '../../../source/engine/scheduling/occurrences.ts';
import {optionalTest} from '../../helpers/optional-test.ts';

const eventsOf = (text: string, timeZone?: string): string[] => calendarEvents(parseCron(text).expression!, timeZone);

const cases: ReadonlyArray<readonly [expression: string, ...events: string[]]> = [
	['0 2 * * *', '*-*-* 02:00:00'],
	['* * * * *', '*-*-* *:*:00'],
	['*/30 * * * *', '*-*-* *:00,30:00'],
	['0 3 * * 0', 'Sun *-*-* 03:00:00'],
	['0 3 * * 7', 'Sun *-*-* 03:00:00'],
	['0 4 1 * *', '*-*-01 04:00:00'],
	['0 4 * * 6', 'Sat *-*-* 04:00:00'],
	['15 9-17 * * mon-fri', 'Mon..Fri *-*-* 09..17:15:00'],
	['0 0 * * 5-7', 'Fri..Sun *-*-* 00:00:00'],
	['0 0 * * 0,1', 'Mon,Sun *-*-* 00:00:00'],
	['1-2,5,7-9 0 29 feb *', '*-02-29 00:01,02,05,07..09:00'],
	['0 0 1,15 * fri', '*-*-01,15 00:00:00', 'Fri *-*-* 00:00:00'],
	['0 0 */2 * fri', 'Fri *-*-01,03,05,07,09,11,13,15,17,19,21,23,25,27,29,31 00:00:00'],
	['0 0 1-31 * fri', '*-*-* 00:00:00'],
	['0 0 13 * 0-6', '*-*-* 00:00:00'],
];

test('calendar events of cron expressions', t => {
	for (const [expression, ...events] of cases) {
		t.deepEqual(eventsOf(expression), events, expression);
	}

	t.deepEqual(eventsOf('0 0 1 * fri', 'Asia/Tokyo'), ['*-*-01 00:00:00 Asia/Tokyo', 'Fri *-*-* 00:00:00 Asia/Tokyo']);
});

const hasAnalyze = spawnSync('systemd-analyze', ['calendar', '--base-time=@0', 'daily']).status === 0;

const field = (first: number, last: number) => fc.oneof(
	{weight: 3, arbitrary: fc.constant('*')},
	fc.integer({min: 2, max: Math.max(2, last)}).map(step => `*/${step}`),
	fc.uniqueArray(fc.integer({min: first, max: last}), {minLength: 1, maxLength: 4}).map(values => values.join(',')),
	fc.tuple(fc.integer({min: first, max: last}), fc.integer({min: first, max: last})).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
);
const expressions = fc.tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 7)).map(fields => fields.join(' '));

optionalTest(hasAnalyze ? undefined : 'systemd-analyze is not installed, or is too old', 'systemd reads them as the program reads the expression', t => {
	const base = Date.UTC(2027, 1, 25, 22, 17, 3);
	const samples = [...cases.map(([expression]) => expression), ...fc.sample(expressions, 60)];
	for (const expression of samples) {
		const events = eventsOf(expression);
		const {stdout, stderr, status} = spawnSync('systemd-analyze', ['calendar', '--iterations=3', `--base-time=@${base / 1000}`, ...events], {encoding: 'utf8', env: {TZ: 'UTC', LC_ALL: 'C', PATH: process.env['PATH']}});
		t.is(status, 0, `${expression}: ${stderr}`);
		const times = [...stdout.matchAll(/(?:Next elapse|Iter\. #\d+|Iteration #\d+): \w{3} (?<day>[\d-]+) (?<time>[\d:]+) UTC/g)].map(({groups}) => Date.parse(`${groups!['day']}T${groups!['time']}Z`));
		const expected: number[] = [];
		for (let at = base; expected.length < 3;) {
			at = nextOccurrence(parseCron(expression).expression!, 'UTC', at);
			expected.push(at);
		}

		t.deepEqual([...new Set(times)].toSorted((a, b) => a - b).slice(0, 3), expected, `${expression} → ${events.join(' | ')}`);
	}

	t.log(`${samples.length} expressions, three times each`);
});
