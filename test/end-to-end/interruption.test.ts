import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {randomBytes} from 'node:crypto';
import path from 'node:path';
import test from 'ava';
import {TestHost} from '../helpers/run-coffer.ts';

function makeLargeTree(folder: string): void {
	mkdirSync(folder);
	for (let number = 0; number < 60; number++) {
		writeFileSync(path.join(folder, String(number)), randomBytes(2_000_000));
	}
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	test.serial(`${signal} in the middle of a backup: exit code 130, no snapshot, nothing left behind, and the next run succeeds`, async t => {
		const host = new TestHost(t);
		makeLargeTree(host.path('data'));
		host.run(['init']);
		const {child, ended} = host.start(['backup', host.path('data'), '--json']);
		child.stdout!.on('data', (text: string) => {
			if (text.includes('"phase":"reading"') && !child.killed) {
				child.kill(signal);
			}
		});
		const {code, stderr} = await ended;
		t.is(code, 130, stderr);
		t.like(JSON.parse(stderr) as object, {event: 'error', code: 'aborted'});
		t.deepEqual(host.run(['snapshots', '--json']).json(), [[]] as never);
		t.deepEqual(readdirSync(path.join(host.repository, 'writers')), []);
		t.deepEqual(readdirSync(path.join(host.repository, 'tmp')), []);
		const status = host.run(['status', '--json']).json()[0]!['sources'] as object[];
		t.like(status[0], {state: 'never', lastOutcome: 'interrupted'});
		t.is(host.run(['backup', host.path('data')]).code, 0);
		t.is(host.run(['verify', '--read-data']).code, 0);
	});
}

test.serial('a reader that goes away does not end a backup', async t => {
	const host = new TestHost(t);
	makeLargeTree(host.path('data'));
	host.run(['init']);
	const {child, ended} = host.start(['backup', host.path('data'), '--json']);
	child.stdout!.once('data', () => {
		child.stdout!.destroy();
	});
	const {code, stderr} = await ended;
	t.is(code, 0, stderr);
	t.is(stderr, '');
	t.is(host.run(['snapshots', '--json']).json()[0]!['length'], 1);
	t.regex(readFileSync(host.logFile, 'utf8'), /"level":"info".*"backup ends"/);
});
