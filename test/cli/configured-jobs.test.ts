import test from 'ava';
import {checkConfig} from '../../source/cli/config.ts';
import {jobsOf} from '../../source/cli/configured-jobs.ts';
import {ownTimeZone} from '../../source/engine/index.ts';

const sources = [{name: 'etc', paths: ['/etc']}, {name: 'www', paths: ['/srv/www']}];

async function jobsFrom(schedule: unknown, more: Record<string, unknown> = {}) {
	const {config, problems} = await checkConfig(JSON.stringify({sources, schedule, ...more}));
	if (config === undefined) {
		throw new Error(problems.map(({message}) => message).join('; '));
	}

	return jobsOf(config);
}

test('without a word in the configuration the jobs are the usual ones', t => {
	const jobs = jobsOf(undefined);
	const byName = Object.fromEntries(jobs.map(job => [job.name, job]));
	t.deepEqual(jobs.filter(({kind}) => kind === 'backup').map(({name, expression}) => [name, expression]), [['daily', '0 2 * * *'], ['weekly', '0 3 * * 0'], ['monthly', '0 4 1 * *']]);
	t.deepEqual(byName['weekly'], {
		name: 'weekly', kind: 'backup', expression: '0 3 * * 0', timeZone: ownTimeZone(), isEnabled: true, jitterMs: 0, catchesUp: true, overlap: 'skip', niceness: 10, ioPriority: 'low', class: 'weekly',
	});
	t.like(byName['verify'], {kind: 'verify', parts: 30});
	t.like(byName['rotate'], {kind: 'rotate', isEnabled: false});
	t.like(byName['monitor'], {expression: '*/30 * * * *', catchesUp: false, niceness: 0, ioPriority: 'normal'});
	t.true(jobsOf({keys: {rotate: 'automatic'}}).find(({name}) => name === 'rotate')!.isEnabled);
});

test('a job that is there by itself is changed by its name; another one says what it does and when', async t => {
	const jobs = await jobsFrom({timeZone: 'Europe/Berlin', jobs: {
		daily: {cron: '@daily', jitterMinutes: 30, limits: {minutes: 240, bandwidth: '20M'}, overlap: 'wait', nice: 5, ionice: 'idle'},
		weekly: {enabled: false, timeZone: 'UTC'},
		verify: {parts: 7, catchUp: false},
		'web-often': {do: 'backup', cron: '*/15 * * * *', sources: ['www'], class: 'manual'},
		rotate: {enabled: true},
	}});
	const find = (name: string) => jobs.find(job => job.name === name)!;
	t.like(find('daily'), {
		expression: '@daily', timeZone: 'Europe/Berlin', jitterMs: 1_800_000, timeLimitMs: 14_400_000, bytesPerSecond: 20_000_000, overlap: 'wait', niceness: 5, ioPriority: 'idle', isEnabled: true,
	});
	t.like(find('weekly'), {isEnabled: false, timeZone: 'UTC', class: 'weekly', expression: '0 3 * * 0'});
	t.like(find('verify'), {parts: 7, catchesUp: false});
	t.like(find('web-often'), {kind: 'backup', sources: ['www'], class: 'manual', niceness: 10});
	t.true(find('rotate').isEnabled);
	t.is(jobs.at(-1)!.name, 'web-often');
});

const wrong: ReadonlyArray<readonly [schedule: unknown, message: string | RegExp, position?: string]> = [
	[{jobs: {daily: {cron: '0 25 * * *'}}}, 'schedule.jobs.daily.cron is no cron expression: the hour must be from 0 to 23, not "25"'],
	[{jobs: {daily: {cron: '0 2 * *'}}}, /daily\.cron is no cron expression: it has five fields .*, not 4$/],
	[{jobs: {daily: {cron: 2}}}, 'schedule.jobs.daily.cron must be a text'],
	[{jobs: {daily: {crom: '0 2 * * *'}}}, 'schedule.jobs.daily.crom is unknown here (did you mean "cron"?)'],
	[{job: {}}, 'schedule.job is unknown here (did you mean "jobs"?)'],
	[{jobs: {daily: {limits: {minute: 5}}}}, 'schedule.jobs.daily.limits.minute is unknown here (did you mean "minutes"?)'],
	[{jobs: {daily: {limits: {bandwidth: 'fast'}}}}, /limits\.bandwidth must be an amount a second/],
	[{jobs: {daily: {sources: ['etc', 'wwww']}}}, 'schedule.jobs.daily.sources[1] is no source of this configuration: "wwww" (did you mean "www"?)'],
	[{jobs: {daily: {sources: []}}}, /daily\.sources must name at least one source/],
	[{jobs: {daily: {timeZone: 'Europe/Berlim'}}}, 'schedule.jobs.daily.timeZone must be the name of a time zone such as "Europe/Berlin", not "Europe/Berlim" (did you mean "Europe/Berlin"?)'],
	[{timeZone: '+02:00'}, /^schedule\.timeZone must be the name of a time zone/],
	[{jobs: {daily: {do: 'verify'}}}, /daily\.do must be "backup": "daily" is a job that is there by itself/],
	[{jobs: {dialy: {cron: '0 2 * * *'}}}, 'schedule.jobs.dialy.do is missing: "dialy" is a job of your own (did you mean "daily"?)'],
	[{jobs: {web: {do: 'backup'}}}, /^schedule\.jobs\.web\.cron is missing: "web" is a job of your own/],
	[{jobs: {verify: {class: 'daily'}}}, 'schedule.jobs.verify.class is for jobs that do "backup"; this one does "verify"'],
	[{jobs: {'a b': {do: 'verify', cron: '0 2 * * *'}}}, /^schedule\.jobs\.a b is no name of a job/],
	[{jobs: {'../x': {do: 'verify', cron: '0 2 * * *'}}}, /is no name of a job/],
	[{jobs: {daily: {nice: 20}}}, 'schedule.jobs.daily.nice must be a whole number from 0 to 19'],
	[{jobs: {daily: {enabled: 'yes'}}}, 'schedule.jobs.daily.enabled must be true or false'],
	[{jobs: {daily: {overlap: 'stop'}}}, 'schedule.jobs.daily.overlap must be one of "skip", "wait"'],
	[{jobs: []}, 'schedule.jobs must be an object'],
	[[], 'schedule must be an object'],
];

for (const [schedule, message] of wrong) {
	test(`refused, with its place: ${JSON.stringify(schedule)}`, async t => {
		const {problems} = await checkConfig(JSON.stringify({sources, schedule}, undefined, '\t'));
		t.is(problems.length, 1);
		if (typeof message === 'string') {
			t.is(problems[0]!.message, message);
		} else {
			t.regex(problems[0]!.message, message);
		}

		t.regex(problems[0]!.position!, /^line \d+, column \d+$/);
	});
}

test('names that JavaScript knows are no jobs', async t => {
	for (const name of ['__proto__', 'constructor', 'toString']) {
		const {problems} = await checkConfig(`{"schedule": {"jobs": {"${name}": {"enabled": true}}}}`);
		t.true(problems.length > 0, name);
	}
});
