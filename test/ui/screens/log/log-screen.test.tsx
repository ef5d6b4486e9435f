import {appendFileSync, chmodSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import type {DashboardState, Size} from '../../../../source/ui/model/state.ts';
import type {LogScreen} from '../../../../source/ui/screens/log/state.ts';
import {drawDashboard} from '../../../helpers/drawn-dashboard.tsx';
import {hostileNames} from '../../../helpers/hostile-names.ts';
import {ago} from '../../../helpers/overview-builder.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {assertFrame, screenSizes} from '../../../helpers/screen-assertions.ts';
import {createFolder} from '../../../helpers/source-folder.ts';

const entry = (level: string, message: string, facts: Readonly<Record<string, unknown>> = {}): string => `${JSON.stringify({level, time: ago(60_000), pid: 4711, ...facts, msg: message})}\n`;

const logOf = ({screens}: DashboardState): LogScreen | undefined => screens.find(screen => screen.kind === 'log');

async function draw(t: ExecutionContext, size: Size, content: string | undefined, hasUnicode = false) {
	const folder = createFolder(t, content === undefined ? {} : {'backup.log': content});
	const file = path.join(folder, 'backup.log');
	const drawn = await drawDashboard(t, size, {hasUnicode, log: {folder, write: () => undefined, in: () => ({write: () => undefined})}});
	const {store} = drawn.dashboard;
	return {
		...drawn, file,
		/** Wait until what was read of the log has come to be as it should. */
		async until(isSo: (screen: LogScreen) => boolean) {
			const isDone = () => {
				const screen = logOf(store.state);
				return screen !== undefined && isSo(screen);
			};

			await new Promise<void>(resolve => {
				const unsubscribe = store.subscribe(() => {
					if (isDone()) {
						unsubscribe();
						resolve();
					}
				});
				if (isDone()) {
					unsubscribe();
					resolve();
				}
			});
		},
	};
}

const some = [entry('info', 'backup begins', {subject: 'etc'}), entry('warn', '/etc/secret could not be read', {kind: 'unreadable'}), entry('error', 'backup etc: The disk is full', {code: 'storage-full'}), 'half a li\u001B[31mne\n'].join('');

for (const size of screenSizes) {
	test(`the log at ${size.columns}x${size.rows} shows time, level, message and facts`, async t => {
		const {press, frame, until, file} = await draw(t, size, some + entry('info', 'ends').repeat(100));
		await press('l');
		await until(({lines}) => lines.length === 104);
		const end = await frame();
		assertFrame(t, end, size);
		t.true(end.some(line => line.includes('>') && line.includes('INFO  backup   ends  pid=4711')));
		t.true(end[1]!.includes('following'));
		t.true(end.some(line => line.includes('104/104')));
		t.true(end[1]!.includes(path.dirname(file)));
		await press('g');
		const lines = await frame();
		assertFrame(t, lines, size);
		t.true(lines[1]!.includes('staying, f follows'));
		t.regex(lines[2]!, size.columns >= 120 ? /> 2026-11-2\d \d\d:\d\d:22 INFO/ : /> 11-2\d \d\d:\d\d:22 INFO/);
		t.regex(lines[2]!, /INFO +backup +backup begins +subject=etc pid=4711/);
		t.regex(lines[3]!, /WARN +backup +\/etc\/secret could not be read +kind=unread/);
		t.regex(lines[4]!, /ERROR backup +backup etc: The disk is full +code=storage-fu/);
		t.regex(lines[5]!, /- +backup +half a li\\x1b\[31mne/);
	});
}

test('the log is followed while its screen is open, and not longer', async t => {
	const {press, frame, until, file, clock} = await draw(t, screenSizes[0]!, entry('info', 'one'));
	await press('l');
	await until(({lines}) => lines.length === 1);
	appendFileSync(file, entry('info', 'two'));
	clock.advance(1000);
	await until(({lines}) => lines.length === 2);
	t.true((await frame()).some(line => line.includes('>') && line.includes('two')));
	await press('k');
	appendFileSync(file, entry('info', 'three'));
	clock.advance(1000);
	await until(({lines}) => lines.length === 3);
	const stayed = await frame();
	t.true(stayed.some(line => line.includes('>') && line.includes('one')));
	t.true(stayed.some(line => line.includes('three')));
	await press('f');
	t.true((await frame()).some(line => line.includes('>') && line.includes('three')));
	const {waiting} = clock;
	await press('escape');
	t.is(clock.waiting, waiting - 1);
});

test('the log that is open when the dashboard ends is not looked at any more', async t => {
	const {press, until, dashboard, clock} = await draw(t, screenSizes[0]!, entry('info', 'one'));
	await press('l');
	await until(({isRead}) => isRead);
	await dashboard.close();
	t.is(clock.waiting, 0);
});

test('a missing log says so, and appears with its first line', async t => {
	const {press, frame, until, file, clock} = await draw(t, screenSizes[0]!, undefined);
	await press('l');
	await until(({isRead}) => isRead);
	const lines = await frame();
	assertFrame(t, lines, screenSizes[0]!);
	t.true(lines.join('').includes('There are no logs in'));
	await press('enter');
	t.is((await frame())[22]!.trim(), 'There is no line at the cursor.');
	writeFileSync(file, entry('info', 'the first'));
	clock.advance(1000);
	await until(({lines: read}) => read.length === 1);
	t.true((await frame()).some(line => line.includes('the first')));
	rmSync(file);
	mkdirSync(file);
	clock.advance(1000);
	await until(({problem}) => problem !== undefined);
	const broken = await frame();
	assertFrame(t, broken, screenSizes[0]!);
	t.true(broken.some(line => line.includes('the first')));
	t.true(broken.join(' ').includes('cannot be read'));
});

test('an empty log says so', async t => {
	const {press, frame, until} = await draw(t, screenSizes[0]!, '');
	await press('l');
	t.true((await frame()).some(line => line.includes('Logs ')));
	await until(({isRead}) => isRead);
	t.true((await frame()).join(' ').includes('There are no logs in'));
});

optionalTest(process.getuid?.() === 0 ? 'root may read everything' : undefined, 'a log that may not be read says who may', async t => {
	const {press, frame, until, file} = await draw(t, screenSizes[0]!, 'x\n');
	chmodSync(file, 0);
	await press('l');
	await until(({problem}) => problem !== undefined);
	t.true((await frame()).join(' ').includes('may not be read by this user'));
});

test('a filter shows only lines with its words', async t => {
	const {press, type, frame, until} = await draw(t, screenSizes[0]!, some);
	await press('l');
	await until(({lines}) => lines.length === 4);
	await press('/');
	await type('etc storage');
	await press('enter');
	const lines = await frame();
	t.true(lines[1]!.includes('filter: etc storage'));
	t.true(lines[2]!.includes('The disk is full'));
	t.false(lines[3]!.includes('ERROR') || lines[3]!.includes('INFO'));
	await press('/');
	await type(' nowhere');
	t.true((await frame()).some(line => line.includes('No line matches the filter "etc storage nowhere".')));
	await press('escape');
	t.true((await frame())[2]!.includes('The disk is full'));
});

test('Enter shows all of a line, and a long one is scrolled', async t => {
	const {press, frame, until, dashboard} = await draw(t, screenSizes[0]!, entry('error', `begin ${'word '.repeat(400)} end of it`, {subject: 'etc'}) + some);
	await press('l');
	await until(({lines}) => lines.length === 5);
	await press('k', 'enter');
	const short = await frame();
	assertFrame(t, short, screenSizes[0]!);
	t.true(short.some(line => line.includes('code     storage-full')));
	t.true(short.some(line => line.includes('any key closes')));
	await press('j');
	t.is(dashboard.state.overlay, undefined);
	await press('g', 'enter');
	const top = await frame();
	assertFrame(t, top, screenSizes[0]!);
	t.true(top.some(line => line.includes('begin word')) && top.some(line => line.includes('19/')));
	await press('G');
	const end = await frame();
	assertFrame(t, end, screenSizes[0]!);
	t.true(end.some(line => line.includes('end of it')) && end.some(line => line.includes('subject  etc')));
	await press('j', 'up', 'page-up');
	t.false((await frame()).some(line => line.includes('subject  etc')));
	await press('escape');
	t.is(dashboard.state.overlay, undefined);
	t.like(dashboard.state.screens.at(-1), {kind: 'log'});
});

for (const size of screenSizes) {
	test(`all logs by time at ${size.columns}x${size.rows}, and each alone, by level`, async t => {
		const {press, frame, until, file} = await draw(t, size, entry('info', 'backup begins') + entry('warn', 'half was read'));
		writeFileSync(path.join(path.dirname(file), 'security.log'), entry('error', 'key refused') + entry('info', 'key rotated'));
		writeFileSync(path.join(path.dirname(file), 'coffer.log'), entry('info', 'long ago'));
		await press('l');
		await until(({lines}) => lines.length === 5);
		const all = await frame();
		assertFrame(t, all, size);
		t.deepEqual(all.slice(2, 7).map(line => /(?:INFO|WARN|ERROR) +(?<channel>\w+)/.exec(line)?.groups?.['channel']), ['backup', 'backup', 'backup', 'security', 'security']);
		await press('w');
		const warnings = await frame();
		t.true(warnings[1]!.includes('only warnings and errors'));
		t.deepEqual(warnings.slice(2, 5).map(line => /half was read|key refused/.exec(line)?.[0]), ['half was read', 'key refused', undefined]);
		await press('w', 'c');
		const none = await frame();
		assertFrame(t, none, size);
		t.true(none[1]!.includes('only backup  only errors'));
		t.true(none.some(line => line.includes('No error of backup is among the last 5 lines.')));
		await press('c', 'c', 'c', 'w');
		const security = await frame();
		assertFrame(t, security, size);
		t.true(security[1]!.includes('only security'));
		t.regex(security[2]!, /ERROR key refused/);
		t.regex(security[3]!, /INFO +key rotated/);
		await press('c');
		t.is((await frame())[1], all[1]);
	});
}

for (const hasUnicode of [false, true]) {
	test(`hostile lines steer no terminal and break no line (${hasUnicode ? 'with' : 'without'} Unicode)`, async t => {
		const lines = hostileNames.flatMap(name => [entry('error', name, {[name]: name}), `${name.replaceAll('\n', '')}x\n`, entry(name, 'message')]).join('');
		let frames = 0;
		for (const size of screenSizes.slice(0, 2)) {
			const {press, frame, until} = await draw(t, size, lines, hasUnicode);
			await press('l');
			await until(screen => screen.lines.length === hostileNames.length * 3);
			await press('g');
			for (let row = 0; row < hostileNames.length; row += 2) {
				assertFrame(t, await frame(), size);
				await press('enter');
				assertFrame(t, await frame(), size);
				await press('q', 'j', 'j', 'j', 'j', 'j', 'j');
				frames += 2;
			}
		}

		t.log(`${hostileNames.length * 3} lines, ${frames} frames`);
	});
}
