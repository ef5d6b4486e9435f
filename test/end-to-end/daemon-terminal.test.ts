import process from 'node:process';
import {DaemonHost} from '../helpers/daemon-host.ts';
import {Keyboard} from '../helpers/keyboard.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {isAlive, until} from '../helpers/processes.ts';
import {ptyLack} from '../helpers/pty.ts';
import {startCoffer} from '../helpers/terminal.ts';

optionalTest(ptyLack, 'the terminal of a daemon is closed: it reads its configuration again and goes on, and ends cleanly when it is told to', async t => {
	const host = new DaemonHost(t);
	await host.prepare();
	const terminal = startCoffer(t, host, ['daemon'], {columns: 200, rows: 24});
	await terminal.waitFor('daily: 1 source');
	const {pid} = host.readSchedule().holder()!.process;
	terminal.hangUp();
	t.true(isAlive(pid));
	t.is(host.run(['daemon']).code, 11, 'it holds the schedule still');
	process.kill(pid, 'SIGTERM');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
	t.is(host.readSchedule().holder(), undefined);
});

optionalTest(ptyLack, 'a dashboard holds the schedule, and is left while a job runs: that goes on, and the next one may hold it', async t => {
	const host = new DaemonHost(t);
	await host.prepare(['gate']);
	const terminal = startCoffer(t, host, [], {columns: 120, rows: 36});
	await terminal.waitFor(/gate/);
	const keyboard = new Keyboard(terminal);
	await keyboard.press('c', /Next 24 h/);
	await keyboard.press('H', 'Start the jobs when they are due, as long as this dashboard is open?');
	await keyboard.press('y', 'The schedule is held here');
	await host.gateReached();
	t.like(host.readSchedule().holder(), {kind: 'dashboard'});
	const [run] = host.readSchedule().runs();
	t.like(run, {job: 'daily', trigger: 'dashboard', end: undefined});
	t.is(host.run(['daemon']).code, 11);

	await keyboard.press('escape', /q quit$/);
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null}, 'nothing is asked: the job loses nothing');
	t.is(host.readSchedule().holder(), undefined);
	t.true(isAlive(run!.process.pid));
	host.openGate();
	await until('the job has ended by itself', () => !isAlive(run!.process.pid));
	t.like(host.readSchedule().runs(), [{job: 'daily', end: {outcome: 'ok', code: 0}}]);
	t.is(host.run(['snapshots', '--json']).json()[0]!.length, 1);
});
