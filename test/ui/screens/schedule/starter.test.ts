import process from 'node:process';
import test from 'ava';
import type {ScheduleHolder} from '../../../../source/engine/index.ts';
import {jobWord} from '../../../../source/ui/screens/schedule/job-words.ts';
import {starterOf} from '../../../../source/ui/screens/schedule/starter.ts';
import {ago, dayMs, nowMs} from '../../../helpers/overview-builder.ts';
import {buildJob, buildJobOverview, buildRun, buildSchedule} from '../../../helpers/schedule-builder.ts';

process.env['TZ'] = 'UTC';
const hourMs = 60 * 60 * 1000;
const holder = (kind: ScheduleHolder['kind'], pid: number): ScheduleHolder => ({kind, process: {host: 'vault01', bootId: 'boot', pid, startTicks: 1}, since: ago(3 * hourMs)});
const once = (agoMs: number, trigger: 'timer' | 'hand' | 'daemon') => ({jobs: [buildJobOverview(buildJob('daily'), {runs: [buildRun('daily', 'ok', {agoMs, trigger})]})]});

test('who holds the schedule starts the jobs, whatever was before', t => {
	const daemon = starterOf(buildSchedule({holder: holder('daemon', 812)}), nowMs);
	t.is(daemon.kind, 'daemon');
	t.is(daemon.text, 'the daemon, process 812, since 3h');
	t.is(starterOf(buildSchedule({holder: holder('dashboard', 1)}), nowMs).text, 'another dashboard, process 1, since 3h');
	t.is(starterOf(buildSchedule({holder: holder('dashboard', process.pid)}), nowMs).kind, 'here');
});

test('cron and systemd are known by what they started in this slot or the one before', t => {
	t.is(starterOf(once(12 * hourMs, 'timer'), nowMs).kind, 'timer');
	t.is(starterOf(once(1.4 * dayMs, 'timer'), nowMs).kind, 'timer');
	t.is(starterOf(once(1.6 * dayMs, 'timer'), nowMs).kind, 'nothing');
	t.is(starterOf(once(12 * hourMs, 'hand'), nowMs).kind, 'nothing');
	t.is(starterOf(once(12 * hourMs, 'daemon'), nowMs).kind, 'nothing', 'a daemon that has ended starts nothing more');
});

test('nothing is missing where no job is switched on', t => {
	t.is(starterOf({jobs: []}, nowMs).kind, 'not-needed');
	t.is(starterOf({jobs: [buildJobOverview(buildJob('daily', {isEnabled: false}))]}, nowMs).kind, 'not-needed');
});

test('one word for how a job stands', t => {
	const word = (outcomes: ReadonlyArray<Parameters<typeof buildRun>[1]>, change: Parameters<typeof buildJobOverview>[1] = {}, isEnabled = true): string => jobWord(buildJobOverview(buildJob('daily', {isEnabled}), {runs: outcomes.map((outcome, index) => buildRun('daily', outcome, {agoMs: (10 - index) * hourMs})), ...change}), nowMs)[0];
	t.deepEqual([word([]), word(['ok']), word(['ok', 'partial']), word(['ok', 'failed']), word(['interrupted']), word(['skipped']), word(['ok', undefined])], ['NEW', 'OK', 'WARN', 'FAIL', 'STOP', 'SKIP', 'RUN']);
	t.deepEqual([word(['ok'], {nextRun: ago(1)}), word(['failed'], {nextRun: ago(1)}), word([], {nextRun: ago(1)}), word(['failed'], {}, false)], ['DUE', 'FAIL', 'DUE', 'OFF']);
});
