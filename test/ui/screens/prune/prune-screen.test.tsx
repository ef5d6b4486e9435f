import process from 'node:process';
import test from 'ava';
import {CofferError} from '../../../../source/engine/index.ts';
import {paste} from '../../../../source/ui/press-key.ts';
import {buildDecision, buildPruneSummary, drawPrune, type DrawnPrune} from '../../../helpers/drawn-prune.tsx';
import {buildActivity} from '../../../helpers/overview-builder.ts';
import {assertFrame, assertScreen, screenSizes} from '../../../helpers/screen-assertions.ts';

process.env['TZ'] = 'UTC';
const [small, large] = screenSizes;

/** Open the screen, and let it find out what a prune would do. */
async function preview({press, asked, settle}: DrawnPrune, summary = buildPruneSummary()): Promise<void> {
	await press('P');
	asked.at(-1)!.answer(summary);
	await settle();
}

/** Type the word, and begin. */
async function confirm({press, type}: DrawnPrune): Promise<void> {
	await press('enter');
	await type('prune');
	await press('enter');
}

for (const size of screenSizes) {
	for (const hasUnicode of [false, true]) {
		test(`from the preview to what is freed, at ${size.columns}x${size.rows}${hasUnicode ? '' : ', ASCII'}`, async t => {
			const drawn = await drawPrune(t, size, {hasUnicode});
			const {frame, press, asked, settle, clock} = drawn;
			const look = async (...parts: ReadonlyArray<RegExp | string>) => {
				const lines = await frame();
				assertScreen(t, lines, size);
				const shown = lines.join('\n');
				for (const part of parts) {
					t.true(typeof part === 'string' ? shown.includes(part) : part.test(shown), `${part}\n${shown}`);
				}
			};

			await press('P');
			t.deepEqual(asked[0]!.request, {isDryRun: true, retention: {policy: {last: 7}}});
			await look('> prune', 'Finding out what can go; nothing is changed');
			asked[0]!.tell({event: 'progress', phase: 'reading', files: 10, bytes: 4_000_000, totalFiles: 40, totalBytes: 16_000_000, rate: 1_000_000});
			clock.advance(1000);
			await settle();
			await look('reading  4.0 MB of 16 MB');
			asked[0]!.answer(buildPruneSummary({packs: {total: 40, removed: 12, rewritten: 2, waiting: 3}, waitingBytes: 5_000_000, waitingFor: 'process 812 on web1', deadBytes: 30_000_000}));
			await settle();
			await look(
				/forgets +3 snapshots, 12 stay/, /frees +1\.2 GB: 12 of 40 packs, 2 of them written anew \(40 MB\)/, /waits +5\.0 MB in 3 packs for process 812 on web1/, /stays +30 MB that nothing needs/, /SOURCE +KEPT +GO/, /etc +3 +2 /, /home +4 +1 /, /www +5 +0 /, /keep +etc +2026-10-27/, /GOES +etc +2026-10-21/, 'Snapshots 15', /kept:? +younger than 30/,
			);
			await press('f');
			await look('Snapshots 3', 'only what goes', /GOES +home +2026-10-20/);
			await press('/');
			await drawn.type('home');
			await press('enter');
			await look('Snapshots 1', 'filter: home');

			await confirm(drawn);
			t.deepEqual(asked[1]!.request, {retention: {policy: {last: 7}}});
			await look('Esc leaves it running  x stops it safely');
			asked[1]!.tell({event: 'progress', phase: 'writing', files: 1, bytes: 10_000_000, totalFiles: 2, totalBytes: 40_000_000, rate: 5_000_000});
			clock.advance(2000);
			await settle();
			await look('25%', '10 MB of 40 MB');
			asked[1]!.answer(buildPruneSummary({isDryRun: false, freedBytes: 1_190_000_000}));
			await settle();
			await look('Prune: done', /forgotten +3 snapshots, 12 stay/, /freed +1\.2 GB/);
			await press('enter');
			await look('It has ended. R looks at what is to do now.');
			await press('R');
			t.is(asked.length, 3);
			t.true(asked[2]!.request.isDryRun);
		});
	}
}

test('only the typed word begins it: not another one, not Enter, not what is pasted', async t => {
	const drawn = await drawPrune(t, small!);
	const {dashboard, press, type, text, asked} = drawn;
	await preview(drawn);
	await press('enter');
	t.regex(await text(), /3 snapshots are forgotten, and about 1\.2 GB freed/);
	await press('enter');
	t.true((await text()).includes('That is not "prune".'));
	await type('prun');
	await press('enter');
	paste(dashboard, 'e');
	t.true((await text()).includes('Pasting is refused here: type it.'));
	await press('enter', 'escape');
	t.is(asked.length, 1);
	await confirm(drawn);
	t.is(asked.length, 2);
});

test('it goes on when its screen is left, is come back to from the jobs and by its key, and is stopped', async t => {
	const drawn = await drawPrune(t, large!);
	const {press, text, asked, dashboard, settle} = drawn;
	await preview(drawn);
	await confirm(drawn);
	await press('escape');
	t.true((await text()).includes('The prune goes on: pane 5 Jobs shows how far it is.'));
	t.regex(await text(), /RUN +prune the repository/);
	await press('5', 'enter');
	t.regex(await text(), /> prune/);
	await press('escape', 'P');
	t.is(asked.length, 2, 'no other preview while one runs');
	await press('enter');
	t.true((await text()).includes('The prune goes on. Esc leaves it running, x stops it safely.'));
	t.false(asked[1]!.signal!.aborted);
	await press('x');
	t.true(asked[1]!.signal!.aborted);
	await settle();
	const shown = await text();
	t.true(shown.includes('Prune: not done') && shown.includes('What is done stays; nothing is lost.'), shown);
	t.false(dashboard.hasActiveJobs);
});

test('a preview that is left ends with its screen; one that fails says why, and R tries again', async t => {
	const drawn = await drawPrune(t, small!);
	const {press, text, asked, settle} = drawn;
	await press('P', 'escape');
	t.true(asked[0]!.signal!.aborted);
	await press('P');
	asked[1]!.fail(new CofferError('damaged', 'The clock of this machine is a day behind. "coffer prune --trust-clock" goes on when it is right.'));
	await settle();
	t.regex(await text(), /The clock of this machine is a day behind/);
	await press('enter');
	t.regex(await text(), /R tries again\./);
	await press('R');
	asked[2]!.answer(buildPruneSummary());
	await settle();
	t.regex(await text(), /forgets +3 snapshots/);
});

test('a failure of the run says why, and what to do', async t => {
	const drawn = await drawPrune(t, small!);
	await preview(drawn);
	await confirm(drawn);
	drawn.asked[1]!.fail(new CofferError('repository-locked', 'Process 99 prunes already.'));
	await drawn.settle();
	const shown = await drawn.text();
	t.true(shown.includes('Process 99 prunes already.') && shown.includes('R looks at what is left to do'), shown);
});

const refusals = [
	['a key that is no owner\'s', {role: 'backup' as const}, {}, /role "backup": only an owner's key can prune/],
	['another prune at work', {activities: [buildActivity({kind: 'prune'})]}, {}, /Another process prunes already \(999999999\)/],
	['nothing to do', {}, {decisions: [buildDecision('etc', 1, true)], forgotten: [], freedBytes: 0, packs: {total: 4, removed: 0, rewritten: 0, waiting: 0}}, /There is nothing to forget and nothing to free/],
] as const;

for (const [what, overview, change, reason] of refusals) {
	test(`nothing begins with ${what}: said why`, async t => {
		const drawn = await drawPrune(t, small!, {overview});
		await preview(drawn, buildPruneSummary(change));
		await drawn.press('enter');
		t.regex(await drawn.text(), reason);
		t.is(drawn.asked.length, 1);
	});
}

test('from the screen of a source only its snapshots are shown at first; many sources and many snapshots never fill more than the screen', async t => {
	const decisions = Array.from({length: 40}, (_, source) => Array.from({length: 50}, (_unused, days) => buildDecision(`source-${String(source).padStart(2, '0')}`, days, days < 30))).flat();
	for (const size of [...screenSizes, {columns: 79, rows: 23}, {columns: 44, rows: 12}, {columns: 40, rows: 10}]) {
		const drawn = await drawPrune(t, size);
		const {openPrune} = await import('../../../../source/ui/screens/prune/open.ts');
		openPrune(drawn.dashboard, 'source-07');
		drawn.asked[0]!.answer(buildPruneSummary({decisions}));
		await drawn.settle();
		assertFrame(t, await drawn.frame(), size);
		t.regex(await drawn.text(), /Snapshots 50/);
		await drawn.press('G', 'k');
		assertFrame(t, await drawn.frame(), size);
	}
});

test('what a prune forgot and deleted stands in the log, and in security', async t => {
	const told: string[] = [];
	const writer = (channel: string) => ({write(level: string, message: string, facts: Readonly<Record<string, string | number | boolean | undefined>> = {}) {
		told.push([channel, level, message, facts['source'] ?? facts['packs']].filter(part => part !== undefined).join(' '));
	}});
	const drawn = await drawPrune(t, small!, {log: {folder: '/nonexistent/logs', ...writer('backup'), in: writer}});
	await preview(drawn);
	t.deepEqual(told, []);
	await confirm(drawn);
	drawn.asked[1]!.answer(buildPruneSummary({isDryRun: false}));
	await drawn.settle();
	t.deepEqual(told.filter(line => !/begins|ends$/.test(line)), [
		...['etc', 'etc', 'home'].flatMap(source => [`backup info snapshot forgotten ${source}`, `security info snapshot forgotten ${source}`]), 'backup info prune ends 40', 'security info unneeded data deleted 12',
	]);
});
