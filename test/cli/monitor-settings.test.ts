import {writeFileSync} from 'node:fs';
import test from 'ava';
import {checkConfig} from '../../source/cli/config.ts';
import {monitorMembers, monitorPolicyOf} from '../../source/cli/monitor-settings.ts';
import {createSystemRuntime, defaultMonitorPolicy, type MonitorPolicy, type Runtime} from '../../source/engine/index.ts';
import {prepareHost} from '../helpers/command-examples.ts';
import {TestHost} from '../helpers/run-coffer.ts';

const hour = 60 * 60 * 1000;
const day = 24 * hour;
const etc = {name: 'etc', paths: ['/etc']};

async function policyOf(value: unknown): Promise<MonitorPolicy> {
	return monitorPolicyOf((await checkConfig(JSON.stringify(value))).config);
}

test('without a word the default limits hold, and they are what a configuration can say', async t => {
	t.deepEqual(await policyOf({}), defaultMonitorPolicy);
	t.deepEqual(monitorPolicyOf(undefined), defaultMonitorPolicy);
	const monitor = monitorMembers(defaultMonitorPolicy);
	t.deepEqual(await policyOf({monitor}), defaultMonitorPolicy);
});

test('what is said holds for all, and what a source says for that one', async t => {
	const policy = await policyOf({
		monitor: {maximumAgeHours: 36, failures: 5, verifyDays: 14, anomalies: 'high', allDataDays: 200, storagePercent: [70, 70], inodesPercent: [1, 100], daysUntilFull: 14.5, spacePercent: 95},
		sources: [etc, {...etc, name: '__proto__', monitor: {maximumAgeHours: 170}}, {...etc, name: 'www', monitor: {failures: 1, verifyDays: 7, anomalies: false}}],
	});
	t.deepEqual(policy, {
		maximumAgeMs: 36 * hour, criticalFailures: 5, unverifiedAfterMs: 14 * day, anomalies: 'high', allDataWithinMs: 200 * day, daysUntilFull: 14.5, spacePercent: 95,
		storagePercent: {warning: 70, critical: 70}, inodesPercent: {warning: 1, critical: 100},
		sources: new Map([
			['__proto__', {maximumAgeMs: 170 * hour, criticalFailures: 5, unverifiedAfterMs: 14 * day, anomalies: 'high'}],
			['www', {maximumAgeMs: 36 * hour, criticalFailures: 1, unverifiedAfterMs: 7 * day, anomalies: false}],
		]),
	});
});

const wrong: ReadonlyArray<readonly [value: unknown, message: RegExp]> = [
	[{monitor: 3}, /^monitor must be an object$/],
	[{monitor: {maximumAge: 3}}, /^monitor\.maximumAge is unknown here \(did you mean "maximumAgeHours"\?\)$/],
	[{monitor: {maximumAgeHours: 0.5}}, /^monitor\.maximumAgeHours must be a number of hours from 1 to 87600$/],
	[{monitor: {maximumAgeHours: '25'}}, /^monitor\.maximumAgeHours must be a number$/],
	[{monitor: {failures: 1.5}}, /^monitor\.failures must be a whole number$/],
	[{monitor: {failures: 0}}, /^monitor\.failures must be a whole number from 1 to 100$/],
	[{monitor: {anomalies: true}}, /^monitor\.anomalies must be false, "low", "normal" or "high"$/],
	[{sources: [{...etc, canaries: []}]}, /^sources\[0\]\.canaries must name at least one file$/],
	[{monitor: {storagePercent: 80}}, /^monitor\.storagePercent must be a list$/],
	[{monitor: {storagePercent: [80]}}, /^monitor\.storagePercent must be two percentages from 1 to 100, that of the warning first, such as \[80, 90\]$/],
	[{monitor: {inodesPercent: [80, 90, 95]}}, /^monitor\.inodesPercent must be two percentages/],
	[{monitor: {storagePercent: [90, 80]}}, /^monitor\.storagePercent must be two percentages/],
	[{monitor: {storagePercent: [80, 101]}}, /^monitor\.storagePercent must be two percentages/],
	[{monitor: {storagePercent: ['80', 90]}}, /^monitor\.storagePercent\[0\] must be a number$/],
	[{sources: [{...etc, monitor: {storagePercent: [80, 90]}}]}, /^sources\[0\]\.monitor\.storagePercent is unknown here$/],
	[{sources: [{...etc, monitor: {verifyDay: 3}}]}, /^sources\[0\]\.monitor\.verifyDay is unknown here \(did you mean "verifyDays"\?\)$/],
	[{sources: [{...etc, monitor: {verifyDays: 4000}}]}, /^sources\[0\]\.monitor\.verifyDays must be a number of days from 1 to 3650$/],
];

for (const [value, message] of wrong) {
	test(`refused with its place: ${JSON.stringify(value)}`, async t => {
		const {problems} = await checkConfig(JSON.stringify(value));
		t.is(problems.length, 1);
		t.regex(problems[0]!.message, message);
		t.regex(problems[0]!.position!, /^line 1, column \d+$/);
	});
}

test('config show: every limit with where it comes from; a source that is late by its own limit is late', async t => {
	const host = new TestHost(t);
	const configure = (monitor: unknown) => {
		writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, monitor: {storagePercent: [98, 99]}, sources: [{name: 'data', paths: [host.path('data')], monitor}]}), {mode: 0o600});
	};

	await prepareHost(host);
	configure({maximumAgeHours: 2});
	const settings = (await host.runHere(['config', 'show', '--json'])).json()[0]!['settings'] as Array<{name: string; value: unknown; from: string}>;
	const shown = new Map(settings.map(({name, value, from}) => [name, [value, from]]));
	t.deepEqual(shown.get('monitor.storagePercent'), [[98, 99], host.configFile]);
	t.deepEqual(shown.get('monitor.maximumAgeHours'), [25, 'default']);
	t.deepEqual(shown.get('sources[0].monitor'), [{maximumAgeHours: 2}, host.configFile]);
	const system = createSystemRuntime();
	const later = Object.create(system, {now: {value: () => system.now() + 3 * hour}}) as Runtime;
	const late = async () => {
		const {alerts} = (await host.runHere(['status', '--json'], {runtime: later})).json()[0] as {alerts: Array<{kind: string; message: string}>};
		return alerts.filter(({kind}) => kind === 'late').map(({message}) => message);
	};

	t.deepEqual(await late(), ['the newest backup is 3 hours old; the limit is 2 hours']);
	configure({maximumAgeHours: 4});
	t.deepEqual(await late(), []);
});
