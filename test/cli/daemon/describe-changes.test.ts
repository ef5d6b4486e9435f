import test from 'ava';
import {describeChanges} from '../../../source/cli/daemon/describe-changes.ts';
import type {Schedule, ScheduleState} from '../../../source/engine/index.ts';
import {buildJob} from '../../helpers/job-builder.ts';

function schedule(change: Partial<Schedule> = {}, url = '/srv/backup'): Schedule {
	const state: Pick<ScheduleState, 'url'> = {url};
	return {jobs: [buildJob('daily'), buildJob('verify', {kind: 'verify', parts: 30})], sources: ['etc', 'www'], state: state as ScheduleState, ...change};
}

test('what another configuration changes, in words', t => {
	const before = schedule();
	t.deepEqual(describeChanges(before, schedule()), []);
	t.deepEqual(describeChanges(before, schedule({
		jobs: [buildJob('daily', {expression: '0 3 * * *', timeZone: 'Europe/Berlin'}), buildJob('verify', {kind: 'verify', parts: 7, niceness: 0}), buildJob('mine')],
		sources: ['etc', 'db'],
	}, '/srv/other')), [
		'the repository is /srv/other, not /srv/backup',
		'the source db is new',
		'the source www is gone',
		'daily runs at "0 3 * * *" Europe/Berlin, not at "0 2 * * *" UTC',
		'verify is changed (niceness, parts)',
		'mine is new',
	]);
	t.deepEqual(describeChanges(before, schedule({jobs: [buildJob('daily', {isEnabled: false})]})), ['daily is switched off', 'verify is gone']);
	t.deepEqual(describeChanges(schedule({jobs: [buildJob('daily', {bytesPerSecond: 1e6})]}), schedule({jobs: [buildJob('daily')]})), ['daily is changed (bytesPerSecond)']);
});
