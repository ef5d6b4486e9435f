import {once} from 'node:events';
import {renameSync} from 'node:fs';
import {isWholeFrame} from '../helpers/dashboard-frame.ts';
import {growSource, openAtRest} from '../helpers/dashboard-at-work.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {ptyLack} from '../helpers/pty.ts';

optionalTest(ptyLack, 'a backup in another process is seen while it runs and when it has ended, without a key', async t => {
	const {host, terminal} = await openAtRest(t);
	const finish = growSource(host);
	const {child, ended} = host.start(['backup', '--json']);
	t.teardown(() => {
		child.kill('SIGKILL');
	});
	// It has begun; it stands still until it was seen.
	await once(child.stdout!, 'data');
	child.kill('SIGSTOP');
	const seen = await terminal.waitFor(`process ${child.pid}`);
	t.regex(seen, /data +RUN/);
	t.regex(seen, /backup data/);
	finish();
	child.kill('SIGCONT');
	t.is((await ended).code, 0);
	await terminal.waitFor(/data +OK +now/);
	await terminal.waitFor(({text}) => !text.includes(`process ${child.pid}`));
	t.true(isWholeFrame(terminal), terminal.text);

	// One that is killed is not shown as running for ever.
	growSource(host);
	const killed = host.start(['backup', '--json']);
	await once(killed.child.stdout!, 'data');
	killed.child.kill('SIGSTOP');
	await terminal.waitFor(`process ${killed.child.pid}`);
	killed.child.kill('SIGKILL');
	await killed.ended;
	await terminal.waitFor(({text}) => !text.includes(`process ${killed.child.pid}`) && !/data +RUN/.test(text));
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
});

optionalTest(ptyLack, 'a repository that goes away: OFFLINE, the old data dimmed, what is asked for says so; and back again', async t => {
	const {host, terminal, keyboard} = await openAtRest(t);
	const isDim = () => {
		const y = terminal.screen().findIndex(line => /data +LATE/.test(line));
		const x = terminal.screen()[y]!.indexOf('LATE');
		return terminal.cells()[y]![x]!.isDim;
	};

	t.false(isDim());
	renameSync(host.repository, host.path('elsewhere'));
	await terminal.waitFor(/^ coffer .* OFFLINE \d+s /);
	t.true(isDim());
	t.true(isWholeFrame(terminal), terminal.text);
	await keyboard.press('r', '> restore data');
	await keyboard.press('enter', /cannot be reached|no repository/i);
	t.true(isWholeFrame(terminal), terminal.text);
	await keyboard.press('q', '1 Snapshot]');
	await keyboard.press('q', /q quit$/);
	await keyboard.press('b', 'Back up "data" now?');
	await keyboard.press('y', /backup data failed: There is no repository/);
	renameSync(host.path('elsewhere'), host.repository);
	await keyboard.press('R', ({text}) => /^ coffer .* data \ds /.test(text) && !text.includes('OFFLINE'));
	t.false(isDim());
	await keyboard.press('b', 'Back up "data" now?');
	await keyboard.press('y', /backup data: 1 file/);
	await terminal.waitFor(/data +OK +now/);
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
});
