import {mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {LogFile} from '../../source/logs/log-file.ts';
import {listAside} from '../../source/logs/log-files.ts';
import {longestLogMs} from '../../source/logs/rotation.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startMs = Date.UTC(2026, 0, 1);

type Entry = {readonly number: number; readonly timeMs: number; readonly bytes: number};

const entriesOf = (file: string): Entry[] => readFileSync(file, 'utf8').split('\n').filter(line => line !== '').map(line => {
	const {number, time} = JSON.parse(line) as {number: number; time: string};
	return {number, timeMs: Date.parse(time), bytes: line.length + 1};
});

/** Write by a clock of the test's own; gives what the files hold in the end, oldest first. */
async function simulate(steps: ReadonlyArray<{readonly hours: number; readonly lines: number; readonly length: number}>, settings: {readonly sizeBytes: number; readonly days: number}) {
	const folder = mkdtempSync(path.join(tmpdir(), 'coffer-rotation-'));
	try {
		const file = path.join(folder, 'backup.log');
		let nowMs = startMs;
		const written: Entry[] = [];
		for (const {hours, lines, length} of steps) {
			nowMs += hours * hourMs;
			const timeMs = nowMs;
			const log = new LogFile(file, {now: () => timeMs, settings: async () => settings});
			const first = written.length;
			const batch = Array.from({length: lines}, (_, index) => `${JSON.stringify({time: new Date(timeMs).toISOString(), number: first + index, msg: 'x'.repeat(length)})}\n`);
			written.push(...batch.map((line, index) => ({number: first + index, timeMs, bytes: line.length})));
			await log.append([...batch]);
			log.close();
		}

		const files = [...listAside(file).map(aside => aside.file), file];
		return {written, nowMs, files: files.map(one => ({entries: entriesOf(one), size: statSync(one).size}))};
	} finally {
		rmSync(folder, {recursive: true});
	}
}

test('whatever is written when: nothing is lost that is young enough, in its order, in files that are neither too large nor too long', async t => {
	const counts = {lines: 0, files: 0, kept: 0};
	const settings = {sizeBytes: 100_000, days: 30};
	const step = fc.record({hours: fc.integer({min: 0, max: 10 * 24}), lines: fc.integer({min: 1, max: 20}), length: fc.integer({min: 0, max: 3000})});
	await fc.assert(fc.asyncProperty(fc.array(step, {minLength: 1, maxLength: 25}), async steps => {
		const {written, files, nowMs} = await simulate(steps, settings);
		const kept = files.flatMap(({entries}) => entries);
		const lost = written.slice(0, written.length - kept.length);
		const isInOrder = JSON.stringify(kept) === JSON.stringify(written.slice(lost.length));
		const isOldEnough = lost.every(({timeMs}) => nowMs - timeMs > settings.days * dayMs);
		const areFilesSmall = files.every(({entries, size}) => size <= settings.sizeBytes && entries.at(-1)!.timeMs - entries[0]!.timeMs <= longestLogMs);
		counts.lines += written.length;
		counts.files += files.length;
		counts.kept += kept.length;
		return isInOrder && isOldEnough && areFilesSmall;
	}), {numRuns: 60});
	t.true(counts.kept < counts.lines);
	t.log(`${counts.lines} lines, ${counts.kept} kept in ${counts.files} files`);
});

test('a year of daily lines leaves what is young, and not much more', async t => {
	const steps = Array.from({length: 366}, () => ({hours: 24, lines: 2, length: 100}));
	const {files, nowMs} = await simulate(steps, {sizeBytes: 100_000, days: 90});
	const kept = files.flatMap(({entries}) => entries);
	const oldestDays = (nowMs - kept[0]!.timeMs) / dayMs;
	t.true(oldestDays >= 90 && oldestDays <= 90 + 16, String(oldestDays));
	t.log(`${kept.length} lines of ${files.length} files, the oldest ${oldestDays} days old`);
});

test('many lines at once: all that is put aside together is at most 20 times as large as the log', async t => {
	const {files, written} = await simulate(Array.from({length: 30}, () => ({hours: 1, lines: 90, length: 1000})), {sizeBytes: 100_000, days: 90});
	const bytes = files.reduce((sum, {size}) => sum + size, 0);
	t.true(bytes <= 21 * 100_000);
	t.true(bytes >= 19 * 100_000);
	t.is(files.at(-1)!.entries.at(-1)!.number, written.length - 1);
});

test('a clock that jumps ahead by ten years and back deletes no log', async t => {
	const before = Array.from({length: 20}, () => ({hours: 4 * 24, lines: 1, length: 100}));
	const ahead = {hours: 10 * 365 * 24, lines: 1, length: 100};
	const {written, files} = await simulate([...before, ahead, {hours: 1, lines: 1, length: 10}, {hours: -(10 * 365 * 24), lines: 1, length: 10}], {sizeBytes: 100_000, days: 90});
	t.is(files.flatMap(({entries}) => entries).length, written.length);
});
