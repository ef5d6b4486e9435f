import {writeFileSync} from 'node:fs';
import test from 'ava';
import {keyAges} from '../../source/cli/key-settings.ts';
import {prepareHost} from '../helpers/command-examples.ts';
import {createForwardClock} from '../helpers/forward-clock.ts';
import {TestHost} from '../helpers/run-coffer.ts';

test('a warning keeps its distance to the day of the rotation where only that is given', t => {
	t.deepEqual([{}, {rotateAfterDays: 30}, {rotateAfterDays: 5}, {warnAfterDays: 60}, {warnAfterDays: 7, rotateAfterDays: 14}].map(ages => keyAges(ages)), [
		{rotateAfterDays: 90, warnAfterDays: 80},
		{rotateAfterDays: 30, warnAfterDays: 20},
		{rotateAfterDays: 5, warnAfterDays: 1},
		{rotateAfterDays: 90, warnAfterDays: 60},
		{rotateAfterDays: 14, warnAfterDays: 7},
	]);
});

test('what the configuration says of ages counts in key status and in alerts, and config show tells where it comes from', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, keys: {rotateAfterDays: 14}}));
	const shown = (await host.runHere(['config', 'show', '--json'])).json()[0]!['settings'] as Array<{name: string; value: unknown; from: string}>;
	t.deepEqual(shown.filter(({name}) => name.startsWith('keys.')).map(({name, value, from}) => [name, value, from === host.configFile]), [
		['keys.rotateAfterDays', 14, true],
		['keys.warnAfterDays', 4, false],
		['keys.rotate', 'manual', false],
		['keys.reencrypt', false, false],
	]);
	const clock = createForwardClock();
	for (const [days, age, severity] of [[3, 'ok', undefined], [5, 'warn', 'warning'], [15, 'due', 'critical']] as const) {
		clock.forward((days * 24 * 60 * 60 * 1000) - (clock.runtime.now() - Date.now()));
		t.like((await host.runHere(['key', 'status', '--json'], {runtime: clock.runtime})).json()[0], {age, rotateAfterDays: 14, warnAfterDays: 4});
		const {alerts} = (await host.runHere(['status', '--json'], {runtime: clock.runtime})).json()[0] as unknown as {alerts: Array<{kind: string; severity: string}>};
		t.is(alerts.find(({kind}) => kind === 'key-age')?.severity, severity);
	}
});
