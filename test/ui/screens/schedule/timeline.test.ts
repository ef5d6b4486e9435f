import process from 'node:process';
import test from 'ava';
import fc from 'fast-check';
import {nextStarts} from '../../../../source/engine/index.ts';
import {gridOf, labelsOf, timelineOf, type TimelineJob} from '../../../../source/ui/screens/schedule/timeline.ts';
import {nowMs} from '../../../helpers/overview-builder.ts';
import {buildJob} from '../../../helpers/schedule-builder.ts';

process.env['TZ'] = 'UTC';
const hourMs = 60 * 60 * 1000;
const host = 'vault01';

const draw = (jobs: readonly TimelineJob[], columns = 48): string[] => timelineOf(jobs, gridOf(nowMs, 'day', columns), host).map(marks => marks.map(mark => ({none: '.', start: 's', overlap: '!'})[mark]).join(''));

test('the grid is as fine as there is room for, and begins with the cell of the present', t => {
	t.deepEqual([100, 96, 95, 48, 30, 5].map(columns => gridOf(nowMs, 'day', columns).cells), [96, 96, 48, 48, 24, 12]);
	t.deepEqual([84, 60, 30, 5].map(columns => gridOf(nowMs, 'week', columns).cells), [84, 56, 28, 14]);
	fc.assert(fc.property(fc.integer({min: 0, max: 4e12}), fc.constantFrom('day', 'week'), fc.integer({min: 1, max: 200}), (now, span, columns) => {
		const {startMs, cellMs, cells} = gridOf(now, span, columns);
		return startMs <= now && now < startMs + cellMs && cells * cellMs === (span === 'day' ? 24 : 7 * 24) * hourMs;
	}));
});

test('hours and days stand above their cells, beside one another, with the present first', t => {
	for (const span of ['day', 'week'] as const) {
		for (const columns of [96, 84, 56, 48, 28, 14, 12]) {
			const grid = gridOf(nowMs, span, columns);
			const labels = labelsOf(grid, span);
			t.deepEqual(labels[0], {cell: 0, text: 'now'});
			for (const [index, {cell, text}] of labels.entries()) {
				t.true(index === 0 || cell > labels[index - 1]!.cell + labels[index - 1]!.text.length);
				t.true(cell + text.length <= grid.cells);
				const date = new Date(grid.startMs + cell * grid.cellMs);
				t.true(index === 0 || (span === 'day' ? text === String(date.getUTCHours()).padStart(2, '0') : date.getUTCHours() === 0 && text.endsWith(` ${date.getUTCDate()}`)), text);
			}
		}
	}
});

test('a start stands in its cell; a job that is switched off has none', t => {
	t.deepEqual(draw([buildJob('daily'), buildJob('off', {isEnabled: false}), buildJob('half', {expression: '15,45 * * * *'})]), [
		`${'.'.repeat(24)}s${'.'.repeat(23)}`, '.'.repeat(48), 's'.repeat(48),
	]);
});

test('an overlap: with another job that usually still runs, with one that begins at the same time, with itself', t => {
	const at = (text: string, cell: number): string => text[cell]!;
	const [long, during, after] = draw([
		{...buildJob('long', {expression: '0 2 * * *'}), usualDurationMs: 2 * hourMs}, {...buildJob('during', {expression: '30 3 * * *'}), usualDurationMs: 1000}, buildJob('after', {expression: '0 4 * * *'}),
	]) as [string, string, string];
	t.deepEqual([at(long, 24), at(during, 27), at(after, 28)], ['s', '!', 's']);
	t.deepEqual(draw([buildJob('one'), buildJob('two')]).map(line => at(line, 24)), ['s', '!']);
	t.deepEqual(draw([buildJob('one'), buildJob('monitor', {kind: 'monitor'})]).map(line => at(line, 24)), ['s', 's'], 'what only looks is in nobody\'s way');
	t.is(draw([{...buildJob('often', {kind: 'monitor', expression: '0 * * * *'}), usualDurationMs: 2 * hourMs}])[0], '!.'.repeat(24));
});

test('every start of a job is in the line, and nothing else', t => {
	const fields = fc.tuple(fc.constantFrom('0', '7', '*/10', '30'), fc.constantFrom('*', '2', '*/6', '23'), fc.constantFrom('*', '1', '22'), fc.constantFrom('*', '11', '12'), fc.constantFrom('*', '0', '1-5'));
	let starts = 0;
	fc.assert(fc.property(fields, fc.constantFrom('day', 'week'), fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe'), fc.integer({min: 0, max: 600_000}), (parts, span, timeZone, jitterMs) => {
		const job = buildJob('any', {expression: parts.join(' '), timeZone, jitterMs});
		const grid = gridOf(nowMs, span, 60);
		const marks = timelineOf([job], grid, host)[0]!;
		const wanted = new Set<number>();
		const endMs = grid.startMs + grid.cells * grid.cellMs;
		for (let [ms] = nextStarts(job, {host, nowMs: grid.startMs - 1}, 1) as [number]; ms < endMs; [ms] = nextStarts(job, {host, nowMs: ms}, 1) as [number]) {
			wanted.add(Math.floor((ms - grid.startMs) / grid.cellMs));
		}

		starts += wanted.size;
		t.deepEqual(marks.flatMap((mark, cell) => mark === 'none' ? [] : [cell]), [...wanted]);
	}), {numRuns: 60});
	t.log(`${starts} starts`);
});
