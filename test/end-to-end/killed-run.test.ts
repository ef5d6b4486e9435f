import {randomBytes} from 'node:crypto';
import test from 'ava';
import type {Activity} from '../../source/engine/index.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {writeLayout} from '../helpers/source-folder.ts';

test('a run in another process: status shows it while it runs; killed, it becomes a run that failed, with the reason', async t => {
	const host = new TestHost(t);
	writeLayout(host.path('data'), Object.fromEntries(Array.from({length: 60}, (_, number) => [String(number), randomBytes(2_000_000)])));
	host.run(['init']);
	t.is(host.run(['backup', host.path('data')]).code, 0);
	writeLayout(host.path('data'), Object.fromEntries(Array.from({length: 60}, (_, number) => [String(number), randomBytes(2_000_000)])));
	const {child, ended} = host.start(['backup', host.path('data'), '--json']);
	let activities: Activity[] = [];
	child.stdout!.on('data', (text: string) => {
		if (text.includes('"phase":"reading"') && !child.killed) {
			// It stands still while somebody looks.
			child.kill('SIGSTOP');
			activities = host.run(['status', '--json']).json()[0]!['activities'] as Activity[];
			child.kill('SIGKILL');
		}
	});
	await ended;
	t.like(activities[0], {kind: 'backup', subject: host.path('data'), process: {pid: child.pid!}});
	const status = host.run(['status', '--json']).json()[0]!;
	t.deepEqual(status['activities'], []);
	const [source] = status['sources'] as Array<Record<string, unknown>>;
	t.like(source, {state: 'failed', lastOutcome: 'failed'});
	t.regex(source!['lastError'] as string, /was killed or the machine went down/);
	t.deepEqual((source!['runs'] as Array<{outcome: string}>).map(({outcome}) => outcome), ['ok', 'failed']);
	const {code, stdout} = host.run(['status']);
	t.is(code, 0, 'alerts are no failure of the command');
	t.regex(stdout, /^FAIL /m);
	const lines = stdout.split('\n');
	const alert = lines.findIndex(line => line.includes('data: the last backup'));
	t.regex(lines[alert]!, /^warning .*data: the last backup failed; the newest good one is \d+ minutes? old \(seen first: now\)$/);
	t.regex(lines[alert + 1]!, /^ {2}why: The run was killed/);
	t.regex(lines[alert + 2]!, /^ {2}do: {2}mend what the cause names, then run "coffer backup" with its paths$/);
	t.is(host.run(['backup', host.path('data')]).code, 0);
	// The disk of the tests' own machine may be full.
	const alerts = host.run(['status', '--json']).json()[0]!['alerts'] as Array<{kind: string}>;
	t.deepEqual(alerts.filter(({kind}) => kind !== 'storage'), []);
});
