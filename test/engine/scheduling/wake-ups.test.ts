import test from 'ava';
import {getTasks} from 'node-cron';
import {createCronWakeUps} from '../../../source/engine/scheduling/wake-ups.ts';
import {buildJob} from '../../helpers/job-builder.ts';

const ownTasks = () => [...getTasks().values()];

test.serial('node-cron wakes at the time of each job that is switched on, in its zone; nothing is left of it afterwards', async t => {
	const before = ownTasks().length;
	let woken = 0;
	const stop = await createCronWakeUps(t.fail)([
		buildJob('daily', {timeZone: 'Europe/Berlin'}),
		buildJob('monitor', {expression: '*/30 * * * *'}),
		buildJob('off', {isEnabled: false}),
	], () => {
		woken++;
	});
	const tasks = ownTasks().slice(before);
	t.deepEqual(tasks.map(({name}) => name), ['daily', 'monitor']);
	const hour = new Intl.DateTimeFormat('en-GB', {timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit'}).format(tasks[0]!.getNextRun()!);
	t.is(hour, '02:00');
	await tasks[1]!.execute();
	t.is(woken, 1);
	stop();
	t.is(ownTasks().length, before);
});

test.serial('what node-cron cannot read is told, and does not stand in the way of the others', async t => {
	const before = ownTasks().length;
	const told: string[] = [];
	const stop = await createCronWakeUps(message => {
		told.push(message);
	})([buildJob('nickname', {expression: '@fortnightly'}), buildJob('daily')], t.fail);
	t.deepEqual(ownTasks().slice(before).map(({name}) => name), ['daily']);
	t.is(told.length, 1);
	t.regex(told[0]!, /^node-cron: nickname: /);
	stop();
});

test.serial('taken up and let go a hundred times: nothing adds up', async t => {
	const before = ownTasks().length;
	for (let round = 0; round < 100; round++) {
		const stop = await createCronWakeUps(t.fail)([buildJob('daily'), buildJob('monitor', {expression: '*/30 * * * *'})], t.fail);
		stop();
	}

	t.is(ownTasks().length, before);
});
