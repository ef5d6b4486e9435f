import {openAtWork} from '../helpers/dashboard-at-work.ts';
import {isCompactFrame, isWholeFrame} from '../helpers/dashboard-frame.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {ptyLack} from '../helpers/pty.ts';
import {processesIn} from '../helpers/processes.ts';
import {assertFrame} from '../helpers/screen-assertions.ts';

/** From large to tiny and back, in steps that change columns, rows or both. */
const shrinking = Array.from({length: 19}, (_, step) => ({columns: 200 - step * 10, rows: 60 - step * 3}));
const edges = [{columns: 20, rows: 5}, {columns: 80, rows: 23}, {columns: 79, rows: 24}, {columns: 80, rows: 24}];
const sizes = [...shrinking, ...edges, ...shrinking.toReversed(), {columns: 200, rows: 24}, {columns: 80, rows: 60}];

optionalTest(ptyLack, 'a storm of resizes while a backup runs: after each of them the screen is right', async t => {
	const {terminal, keyboard, goOn, finish} = await openAtWork(t);
	const counts = {whole: 0, compact: 0};
	for (const [index, {columns, rows}] of sizes.entries()) {
		if (index === 24) {
			goOn();
		}

		const isSmall = columns < 80 || rows < 24;
		terminal.resize(columns, rows);
		const isRight = isSmall ? isCompactFrame : isWholeFrame;
		const source = isSmall ? /RUN .*data/ : /data +RUN/;
		const text = await terminal.waitFor(() => isRight(terminal) && source.test(terminal.text));
		assertFrame(t, text.split('\n'), {columns, rows});
		counts[isSmall ? 'compact' : 'whole']++;
	}

	t.true(counts.whole > 20 && counts.compact > 10);
	// Faster than anything can be drawn.
	for (const {columns, rows} of [...sizes, ...sizes, {columns: 80, rows: 24}]) {
		terminal.resize(columns, rows);
	}

	finish();
	await terminal.waitFor(() => isWholeFrame(terminal) && /data +OK +now/.test(terminal.text));
	await keyboard.press('?', 'Help');
	await keyboard.press('escape', () => isWholeFrame(terminal) && !terminal.text.includes('Help'));
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
	t.deepEqual(await terminal.leftovers(), []);
	t.log(counts);
});

optionalTest(ptyLack, 'one column and one row: nothing breaks, and the keys still work', async t => {
	const {terminal, keyboard, goOn, finish, host} = await openAtWork(t);
	for (const [columns, rows] of [[1, 1], [1, 24], [80, 1], [2, 2], [3, 300], [300, 3], [1, 1]] as const) {
		const before = terminal.rawOutput.length;
		terminal.resize(columns, rows);
		await terminal.waitFor(({rawOutput}) => rawOutput.length > before);
	}

	finish();
	goOn();
	terminal.resize(80, 24);
	await terminal.waitFor(/data +OK +now/);
	await terminal.waitFor(isWholeFrame);
	await keyboard.press('r', '> restore data');
	terminal.resize(1, 1);
	terminal.press('ctrl-c');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
	t.deepEqual(await terminal.leftovers(), []);
	t.deepEqual(processesIn(host.folder), []);
});
