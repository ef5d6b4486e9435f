import test from 'ava';
import {changeFacts, changeLines, changeSummary, changeTitle, fullPath} from '../../../../source/ui/screens/diff/change-text.ts';
import {createDiffScreen, filterDiff, kindOf, listChanges, moveInDiff, selectedChange, withoutComparison} from '../../../../source/ui/screens/diff/state.ts';
import {added, buildComparison, buildFacts, changed, removed} from '../../../helpers/change-builder.ts';
import {buildSnapshots} from '../../../helpers/overview-builder.ts';

const [from, to] = buildSnapshots('web', 2);
const changes = [added('/srv/new'), removed('/srv/old'), changed('/srv/page', {size: 120_000}), changed('/srv/run', {mode: 0o755}, ['metadata'])];
const screen = {...createDiffScreen(from!, to!), comparison: buildComparison(changes)};

test('each difference is one of four kinds', t => {
	t.deepEqual(changes.map(change => kindOf(change)), ['added', 'removed', 'changed', 'metadata']);
	t.is(kindOf(changed('/x', {type: 'symlink'}, ['type'])), 'changed');
	t.is(kindOf(changed('/x', {mode: 0}, ['content', 'metadata'])), 'changed');
});

test('the cursor stays in the list, also in an empty one', t => {
	t.is(moveInDiff(screen, 'up', 10).cursor, 0);
	t.is(moveInDiff(screen, 'last', 10).cursor, 3);
	t.is(moveInDiff({...screen, cursor: 3}, 'down', 10).cursor, 3);
	t.is(moveInDiff(screen, 'page-down', 3).cursor, 2);
	t.is(moveInDiff(createDiffScreen(from!, to!), 'last', 10).cursor, 0);
	t.is(selectedChange(createDiffScreen(from!, to!)), undefined);
});

test('a filter finds words of the path and the kind, and the cursor stays on its entry', t => {
	t.deepEqual(listChanges({...screen, filter: 'SRV removed'}).map(({path}) => path), ['/srv/old']);
	const filtered = filterDiff({...screen, cursor: 2}, 'p');
	t.is(selectedChange(filtered)!.path, '/srv/page');
	t.is(filtered.cursor, 0);
	t.is(filterDiff({...screen, cursor: 2}, 'old').cursor, 0);
	t.is(filterDiff(filtered, '').cursor, 2);
	t.is(filterDiff({...screen, cursor: 2}, 'nothing has this').cursor, 0);
});

test('what is compared anew is forgotten first', t => {
	t.deepEqual(withoutComparison({...screen, cursor: 3, problem: 'x', filter: 'srv'}), {...createDiffScreen(from!, to!), filter: 'srv'});
});

test('what changed is said in a few characters', t => {
	t.deepEqual(changes.map(change => changeSummary(change)), ['84 kB', '84 kB', '84 kB -> 120 kB', 'mode']);
	t.is(changeSummary(changed('/x', {uid: 33, gid: 33, mode: 0o600, mtime: '2026-11-20T00:00:00.000000000Z'}, ['metadata'])), 'mode, owner, time');
	t.is(changeSummary(changed('/x', {}, ['metadata'])), 'attributes');
	t.is(changeSummary(changed('/x', {size: 84_024})), '84 kB, +12 B');
	t.is(changeSummary(changed('/x', {size: 84_011})), '84 kB, -1 B');
	t.is(changeSummary(changed('/x', {})), '84 kB, same size');
	t.is(changeSummary(changed('/x', {type: 'character'}, ['type'])), 'file -> character');
	const {size: _, ...link} = buildFacts({type: 'symlink', target: '/a'});
	t.is(changeSummary({path: '/x', change: 'changed', differs: ['content'], before: link, after: {...link, target: '/b'}}), 'symlink');
	t.is(changeSummary({path: '/x', change: 'added', after: link}), 'symlink');
});

test('the details show both sides, and once what is the same', t => {
	const change = changed('/srv/run', {size: 120_000, mode: 0o4755, uid: 33, gid: 34}, ['content', 'metadata']);
	t.is(changeTitle(change), 'changed: content and metadata');
	const lines = changeLines(change);
	t.is(lines[0], '/srv/run');
	t.true(lines.includes('type      file'));
	t.true(lines.includes('size      84 kB (84 012 bytes) -> 120 kB (120 000 bytes)'));
	t.true(lines.includes('mode      -rw-r--r-- -> -rwsr-xr-x'));
	t.true(lines.includes('owner     0:0 -> 33:34'));
	t.is(changeTitle(changed('/x', {type: 'symlink'}, ['type'])), 'now a symlink, before a file');
	t.is(changeTitle(changes[3]!), 'only metadata changed');
	t.is(changeTitle(changes[0]!), 'added');
	t.deepEqual(changeFacts(changes[1]!).map(({label, before, after}) => [label, before !== undefined, after !== undefined]), [
		['type', true, false], ['size', true, false], ['modified', true, false], ['mode', true, false], ['owner', true, false],
	]);
});

test('times that differ by less than a second are told apart', t => {
	const change = changed('/x', {mtime: buildFacts().mtime.replace('000000001Z', '000000002Z')}, ['metadata']);
	const fact = changeFacts(change).find(({label}) => label === 'modified')!;
	t.regex(fact.before!, /:\d\d\.000000001$/);
	t.regex(fact.after!, /:\d\d\.000000002$/);
});

test('of a path beyond all measure the end is shown', t => {
	t.is(fullPath(added('/a')), '/a');
	const shown = fullPath(added(`/${'x'.repeat(100_000)}/end`));
	t.true(shown.startsWith('…x') && shown.endsWith('/end') && shown.length < 5000);
});
