import {lstatSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {Job} from '../../source/engine/index.ts';
import {changeJob} from '../../source/cli/config-schedule.ts';
import {loadConfig} from '../../source/cli/config.ts';
import {jobsOf} from '../../source/cli/configured-jobs.ts';
import type {Paths} from '../../source/cli/paths.ts';
import {createRealRuntime} from '../helpers/system-runtime.ts';

const text = `{
  "repository": "/srv/coffer",   "key": {"file": "/etc/coffer/key"},
  "sources": [ {"name": "etc", "paths": ["/etc"]} ],
  "schedule": {
    "jobs": {
      "daily": { "cron": "0 2 * * *" }
    }
  }
}
`;

type Scene = {readonly file: string; readonly context: Parameters<typeof changeJob>[0]; readonly read: () => string; readonly job: (name: string) => Promise<Job>};

function begin(t: ExecutionContext, content = text): Scene {
	const folder = mkdtempSync(path.join(tmpdir(), 'coffer-schedule-'));
	t.teardown(() => {
		rmSync(folder, {recursive: true, force: true});
	});
	const file = path.join(folder, 'config.json');
	writeFileSync(file, content, {mode: 0o600});
	return {
		file, context: {paths: {configFile: file} as unknown as Paths, runtime: createRealRuntime()}, read: () => readFileSync(file, 'utf8'),
		job: async name => jobsOf(await loadConfig(file, {isNamed: true})).find(job => job.name === name)!,
	};
}

test('only the expression is another one afterwards: every other byte stays, and the file is private', async t => {
	const {file, context, read, job} = begin(t);
	await changeJob(context, await job('daily'), {expression: '30 3 * * 1-5'});
	t.is(read(), text.replace('0 2 * * *', '30 3 * * 1-5'));
	t.is((await job('daily')).expression, '30 3 * * 1-5');
	t.is(statSync(file).mode & 0o777, 0o600);
	t.deepEqual(readdirSync(path.dirname(file)), ['config.json']);
});

test('a job that is there by itself is added with what is changed of it', async t => {
	const {context, read, job} = begin(t);
	await changeJob(context, await job('verify'), {isEnabled: false});
	t.is(read(), text.replace('{ "cron": "0 2 * * *" }\n', '{ "cron": "0 2 * * *" },\n      "verify": {\n        "enabled": false\n      }\n'));
	const verify = await job('verify');
	t.false(verify.isEnabled);
	await changeJob(context, verify, {isEnabled: true});
	t.true((await job('verify')).isEnabled);
});

test('a configuration without a schedule gets one', async t => {
	const {context, read, job} = begin(t, '{"repository": "/srv/coffer"}');
	await changeJob(context, await job('daily'), {expression: '@hourly'});
	t.is(read(), '{"repository": "/srv/coffer", "schedule": {"jobs": {"daily": {"cron": "@hourly"}}}}');
});

test('a job that somebody else has changed is left as it is; another change of the file is kept', async t => {
	const {file, context, read, job} = begin(t);
	const shown = await job('daily');
	const other = text.replace('0 2 * * *', '5 5 * * *');
	writeFileSync(file, other);
	await t.throwsAsync(changeJob(context, shown, {expression: '0 1 * * *'}), {code: 'state-failed', message: /"daily" was changed in .* by somebody else meanwhile/});
	t.is(read(), other);

	const renamed = text.replace('"etc", ', '"etc-2", ');
	writeFileSync(file, renamed);
	await changeJob(context, shown, {expression: '0 1 * * *'});
	t.is(read(), renamed.replace('0 2 * * *', '0 1 * * *'));
});

test('what is wrong is not written: an expression that is none, a configuration that cannot be used, one that has gone', async t => {
	const {file, context, read, job} = begin(t);
	const shown = await job('daily');
	await t.throwsAsync(changeJob(context, shown, {expression: '0 25 * * *'}), {code: 'configuration-invalid', message: /schedule\.jobs\.daily\.cron is no cron expression: the hour/});
	t.is(read(), text);
	writeFileSync(file, '{');
	await t.throwsAsync(changeJob(context, shown, {isEnabled: false}), {code: 'configuration-invalid', message: /not valid JSON/});
	t.is(read(), '{');
	rmSync(file);
	await t.throwsAsync(changeJob(context, shown, {isEnabled: false}), {code: 'state-failed', message: /There is no configuration/});
	t.deepEqual(readdirSync(path.dirname(file)), []);
});

test('a link to the configuration stays one', async t => {
	const {file, context, job} = begin(t);
	const real = `${file}.real`;
	renameSync(file, real);
	symlinkSync(real, file);
	await changeJob(context, await job('daily'), {isEnabled: false});
	t.true(lstatSync(file).isSymbolicLink());
	t.regex(readFileSync(real, 'utf8'), /"enabled": false/);
});
