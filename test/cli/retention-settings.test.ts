import {writeFileSync} from 'node:fs';
import test from 'ava';
import {configSchema} from '../../source/cli/config-schema.ts';
import {defaultClasses, retentionOf} from '../../source/cli/retention-settings.ts';
import {parseSpan} from '../../source/cli/span.ts';
import {defaultRetention} from '../../source/engine/index.ts';
import {prepareHost} from '../helpers/command-examples.ts';
import {TestHost} from '../helpers/run-coffer.ts';

const dayMs = 24 * 60 * 60 * 1000;
const settingsOf = (config: unknown) => retentionOf(configSchema.parse(config));

test('spans: hours, days, weeks, months of 30 days, years of 365', t => {
	t.deepEqual(['1h', '36h', '30d', '12w', '6m', '2y'].map(text => parseSpan(text)! / dayMs), [1 / 24, 1.5, 30, 84, 180, 730]);
	for (const none of ['', 'd', '0d', '-1d', '1.5d', '1 d', '1D', '30', '30min', '٣d', '12345678d']) {
		t.is(parseSpan(none), undefined, none);
	}
});

test('nothing configured: the default, for this host alone', t => {
	t.deepEqual(retentionOf(undefined), {policy: defaultRetention});
	t.deepEqual(settingsOf({}), {policy: defaultRetention});
	t.deepEqual(settingsOf({retention: {}, sources: [{name: 'etc', paths: ['/etc']}]}), {policy: defaultRetention});
	t.deepEqual(settingsOf({retention: {classes: defaultClasses}}), {policy: defaultRetention});
});

test('everything configured', t => {
	const retention = {last: 7, hourly: 24, daily: 7, weekly: 12, monthly: 6, yearly: 2, within: '30d', classes: {daily: '2w'}, tags: ['keep'], hosts: ['web2'], pins: ['1b88f0a9']};
	t.deepEqual(settingsOf({retention}), {
		policy: {last: 7, hourly: 24, daily: 7, weekly: 12, monthly: 6, yearly: 2, withinMs: 30 * dayMs, classes: {daily: 14 * dayMs}, tags: ['keep']},
		hosts: ['web2'],
		pins: ['1b88f0a9'],
	});
	t.deepEqual(settingsOf({retention: {last: 1, hosts: 'all'}}), {policy: {last: 1}, hosts: 'all'});
});

test('a rule replaces the default as a whole; tags, hosts and pins alone leave it as it is', t => {
	t.deepEqual(settingsOf({retention: {daily: 7}}).policy, {daily: 7});
	t.deepEqual(settingsOf({retention: {tags: ['keep'], pins: ['1b88f0a9']}}).policy, {...defaultRetention, tags: ['keep']});
	t.deepEqual(settingsOf({retention: {classes: {}}}).policy, {});
});

test('a source has its own, and takes nothing from the others', t => {
	const sources = [{name: 'etc', paths: ['/etc']}, {name: 'db', kind: 'sqlite', paths: ['/srv/a.db'], retention: {last: 3}}, {name: '__proto__', paths: ['/'], retention: {tags: ['keep']}}];
	const settings = settingsOf({retention: {daily: 7, tags: ['legal']}, sources});
	t.deepEqual(settings.policy, {daily: 7, tags: ['legal']});
	t.deepEqual(Object.entries(settings.sources!), [['db', {last: 3}], ['__proto__', {...defaultRetention, tags: ['keep']}]]);
});

test('config show tells what applies and where it comes from', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const shown = async (config: object) => {
		writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, ...config}));
		const settings = (await host.runHere(['config', 'show', '--json'])).json()[0]!['settings'] as Array<{name: string; value: unknown; from: string}>;
		return settings.filter(({name}) => name.includes('retention')).map(({name, value, from}) => [name, value, from === host.configFile]);
	};

	t.deepEqual(await shown({}), [['retention.classes', defaultClasses, false]]);
	t.deepEqual(await shown({retention: {tags: ['keep']}}), [['retention.classes', defaultClasses, false], ['retention.tags', ['keep'], true]]);
	t.deepEqual(await shown({retention: {daily: 7, within: '2w'}, sources: [{name: 'etc', paths: ['/etc'], retention: {last: 3}}]}), [
		['retention.daily', 7, true],
		['retention.within', '2w', true],
		['sources[0].retention', {last: 3}, true],
	]);
});
