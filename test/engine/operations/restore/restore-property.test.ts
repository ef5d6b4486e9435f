import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import type {ByteString} from '../../../../source/engine/byte-string.ts';
import {toEntryPath} from '../../../../source/engine/operations/browse/entry.ts';
import {restore, type RestoreMark} from '../../../../source/engine/operations/restore/restore.ts';
import {byPath, expectEntries, randomEntries, toExpectedForm, type ExpectedEntry} from '../../../helpers/random-trees.ts';
import {createTestRepository} from '../../../helpers/repository-session.ts';
import {buildSnapshot} from '../../../helpers/snapshot-builder.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {createTestRuntime} from '../../../helpers/test-runtime.ts';
import {walkFolder} from '../../../helpers/walk-folder.ts';

const foundIn = (folder: string): Array<[string, ExpectedEntry]> => byPath(toExpectedForm(walkFolder(folder, {hasFullContent: true})));

test('60 random trees come back as they were', async t => {
	const runtime = createTestRuntime();
	const folder = createFolder(t);
	const {session} = await createTestRepository(runtime);
	let run = 0;
	await fc.assert(fc.asyncProperty(randomEntries, async entries => {
		const {snapshot} = await buildSnapshot(session, entries, {chunkBytes: 100});
		const root = path.join(folder, String(run++));
		const summary = await restore(session, {snapshot, target: root});
		t.deepEqual(foundIn(root), byPath(expectEntries(entries)));
		t.is(summary.failed, 0);
		const again = await restore(session, {snapshot, target: root, overwrite: 'always'});
		t.like(again, {restored: 0, failed: 0, skipped: summary.restored});
	}), {numRuns: 60});
});

/** What marks mean, in the plainest words: an entry stays when the longest marked path that leads to it says so, and a directory also when anything in it stays. */
function applyMarks(entries: ReadonlyMap<string, ExpectedEntry>, marks: ReadonlyMap<string, boolean>): Map<string, ExpectedEntry> {
	const isIncluded = (full: string): boolean => {
		const above = ['', ...full.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'))];
		return marks.get(above.findLast(place => marks.has(place)) ?? 'none') ?? false;
	};

	const included = [...entries.keys()].filter(full => isIncluded(full));
	return new Map([...entries].filter(([full]) => included.some(other => other === full || other.startsWith(`${full}/`))));
}

test('80 random trees with random marks: exactly what the marks say comes back, and the preview has said so', async t => {
	const runtime = createTestRuntime();
	const folder = createFolder(t);
	const {session} = await createTestRepository(runtime);
	let run = 0;
	let entriesSeen = 0;
	let entriesRestored = 0;
	const choices = fc.array(fc.record({place: fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true}), isIncluded: fc.boolean()}), {maxLength: 8});
	await fc.assert(fc.asyncProperty(randomEntries, choices, async (entries, chosen) => {
		const all = expectEntries(entries);
		const places = ['', ...all.keys()];
		const byPlace = new Map(chosen.map(({place, isIncluded}) => [places[Math.floor(place * places.length)]!, isIncluded]));
		const marks: RestoreMark[] = [...byPlace].map(([full, isIncluded]) => ({...toEntryPath(`/${full}` as ByteString), isIncluded}));
		const {snapshot} = await buildSnapshot(session, entries);
		const root = path.join(folder, String(run++));
		const planned = await restore(session, {snapshot, target: root, marks, isDryRun: true, previewLimit: 1000});
		const summary = await restore(session, {snapshot, target: root, marks});
		const expected = applyMarks(all, byPlace);
		t.deepEqual(foundIn(root), byPath(expected));
		t.deepEqual(summary.problems, []);
		t.deepEqual(planned.preview!.map(entry => JSON.stringify([entry.path, entry.path64, entry.action])).toSorted(), [...expected.keys()].map(full => {
			const {path: shown, path64} = toEntryPath(`/${full}` as ByteString);
			return JSON.stringify([shown, path64, 'create']);
		}).toSorted());
		entriesSeen += all.size;
		entriesRestored += expected.size;
	}), {numRuns: 80});
	t.true(entriesRestored > 0 && entriesRestored < entriesSeen);
	t.log(`${entriesSeen} entries, ${entriesRestored} of them restored`);
});
