import {defaultRetention} from '../../../source/engine/retention/policy.ts';
import type {GoldenCase} from './golden-case.ts';

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** The rules of retention, by example. */
export const goldenCases: readonly GoldenCase[] = [
	// Nothing is configured
	{
		title: 'By default daily ones stay for 30 days, weekly and monthly ones for 90; those made by hand are nobody\'s',
		rules: defaultRetention,
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-08-23T02:00Z class=monthly -> goes: older than 90 days (class monthly)',
			'2026-08-25T02:00Z class=monthly -> kept: younger than 90 days (class monthly)',
			'2026-08-24T03:00Z class=weekly -> goes: older than 90 days (class weekly)',
			'2026-10-01T04:00Z class=weekly -> kept: younger than 90 days (class weekly)',
			'2026-10-23T02:00Z -> goes: older than 30 days (class daily)',
			'2026-10-24T02:00Z -> kept: younger than 30 days (class daily)',
			'2020-01-01T09:00Z class=manual -> kept: no rule is about class manual',
			'2026-11-22T02:00Z -> kept: younger than 30 days (class daily); the newest good one of its source',
		],
	},
	{
		title: 'The limit is exact: what is 30 days old to the millisecond goes',
		rules: defaultRetention,
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-10-23T12:00Z -> goes: older than 30 days (class daily)',
			'2026-10-23T12:00:00.001Z -> kept: younger than 30 days (class daily)',
			'2026-11-22T02:00Z -> kept: younger than 30 days (class daily); the newest good one of its source',
		],
	},
	{
		title: 'A source that stopped running keeps its newest, however old',
		rules: defaultRetention,
		now: '2026-11-22T12:00Z',
		lines: [
			'2024-03-01T02:00Z -> goes: older than 30 days (class daily)',
			'2024-03-02T02:00Z -> goes: older than 30 days (class daily)',
			'2024-03-03T02:00Z -> kept: the newest good one of its source',
		],
	},
	{
		title: 'No rules at all: nothing goes',
		rules: {},
		now: '2026-11-22T12:00Z',
		lines: [
			'2020-01-01T02:00Z -> kept: no rule is about class daily',
			'2026-11-22T02:00Z class=monthly -> kept: no rule is about class monthly; the newest good one of its source',
		],
	},
	{
		title: 'A rule of 0 is as if it was left out',
		rules: {last: 0, daily: 0, withinMs: 0, classes: {daily: 0}},
		now: '2026-11-22T12:00Z',
		lines: [
			'2020-01-01T02:00Z -> kept: no rule is about class daily',
			'2026-11-22T02:00Z -> kept: no rule is about class daily; the newest good one of its source',
		],
	},
	// The last so many
	{
		title: 'The last 3, however old',
		rules: {last: 3},
		now: '2026-11-22T12:00Z',
		lines: [
			'2025-01-01T02:00Z -> goes: not one of the last 3',
			'2025-01-02T02:00Z -> kept: one of the last 3',
			'2025-02-01T02:00Z -> kept: one of the last 3',
			'2026-11-22T02:00Z -> kept: one of the last 3; the newest good one of its source',
		],
	},
	{
		title: 'The last 1',
		rules: {last: 1},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-21T02:00Z -> goes: not the last',
			'2026-11-22T02:00Z -> kept: the last; the newest good one of its source',
		],
	},
	{
		title: 'Fewer than the number: all',
		rules: {last: 5},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-21T02:00Z -> kept: one of the last 5',
			'2026-11-22T02:00Z -> kept: one of the last 5; the newest good one of its source',
		],
	},
	{
		title: 'A burst counts as one, and stands together',
		rules: {last: 2},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-20T02:00Z -> goes: not one of the last 2',
			'2026-11-21T02:00Z -> kept: one of the last 2',
			'2026-11-22T02:00Z -> kept: in one burst with one of the last 2; in one burst with the newest good one of its source',
			'2026-11-22T02:04Z -> kept: in one burst with one of the last 2; in one burst with the newest good one of its source',
			'2026-11-22T02:08Z -> kept: in one burst with one of the last 2; in one burst with the newest good one of its source',
			'2026-11-22T02:12Z -> kept: one of the last 2; the newest good one of its source',
		],
	},
	{
		title: 'Five minutes apart is no burst any more',
		rules: {last: 2},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-22T02:00Z -> goes: not one of the last 2',
			'2026-11-22T02:05Z -> kept: one of the last 2',
			'2026-11-22T02:10Z -> kept: one of the last 2; the newest good one of its source',
		],
	},
	{
		title: 'A burst ends with its day',
		rules: {last: 2},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-20T02:00Z -> goes: not one of the last 2',
			'2026-11-20T23:58Z -> kept: one of the last 2',
			'2026-11-21T00:01Z -> kept: one of the last 2; the newest good one of its source',
		],
	},
	{
		title: 'A script gone wild all day long pushes out one, not hundreds',
		rules: {last: 2},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-20T02:00Z -> goes: not one of the last 2',
			'2026-11-21T02:00Z -> kept: one of the last 2',
			'2026-11-22T09:00Z -> kept: in one burst with one of the last 2; in one burst with the newest good one of its source',
			'2026-11-22T09:01Z -> kept: in one burst with one of the last 2; in one burst with the newest good one of its source',
			'2026-11-22T09:02Z -> kept: in one burst with one of the last 2; in one burst with the newest good one of its source',
			'2026-11-22T09:03Z -> kept: in one burst with one of the last 2; in one burst with the newest good one of its source',
			'2026-11-22T09:04Z -> kept: one of the last 2; the newest good one of its source',
		],
	},
	{
		title: 'Partial ones do not count against good ones',
		rules: {last: 2},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-17T02:00Z -> goes: not one of the last 2',
			'2026-11-18T02:00Z -> kept: one of the last 2 good ones',
			'2026-11-19T02:00Z -> kept: one of the last 2 good ones; the newest good one of its source',
			'2026-11-20T02:00Z partial -> goes: not one of the last 2',
			'2026-11-21T02:00Z partial -> kept: one of the last 2',
			'2026-11-22T02:00Z partial -> kept: one of the last 2; the newest of its source',
		],
	},
	// Calendar
	{
		title: 'Daily: the last of each day, today being the first day',
		rules: {daily: 3},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-19T23:59Z -> goes: older than the last 3 days (daily)',
			'2026-11-20T02:00Z -> goes: not the last of 2026-11-20 (daily)',
			'2026-11-20T14:00Z -> kept: the last of 2026-11-20 (daily, 3 days)',
			'2026-11-21T02:00Z -> kept: the last of 2026-11-21 (daily, 3 days)',
			'2026-11-22T02:00Z -> kept: the last of 2026-11-22 (daily, 3 days); the newest good one of its source',
		],
	},
	{
		title: 'Days are counted back from now, not from what there is: a gap uses up its days',
		rules: {daily: 7},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-13T02:00Z -> goes: older than the last 7 days (daily)',
			'2026-11-14T02:00Z -> goes: older than the last 7 days (daily)',
			'2026-11-15T02:00Z -> goes: older than the last 7 days (daily)',
			'2026-11-16T02:00Z -> kept: the last of 2026-11-16 (daily, 7 days)',
			'2026-11-22T02:00Z -> kept: the last of 2026-11-22 (daily, 7 days); the newest good one of its source',
		],
	},
	{
		title: 'Hourly: the last of each hour',
		rules: {hourly: 3},
		now: '2026-11-22T12:30Z',
		lines: [
			'2026-11-22T09:59Z -> goes: older than the last 3 hours (hourly)',
			'2026-11-22T10:00Z -> goes: not the last of 2026-11-22 10:00 (hourly)',
			'2026-11-22T10:40Z -> kept: the last of 2026-11-22 10:00 (hourly, 3 hours)',
			'2026-11-22T11:20Z -> kept: the last of 2026-11-22 11:00 (hourly, 3 hours)',
			'2026-11-22T12:10Z -> kept: the last of 2026-11-22 12:00 (hourly, 3 hours); the newest good one of its source',
		],
	},
	{
		title: 'Weekly: weeks begin on Monday',
		rules: {weekly: 2},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-08T23:00Z -> goes: older than the last 2 weeks (weekly)',
			'2026-11-09T02:00Z -> goes: not the last of 2026-W46 (weekly)',
			'2026-11-15T02:00Z -> kept: the last of 2026-W46 (weekly, 2 weeks)',
			'2026-11-16T02:00Z -> goes: not the last of 2026-W47 (weekly)',
			'2026-11-22T02:00Z -> kept: the last of 2026-W47 (weekly, 2 weeks); the newest good one of its source',
		],
	},
	{
		title: 'ISO weeks at the end of a year: 1 January 2027 is of the last week of 2026',
		rules: {weekly: 3},
		now: '2027-01-05T12:00Z',
		lines: [
			'2026-12-20T02:00Z -> goes: older than the last 3 weeks (weekly)',
			'2026-12-21T02:00Z -> goes: not the last of 2026-W52 (weekly)',
			'2026-12-27T02:00Z -> kept: the last of 2026-W52 (weekly, 3 weeks)',
			'2026-12-28T02:00Z -> goes: not the last of 2026-W53 (weekly)',
			'2027-01-01T02:00Z -> kept: the last of 2026-W53 (weekly, 3 weeks)',
			'2027-01-04T02:00Z -> kept: the last of 2027-W01 (weekly, 3 weeks); the newest good one of its source',
		],
	},
	{
		title: 'ISO weeks: 30 December 2024 is of the first week of 2025',
		rules: {weekly: 2},
		now: '2025-01-03T12:00Z',
		lines: [
			'2024-12-29T02:00Z -> kept: the last of 2024-W52 (weekly, 2 weeks)',
			'2024-12-30T02:00Z -> goes: not the last of 2025-W01 (weekly)',
			'2025-01-02T02:00Z -> kept: the last of 2025-W01 (weekly, 2 weeks); the newest good one of its source',
		],
	},
	{
		title: 'A year of 53 weeks',
		rules: {weekly: 54},
		now: '2027-01-05T12:00Z',
		lines: [
			'2025-12-29T02:00Z -> kept: the last of 2026-W01 (weekly, 54 weeks)',
			'2026-01-05T02:00Z -> kept: the last of 2026-W02 (weekly, 54 weeks)',
			'2027-01-04T02:00Z -> kept: the last of 2027-W01 (weekly, 54 weeks); the newest good one of its source',
		],
	},
	{
		title: 'Monthly: the last of each month',
		rules: {monthly: 3},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-08-31T02:00Z -> goes: older than the last 3 months (monthly)',
			'2026-09-01T02:00Z -> goes: not the last of 2026-09 (monthly)',
			'2026-09-30T02:00Z -> kept: the last of 2026-09 (monthly, 3 months)',
			'2026-10-31T02:00Z -> kept: the last of 2026-10 (monthly, 3 months)',
			'2026-11-01T02:00Z -> goes: not the last of 2026-11 (monthly)',
			'2026-11-22T02:00Z -> kept: the last of 2026-11 (monthly, 3 months); the newest good one of its source',
		],
	},
	{
		title: 'Months over the turn of a year',
		rules: {monthly: 2},
		now: '2027-01-02T12:00Z',
		lines: [
			'2026-11-30T02:00Z -> goes: older than the last 2 months (monthly)',
			'2026-12-01T02:00Z -> goes: not the last of 2026-12 (monthly)',
			'2026-12-31T02:00Z -> kept: the last of 2026-12 (monthly, 2 months)',
			'2027-01-01T02:00Z -> kept: the last of 2027-01 (monthly, 2 months); the newest good one of its source',
		],
	},
	{
		title: 'The leap day is the last of its February',
		rules: {monthly: 2},
		now: '2028-03-01T12:00Z',
		lines: [
			'2028-01-31T02:00Z -> goes: older than the last 2 months (monthly)',
			'2028-02-28T02:00Z -> goes: not the last of 2028-02 (monthly)',
			'2028-02-29T02:00Z -> kept: the last of 2028-02 (monthly, 2 months)',
			'2028-03-01T02:00Z -> kept: the last of 2028-03 (monthly, 2 months); the newest good one of its source',
		],
	},
	{
		title: 'February of no leap year',
		rules: {daily: 2},
		now: '2026-03-01T12:00Z',
		lines: [
			'2026-02-27T02:00Z -> goes: older than the last 2 days (daily)',
			'2026-02-28T02:00Z -> kept: the last of 2026-02-28 (daily, 2 days)',
			'2026-03-01T02:00Z -> kept: the last of 2026-03-01 (daily, 2 days); the newest good one of its source',
		],
	},
	{
		title: 'Yearly: the last of each year',
		rules: {yearly: 2},
		now: '2026-11-22T12:00Z',
		lines: [
			'2024-12-31T02:00Z -> goes: older than the last 2 years (yearly)',
			'2025-01-01T02:00Z -> goes: not the last of 2025 (yearly)',
			'2025-12-31T23:59:59Z -> kept: the last of 2025 (yearly, 2 years)',
			'2026-01-01T02:00Z -> goes: not the last of 2026 (yearly)',
			'2026-11-22T02:00Z -> kept: the last of 2026 (yearly, 2 years); the newest good one of its source',
		],
	},
	{
		title: 'Several rules: what any of them keeps is kept, with all its reasons',
		rules: {last: 1, daily: 2, weekly: 2, monthly: 2, yearly: 2},
		now: '2026-11-22T12:00Z',
		lines: [
			'2025-12-31T02:00Z -> kept: the last of 2025 (yearly, 2 years)',
			'2026-10-31T02:00Z -> kept: the last of 2026-10 (monthly, 2 months)',
			'2026-11-15T02:00Z -> kept: the last of 2026-W46 (weekly, 2 weeks)',
			'2026-11-20T02:00Z -> goes: not the last, not the last of 2026 (yearly), not the last of 2026-11 (monthly), not the last of 2026-W47 (weekly), older than the last 2 days (daily)',
			'2026-11-21T02:00Z -> kept: the last of 2026-11-21 (daily, 2 days)',
			'2026-11-22T02:00Z -> kept: the last of 2026 (yearly, 2 years); the last of 2026-11 (monthly, 2 months); the last of 2026-W47 (weekly, 2 weeks); the last of 2026-11-22 (daily, 2 days); the last; the newest good one of its source',
		],
	},
	{
		title: 'In a bucket the last good one stays besides a partial one that came later',
		rules: {daily: 3},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-20T02:00Z -> goes: not the last of 2026-11-20 (daily)',
			'2026-11-20T08:00Z -> kept: the last good one of 2026-11-20 (daily, 3 days)',
			'2026-11-20T14:00Z partial -> kept: the last of 2026-11-20 (daily, 3 days)',
			'2026-11-22T02:00Z -> kept: the last of 2026-11-22 (daily, 3 days); the newest good one of its source',
		],
	},
	{
		title: 'A bucket of nothing but partial ones keeps its last',
		rules: {daily: 3},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-20T02:00Z partial -> goes: not the last of 2026-11-20 (daily)',
			'2026-11-20T14:00Z partial -> kept: the last of 2026-11-20 (daily, 3 days)',
			'2026-11-22T02:00Z -> kept: the last of 2026-11-22 (daily, 3 days); the newest good one of its source',
		],
	},
	{
		title: 'A burst at the end of a day does not push out the one that it began with',
		rules: {daily: 2},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-21T20:00Z -> goes: not the last of 2026-11-21 (daily)',
			'2026-11-21T23:50Z -> kept: in one burst with the last of 2026-11-21 (daily, 2 days)',
			'2026-11-21T23:53Z -> kept: in one burst with the last of 2026-11-21 (daily, 2 days)',
			'2026-11-21T23:57Z -> kept: the last of 2026-11-21 (daily, 2 days)',
			'2026-11-22T00:01Z -> kept: the last of 2026-11-22 (daily, 2 days); the newest good one of its source',
		],
	},
	{
		title: 'Garbage made apart from it takes the place of one day, and of no other',
		rules: {daily: 3},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-20T02:00Z -> kept: the last of 2026-11-20 (daily, 3 days)',
			'2026-11-21T02:00Z -> goes: not the last of 2026-11-21 (daily)',
			'2026-11-21T23:59Z -> kept: the last of 2026-11-21 (daily, 3 days)',
			'2026-11-22T02:00Z -> kept: the last of 2026-11-22 (daily, 3 days); the newest good one of its source',
		],
	},
	// Time zones
	{
		title: 'Days begin at midnight where the machine is',
		rules: {daily: 2},
		now: '2026-11-22T12:00Z',
		timeZone: 'Asia/Tokyo',
		lines: [
			'2026-11-20T14:59Z -> goes: older than the last 2 days (daily)',
			'2026-11-20T15:00Z -> goes: not the last of 2026-11-21 (daily)',
			'2026-11-21T14:00Z -> kept: the last of 2026-11-21 (daily, 2 days)',
			'2026-11-21T15:00Z -> kept: the last of 2026-11-22 (daily, 2 days); the newest good one of its source',
		],
	},
	{
		title: 'The day of 25 hours: clocks are put back',
		rules: {daily: 2},
		now: '2026-10-26T12:00+01:00',
		timeZone: 'Europe/Berlin',
		lines: [
			'2026-10-24T23:30+02:00 -> goes: older than the last 2 days (daily)',
			'2026-10-25T00:00+02:00 -> goes: not the last of 2026-10-25 (daily)',
			'2026-10-25T02:30+02:00 -> goes: not the last of 2026-10-25 (daily)',
			'2026-10-25T02:30+01:00 -> goes: not the last of 2026-10-25 (daily)',
			'2026-10-25T23:59+01:00 -> kept: the last of 2026-10-25 (daily, 2 days)',
			'2026-10-26T02:00+01:00 -> kept: the last of 2026-10-26 (daily, 2 days); the newest good one of its source',
		],
	},
	{
		title: 'The hour that comes twice is two hours',
		rules: {hourly: 3},
		now: '2026-10-25T03:30+01:00',
		timeZone: 'Europe/Berlin',
		lines: [
			'2026-10-25T01:30+02:00 -> goes: older than the last 3 hours (hourly)',
			'2026-10-25T02:30+02:00 -> kept: the last of 2026-10-25 02:00 (hourly, 3 hours)',
			'2026-10-25T02:30+01:00 -> kept: the last of 2026-10-25 02:00 (hourly, 3 hours)',
			'2026-10-25T03:10+01:00 -> kept: the last of 2026-10-25 03:00 (hourly, 3 hours); the newest good one of its source',
		],
	},
	{
		title: 'The day of 23 hours: clocks are put forward',
		rules: {daily: 2},
		now: '2026-03-30T12:00+02:00',
		timeZone: 'Europe/Berlin',
		lines: [
			'2026-03-28T23:30+01:00 -> goes: older than the last 2 days (daily)',
			'2026-03-29T01:30+01:00 -> goes: not the last of 2026-03-29 (daily)',
			'2026-03-29T03:00+02:00 -> goes: not the last of 2026-03-29 (daily)',
			'2026-03-29T23:30+02:00 -> kept: the last of 2026-03-29 (daily, 2 days)',
			'2026-03-30T02:00+02:00 -> kept: the last of 2026-03-30 (daily, 2 days); the newest good one of its source',
		],
	},
	{
		title: 'Clocks that are put back by half an hour',
		rules: {hourly: 2},
		now: '2026-04-05T02:40+10:30',
		timeZone: 'Australia/Lord_Howe',
		lines: [
			'2026-04-05T00:50+11:00 -> goes: older than the last 2 hours (hourly)',
			'2026-04-05T01:10+11:00 -> goes: not the last of 2026-04-05 01:00 (hourly)',
			'2026-04-05T01:50+11:00 -> kept: the last of 2026-04-05 01:00 (hourly, 2 hours)',
			'2026-04-05T02:20+10:30 -> kept: the last of 2026-04-05 02:00 (hourly, 2 hours); the newest good one of its source',
		],
	},
	{
		title: 'A day that never was takes its place among the last two all the same',
		rules: {daily: 2},
		now: '2011-12-31T12:00+14:00',
		timeZone: 'Pacific/Apia',
		lines: [
			'2011-12-28T02:00-10:00 -> goes: older than the last 2 days (daily)',
			'2011-12-29T02:00-10:00 -> goes: older than the last 2 days (daily)',
			'2011-12-31T02:00+14:00 -> kept: the last of 2011-12-31 (daily, 2 days); the newest good one of its source',
		],
	},
	// Ages
	{
		title: 'All that are younger',
		rules: {withinMs: 36 * hourMs},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-20T23:59Z -> goes: older than 36 hours',
			'2026-11-21T00:00Z -> goes: older than 36 hours',
			'2026-11-21T00:01Z -> kept: younger than 36 hours',
			'2026-11-22T02:00Z -> kept: younger than 36 hours; the newest good one of its source',
		],
	},
	{
		title: 'By class; of a class without a limit none goes',
		rules: {classes: {daily: 7 * dayMs, weekly: 28 * dayMs}},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-10-01T04:00Z class=monthly -> kept: no rule is about class monthly',
			'2026-10-18T03:00Z class=weekly -> goes: older than 28 days (class weekly)',
			'2026-11-01T03:00Z class=weekly -> kept: younger than 28 days (class weekly)',
			'2026-11-15T02:00Z -> goes: older than 7 days (class daily)',
			'2026-11-16T02:00Z -> kept: younger than 7 days (class daily)',
			'2026-11-22T02:00Z -> kept: younger than 7 days (class daily); the newest good one of its source',
		],
	},
	{
		title: 'A class without a limit falls under the other rules, where there are any',
		rules: {classes: {daily: 7 * dayMs}, last: 1},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-01T09:00Z class=manual -> goes: not the last',
			'2026-11-20T02:00Z -> kept: younger than 7 days (class daily)',
			'2026-11-22T02:00Z -> kept: the last; younger than 7 days (class daily); the newest good one of its source',
		],
	},
	{
		title: 'A class of a later version is as any that no rule is about',
		rules: defaultRetention,
		now: '2026-11-22T12:00Z',
		lines: [
			'2020-01-01T02:00Z class=hourly -> kept: no rule is about class hourly',
			'2026-11-22T02:00Z -> kept: younger than 30 days (class daily); the newest good one of its source',
		],
	},
	// Tags, pins and hosts
	{
		title: 'A tag keeps, however old',
		rules: {last: 1, tags: ['keep', 'legal']},
		now: '2026-11-22T12:00Z',
		lines: [
			'2019-01-01T02:00Z tag=legal tag=2019 -> kept: has the tag "legal"',
			'2020-01-01T02:00Z tag=Keep -> goes: not the last',
			'2026-11-22T02:00Z tag=keep -> kept: has the tag "keep"; the last; the newest good one of its source',
		],
	},
	{
		title: 'A pin keeps',
		rules: {last: 1},
		settings: {pins: ['1B88F0A9', 'deadbeefdeadbeef']},
		now: '2026-11-22T12:00Z',
		lines: [
			'2019-01-01T02:00Z id=1b88f0a9c0ffee -> kept: is pinned',
			'2020-01-01T02:00Z id=deadbeef00 -> goes: not the last',
			'2026-11-22T02:00Z -> kept: the last; the newest good one of its source',
		],
	},
	{
		title: 'Snapshots of other hosts are left alone',
		rules: {last: 1},
		now: '2026-11-22T12:00Z',
		lines: [
			'2020-01-01T02:00Z host=web2 -> kept: made on web2, for which these rules are not',
			'2020-01-02T02:00Z host=web2 -> kept: made on web2, for which these rules are not',
			'2026-11-21T02:00Z -> goes: not the last',
			'2026-11-22T02:00Z -> kept: the last; the newest good one of its source',
		],
	},
	{
		title: 'Unless the rules are for them, too: then each host stands alone',
		rules: {last: 1},
		settings: {hosts: ['web2']},
		now: '2026-11-22T12:00Z',
		lines: [
			'2020-01-01T02:00Z host=web2 -> goes: not the last',
			'2020-01-02T02:00Z host=web2 -> kept: the last; the newest good one of its source',
			'2020-01-03T02:00Z host=web3 -> kept: made on web3, for which these rules are not',
			'2026-11-21T02:00Z -> goes: not the last',
			'2026-11-22T02:00Z -> kept: the last; the newest good one of its source',
		],
	},
	{
		title: 'Or for all',
		rules: {last: 1},
		settings: {hosts: 'all'},
		now: '2026-11-22T12:00Z',
		lines: [
			'2020-01-01T02:00Z host=web2 -> kept: the last; the newest good one of its source',
			'2020-01-02T02:00Z host=web3 -> goes: not the last',
			'2020-01-03T02:00Z host=web3 -> kept: the last; the newest good one of its source',
		],
	},
	{
		title: 'A source with rules of its own takes nothing from the common ones',
		rules: {last: 3},
		settings: {sources: {db: {daily: 1}}},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-20T02:00Z source=db -> goes: older than the last day (daily)',
			'2026-11-20T02:00Z source=etc -> kept: one of the last 3; the newest good one of its source',
			'2026-11-21T02:00Z source=db -> goes: older than the last day (daily)',
			'2026-11-22T02:00Z source=db -> kept: the last of 2026-11-22 (daily, 1 day); the newest good one of its source',
		],
	},
	{
		title: 'A source may have a name that objects have a meaning for',
		rules: {last: 1},
		settings: {sources: {}},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-20T02:00Z source=__proto__ -> goes: not the last',
			'2026-11-21T02:00Z source=__proto__ -> kept: the last; the newest good one of its source',
		],
	},
	// Wrong clocks
	{
		title: 'What is dated in the future stays, and counts for nothing',
		rules: {last: 1, daily: 2},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-20T02:00Z -> goes: not the last, older than the last 2 days (daily)',
			'2026-11-21T02:00Z -> kept: the last of 2026-11-21 (daily, 2 days)',
			'2026-11-22T02:00Z -> kept: the last of 2026-11-22 (daily, 2 days); the last; the newest good one of its source',
			'2026-11-22T13:00:00.001Z -> kept: dated in the future: some clock is or was wrong',
			'2036-11-22T02:00Z -> kept: dated in the future: some clock is or was wrong',
		],
	},
	{
		title: 'An hour ahead is no wrong clock, only another machine\'s',
		rules: {last: 1},
		now: '2026-11-22T23:30Z',
		lines: [
			'2026-11-22T02:00Z -> goes: not the last',
			'2026-11-23T00:30Z -> kept: the last; the newest good one of its source',
		],
	},
	{
		title: 'One from the first hour of tomorrow has a day of its own',
		rules: {daily: 1},
		now: '2026-11-22T23:30Z',
		lines: [
			'2026-11-22T02:00Z -> kept: the last of 2026-11-22 (daily, 1 day)',
			'2026-11-23T00:20Z -> kept: the last of 2026-11-23 (daily, 1 day); the newest good one of its source',
		],
	},
	{
		title: 'Nothing but the future: the last good one that there is stays as well',
		rules: {last: 1},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-11-01T02:00Z -> kept: the last good one; the newest good one of its source',
			'2026-11-02T02:00Z partial -> kept: the last; the newest of its source',
			'2030-01-01T02:00Z -> kept: dated in the future: some clock is or was wrong',
			'2030-01-02T02:00Z -> kept: dated in the future: some clock is or was wrong',
		],
	},
	// The last good one
	{
		title: 'The newest good one stays, and the newest',
		rules: {withinMs: dayMs},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-10-01T02:00Z -> goes: older than 1 day',
			'2026-10-02T02:00Z -> kept: the newest good one of its source',
			'2026-10-03T02:00Z partial -> goes: older than 1 day',
			'2026-10-04T02:00Z partial -> kept: the newest of its source',
		],
	},
	{
		title: 'Where none is good, the newest',
		rules: {withinMs: dayMs},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-10-03T02:00Z partial -> goes: older than 1 day',
			'2026-10-04T02:00Z partial -> kept: the newest of its source, of which none is good',
		],
	},
	{
		title: 'A second try within minutes makes a partial one good',
		rules: {withinMs: dayMs},
		now: '2026-11-22T12:00Z',
		lines: [
			'2026-10-03T02:00Z -> goes: older than 1 day',
			'2026-10-04T02:00Z partial -> kept: in one burst with the newest good one of its source',
			'2026-10-04T02:03Z -> kept: the newest good one of its source',
		],
	},
];
