import test from 'ava';
import {restore, type RestoreMark, type RestoreRequest} from '../../../../source/engine/operations/restore/restore.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {createTestRepository} from '../../../helpers/repository-session.ts';
import {buildSnapshot, type BuiltEntry} from '../../../helpers/snapshot-builder.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {createTestRuntime} from '../../../helpers/test-runtime.ts';
import {walkFolder} from '../../../helpers/walk-folder.ts';

const runtime = createTestRuntime();

const tree: readonly BuiltEntry[] = [
	{name: 'etc', entries: [
		{name: 'app', entries: [{name: 'a', content: 'a'}, {name: 'b', content: 'b'}, {name: 'sub', entries: [{name: 'c', content: 'c'}, {name: 'd', content: 'd'}]}]},
		{name: 'apple', content: 'apple'},
		{name: 'empty', entries: []},
	]},
	{name: 'x\u00FE', content: 'one'}, {name: 'x\u00FF', content: 'two'},
	{name: 'a*', content: 'star'},
	{name: 'top', content: 't'},
];

const on = (path: string): RestoreMark => ({path, isIncluded: true});
const off = (path: string): RestoreMark => ({path, isIncluded: false});
const bytes = (path: string, isIncluded = true): RestoreMark => ({path: 'for people', path64: Buffer.from(path, 'latin1').toString('base64'), isIncluded});
const all = ['a*', 'etc', 'etc/app', 'etc/app/a', 'etc/app/b', 'etc/app/sub', 'etc/app/sub/c', 'etc/app/sub/d', 'etc/apple', 'etc/empty', 'top', 'x\u00FE', 'x\u00FF'];

const cases: ReadonlyArray<Pick<RestoreRequest, 'marks' | 'excludes'> & {readonly found: readonly string[]; readonly unused?: readonly string[]}> = [
	{marks: [], found: []},
	{marks: [on('/')], found: all},
	{marks: [off('/')], found: []},
	{marks: [on('/'), off('/etc')], found: all.filter(name => !name.startsWith('etc'))},
	{marks: [on('/etc/app')], found: all.filter(name => name === 'etc' || name === 'etc/app' || name.startsWith('etc/app/'))},
	{marks: [on('etc//app/')], found: all.filter(name => name === 'etc' || name === 'etc/app' || name.startsWith('etc/app/'))},
	{marks: [on('/etc'), off('/etc/app'), on('/etc/app/sub'), off('/etc/app/sub/c')], found: ['etc', 'etc/app', 'etc/app/sub', 'etc/app/sub/d', 'etc/apple', 'etc/empty']},
	{marks: [off('/etc'), on('/etc/empty')], found: ['etc', 'etc/empty']},
	{marks: [on('/etc'), off('/etc/app')], excludes: ['apple'], found: ['etc', 'etc/empty']},
	{marks: [on('/top'), on('/etc/app/sub')], excludes: ['/etc/app'], found: ['top'], unused: ['/etc/app/sub']},
	{marks: [on('/a*')], found: ['a*']},
	{marks: [bytes('/x\u00FF')], found: ['x\u00FF']},
	{marks: [on('/'), bytes('/x\u00FF', false), off('/etc'), off('/a*')], found: ['top', 'x\u00FE']},
	{marks: [on('/x\uFFFD'), on('/top')], found: ['top'], unused: ['/x\uFFFD']},
	{marks: [on('/top'), on('/etc/nothing'), on('/top/below')], found: ['top'], unused: ['/etc/nothing', '/top/below']},
	{marks: [on('/etc/app'), off('/etc/app/misspelt'), off('/elsewhere')], found: all.filter(name => name === 'etc' || name.startsWith('etc/app') && name !== 'etc/apple'), unused: ['/etc/app/misspelt']},
	{marks: [on('/top'), off('/top')], found: []},
];

test('the mark on an entry counts, else that of the nearest directory above it', async t => {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, tree);
	for (const {found, unused = [], ...choice} of cases) {
		const target = createFolder(t);
		const summary = await restore(session, {snapshot, target, ...choice});
		t.deepEqual([...walkFolder(target).keys().drop(1)], found, JSON.stringify(choice));
		t.deepEqual(summary.problems.map(({path}) => path), unused, JSON.stringify(choice));
	}

	t.log(`${cases.length} choices`);
});

test('marks delete only in directories that are restored, and nothing that was left out', async t => {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, tree);
	const target = createFolder(t, {'etc/app/goes': '', 'etc/app/sub/stays': '', 'etc/app/b': 'mine', 'etc/stays': '', stays: ''});
	const summary = await restore(session, {snapshot, target, marks: [on('/etc/app'), off('/etc/app/sub'), off('/etc/app/b')], delete: true, overwrite: 'always'});
	t.like(summary, {restored: 1, deleted: 1, failed: 0});
	const walked = walkFolder(target);
	t.deepEqual([...walked.keys().drop(1)], ['etc', 'etc/app', 'etc/app/a', 'etc/app/b', 'etc/app/sub', 'etc/app/sub/stays', 'etc/stays', 'stays']);
	t.is(walked.get('etc/app/b')!.content, 'mine');
});

test('refuses marks beside includes, and what is no path in a snapshot', async t => {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, tree);
	const target = createFolder(t);
	await refusesAsync(t, async () => restore(session, {snapshot, target, marks: [on('/etc')], includes: ['/top']}), 'usage');
	await refusesAsync(t, async () => restore(session, {snapshot, target, marks: [on('/etc/../top')]}), 'usage');
	t.like(await restore(session, {snapshot, target, marks: [on('/top')], includes: []}), {restored: 1, failed: 0});
});

test('a root of which a part is lost is named, whatever was asked for below it', async t => {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, tree);
	const damaged = {...snapshot, tree: [...snapshot.tree, 'ab'.repeat(32) as never]};
	for (const choice of [{includes: ['/top']}, {marks: [on('/top')]}]) {
		const {problems, restored} = await restore(session, {snapshot: damaged, target: createFolder(t), ...choice});
		t.deepEqual(problems.map(({path}) => path), ['/']);
		t.is(restored, 1);
	}
});
