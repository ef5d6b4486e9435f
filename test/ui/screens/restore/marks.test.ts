import test from 'ava';
import fc from 'fast-check';
import type {SnapshotId} from '../../../../source/engine/index.ts';
import {isIncluded, markStateOf, noMarks, selectionOf, toggleMark, toRestoreMarks, withMark, type Markable, type Marks} from '../../../../source/ui/screens/restore/marks.ts';
import {ancestorsOf, isBelow, keyOf, nameOf, parentOf, rootKey, type PathKey} from '../../../../source/ui/screens/restore/path-key.ts';

const snapshot = '00'.repeat(16) as SnapshotId;
const key = (path: string): PathKey => keyOf({path});
const directory = (path: string): Markable => ({path, type: 'directory'});
const file = (path: string, size = 1): Markable => ({path, type: 'file', size});

function toggleAll(...entries: readonly Markable[]): Marks {
	let marks = noMarks;
	for (const entry of entries) {
		marks = toggleMark(marks, entry, snapshot);
	}

	return marks;
}

const states = (marks: Marks, ...paths: readonly string[]): string => paths.map(path => ({all: 'x', part: '-', none: ' '}[markStateOf(marks, key(path))])).join('');

test('keys are the bytes of paths, by which entries are told apart that look the same', t => {
	const odd = {path: '/a\uFFFD', path64: Buffer.from([0x2F, 0x61, 0xFF]).toString('base64')};
	const other = {path: '/a\uFFFD', path64: Buffer.from([0x2F, 0x61, 0xFE]).toString('base64')};
	t.not(keyOf(odd), keyOf(other));
	t.is(keyOf({path: '/ä'}), Buffer.from('/ä').toString('latin1') as PathKey);
	t.deepEqual(ancestorsOf(key('/a/b/c')), ['/a/b', '/a', '/'] as PathKey[]);
	t.deepEqual(ancestorsOf(rootKey), []);
	t.is(parentOf(rootKey), rootKey);
	t.deepEqual(['/a/b', '/ab', '/a', '/'].map(path => isBelow(key(path), key('/a'))), [true, false, false, false]);
	t.deepEqual(['/a', '/'].map(path => isBelow(key(path), rootKey)), [true, false]);
	t.deepEqual(['/a/b', '/'].map(path => nameOf({path})), ['b', '/']);
});

test('a mark brings all below it; what is taken out of it leaves it marked in part', t => {
	const marks = toggleAll(directory('/srv'), file('/srv/web/log'));
	t.is(states(marks, '/', '/srv', '/srv/web', '/srv/web/log', '/srv/web/index', '/srv2', '/etc'), '--- x  ');
	t.deepEqual(toRestoreMarks(marks), [{path: '/srv', isIncluded: true}, {path: '/srv/web/log', isIncluded: false}]);
});

test('marking what is marked in part marks all of it, and marking that again takes everything away', t => {
	const part = toggleAll(directory('/srv'), file('/srv/web/log'), file('/etc/passwd'));
	const all = toggleMark(part, directory('/srv/web'), snapshot);
	t.is(states(all, '/srv', '/srv/web', '/srv/web/log'), 'xxx');
	t.is(all.size, 2);
	const none = toggleMark(all, directory('/srv'), snapshot);
	t.is(states(none, '/', '/srv', '/srv/web/log', '/etc/passwd'), '-  x');
	t.is(states(toggleMark(none, directory('/'), snapshot), '/', '/srv', '/etc/passwd'), 'xxx');
});

test('names that are not UTF-8 keep their bytes', t => {
	const path64 = Buffer.from([0x2F, 0xFF]).toString('base64');
	t.deepEqual(toRestoreMarks(toggleAll({path: '/\uFFFD', path64, type: 'file', size: 0})), [{path: '/\uFFFD', path64, isIncluded: true}]);
});

test('what is marked is counted as far as it was measured', t => {
	const marks = toggleAll(directory('/srv'), file('/srv/log', 30), directory('/srv/cache'), file('/etc/passwd', 7), {path: '/link', type: 'symlink'});
	const sizes = new Map([[key('/srv'), {files: 10, bytes: 1000}], [key('/srv/cache'), {files: 4, bytes: 600}]]);
	t.deepEqual(selectionOf(marks, sizes, snapshot), {entries: 3, files: 6, bytes: 377, isMeasured: true});
	t.deepEqual(selectionOf(marks, new Map([[key('/srv'), 'unknown' as const]]), snapshot), {entries: 3, files: 0, bytes: 0, isMeasured: false});
	t.false(selectionOf(marks, sizes, '11'.repeat(16) as SnapshotId).isMeasured);
	t.deepEqual(selectionOf(noMarks, sizes, snapshot), {entries: 0, files: 0, bytes: 0, isMeasured: true});
});

const paths = ['/', '/a', '/a/b', '/a/b/c', '/a/b/d', '/a/e', '/f', '/f/g', '/ab'];
const leaves = ['/a/b/c', '/a/b/d', '/a/e', '/f/g', '/ab'];

test('any order of marks means what a list of the single files means, and holds no mark too many', t => {
	let checked = 0;
	fc.assert(fc.property(fc.array(fc.record({path: fc.constantFrom(...paths), isIncluded: fc.boolean()}), {maxLength: 12}), decisions => {
		let marks = noMarks;
		const wanted = new Map(leaves.map(path => [path, false]));
		for (const {path, isIncluded: isWanted} of decisions) {
			marks = withMark(marks, {path, type: 'directory', snapshot, isIncluded: isWanted});
			for (const leaf of leaves.filter(candidate => candidate === path || isBelow(key(candidate), key(path)))) {
				wanted.set(leaf, isWanted);
			}
		}

		for (const leaf of leaves) {
			t.is(isIncluded(marks, key(leaf)), wanted.get(leaf)!);
			t.is(markStateOf(marks, key(leaf)), wanted.get(leaf)! ? 'all' : 'none');
		}

		for (const [at, mark] of marks) {
			const above = ancestorsOf(at).find(ancestor => marks.has(ancestor));
			t.not(mark.isIncluded, above === undefined ? false : marks.get(above)!.isIncluded);
		}

		checked++;
	}), {numRuns: 300});
	t.log(`${checked} lists of decisions`);
});
