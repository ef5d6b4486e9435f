import test from 'ava';
import {SnapshotBrowser} from '../../../../source/engine/operations/browse/snapshot-browser.ts';
import {browseSnapshots} from '../../../helpers/browsed-repository.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {buildSnapshot, type BuiltEntry} from '../../../helpers/snapshot-builder.ts';

/* What a person does who goes through snapshots on a screen. */

const address = (path: string) => ({path: 'for people', path64: Buffer.from(path, 'latin1').toString('base64')});

test('a folder lists its directories first, then by name', async t => {
	const {browser} = await browseSnapshots([
		{name: 'b', entries: [{name: 'x', content: 'x'}]}, {name: 'a', content: 'a'}, {name: 'Z', entries: []}, {name: 'c', target: 'b' as never}, {name: 'd\u00FF', entries: [{name: 'inner', content: '12'}]},
	]);
	const listed = await browser.listFolder('latest', {path: '/'});
	t.deepEqual(listed.map(({path, type}) => `${path} ${type}`), ['/Z directory', '/b directory', '/d\uFFFD directory', '/a file', '/c symlink']);
	t.deepEqual((await browser.listFolder('latest', listed[2]!)).map(({path, size}) => [path, size]), [['/d\uFFFD/inner', 2]]);
	t.deepEqual(await browser.listFolder('latest', '/Z'), []);
});

test('names are searched for a text in any folder, large and small letters alike, up to a limit', async t => {
	const {browser} = await browseSnapshots([
		{name: 'Reports', entries: [{name: 'report.txt', content: ''}, {name: 'sub', entries: [{name: 'MYREPORT', content: ''}]}]},
		{name: 'caf\u00C3\u00A9', content: ''}, {name: '*.port', content: ''}, {name: 'x\u00FFport', content: ''},
	]);
	const search = async (text: string, limit?: number) => (await browser.searchSnapshot('latest', text, limit === undefined ? {} : {limit})).map(({path}) => path);
	t.deepEqual(await search('report'), ['/Reports', '/Reports/report.txt', '/Reports/sub/MYREPORT']);
	t.deepEqual(await search('REPORT', 2), ['/Reports', '/Reports/report.txt']);
	t.deepEqual(await search('report', 0), []);
	t.deepEqual(await search('*.port'), ['/*.port']);
	t.deepEqual(await search('CAF\u00C9'), ['/caf\u00E9']);
	t.deepEqual(await search('cafe\u0301'), ['/caf\u00E9']);
	t.deepEqual(await search('\uFFFDport'), ['/x\uFFFDport']);
	t.deepEqual(await search('reports/'), []);
	t.is((await search('')).length, 7);
	await refusesAsync(t, async () => browser.searchSnapshot('ffff', 'x'), 'snapshot-missing');
});

test('a search stops at its limit, and does not read on', async t => {
	const {browser, warnings} = await browseSnapshots([{name: 'a', content: ''}, {name: 'b', storedTree: ['ab'.repeat(32) as never]}]);
	t.is((await browser.searchSnapshot('latest', '', {limit: 2})).length, 2);
	t.deepEqual(warnings, []);
	t.is((await browser.searchSnapshot('latest', '')).length, 2);
	t.is(warnings.length, 1);
});

test('versions: newest first, equal ones in a row once, with the time in which it was not there', async t => {
	const at = (content: string | undefined, other: string): readonly BuiltEntry[] => [
		{name: 'd', inode: '1', entries: [...(content === undefined ? [] : [{name: 'f\u00FF', inode: '2', content}]), {name: 'other', inode: '3', content: other}]},
	];
	const {browser, ids, snapshots} = await browseSnapshots(at(undefined, '0'), at('one', '1'), at('one', '2'), at('three', '2'), at(undefined, '2'), [], at('one', '2'));
	const versionsOf = async (reference: string) => (await browser.entryVersions(reference, address('/d/f\u00FF'))).map(({snapshot, since, facts}) => [ids.indexOf(snapshot.id), ids.indexOf(since.id), facts?.size]);
	const expected = [[6, 6, 3], [5, 4, undefined], [3, 3, 5], [2, 1, 3], [0, 0, undefined]];
	t.deepEqual(await versionsOf('latest'), expected);
	t.deepEqual(await versionsOf(ids[0]!), expected);
	t.deepEqual((await browser.entryVersions('latest', '/d/other')).map(({since, facts}) => [ids.indexOf(since.id), facts?.size]), [[6, 1], [5, undefined], [2, 1], [1, 1], [0, 1]]);
	const [newest] = await browser.entryVersions('latest', '/d/other');
	t.like(newest, {snapshot: {id: ids[6], time: snapshots[6]!.snapshot.time}, since: {id: ids[6]}});
	await refusesAsync(t, async () => browser.entryVersions('latest', '/d/none'), 'path-missing', /nearest that it has is \/d;/);
	await refusesAsync(t, async () => browser.entryVersions('latest', '/'), 'usage');
});

test('versions are those of one source on one host', async t => {
	const {session, ids, runtime} = await browseSnapshots([{name: 'f', content: '1'}], [{name: 'f', content: '22'}]);
	runtime.forward(60_000);
	await buildSnapshot(session, [{name: 'f', content: '333'}], {source: 'else'});
	await buildSnapshot(session, [{name: 'f', content: '4444'}], {host: 'elsewhere'});
	const reopened = await SnapshotBrowser.open(session);
	t.deepEqual((await reopened.entryVersions(ids[0]!, '/f')).map(({facts}) => facts?.size), [2, 1]);
	t.deepEqual((await reopened.entryVersions('latest:else', '/f')).map(({facts}) => facts?.size), [3]);
});

test('metadata alone makes another version, also of a directory; what a directory holds does not', async t => {
	const at = (mode: number, content: string): readonly BuiltEntry[] => [{name: 'd', mode, inode: '1', entries: [{name: 'f', content}]}];
	const {browser, ids} = await browseSnapshots(at(0o700, 'a'), at(0o700, 'b'), at(0o755, 'b'));
	t.deepEqual((await browser.entryVersions('latest', '/d')).map(({since, facts}) => [ids.indexOf(since.id), facts?.mode]), [[2, 0o755], [0, 0o700]]);
});

test('a comparison counts everything and tells of the first changes', async t => {
	const names = Array.from({length: 30}, (_, index) => `f${String(index).padStart(2, '0')}`);
	const {browser, ids} = await browseSnapshots([], names.map(name => ({name, content: '12'})));
	const {changes, counts} = await browser.compareSnapshots(ids[0]!, ids[1]!, {limit: 4});
	t.deepEqual(changes.map(({path, change}) => `${change} ${path}`), ['added /f00', 'added /f01', 'added /f02', 'added /f03']);
	t.like(counts, {added: 30, addedBytes: 60, removed: 0});
	t.is((await browser.compareSnapshots(ids[0]!, ids[1]!)).changes.length, 30);
});

test('a browser knows when the repository has changed', async t => {
	const {browser, session, runtime} = await browseSnapshots([{name: 'f', content: '1'}]);
	t.true(await browser.isCurrent());
	runtime.forward(60_000);
	await buildSnapshot(session, [{name: 'f', content: '2'}]);
	t.false(await browser.isCurrent());
	t.is(browser.snapshots.length, 1);
});

test('another view shares what was read, with a signal and losses of its own', async t => {
	const {browser, warnings} = await browseSnapshots([{name: 'lost', storedTree: ['ab'.repeat(32) as never]}]);
	const controller = new AbortController();
	const told: unknown[] = [];
	const view = browser.with({signal: controller.signal, onEvent(event) {
		told.push(event);
	}});
	t.deepEqual(await view.listFolder('latest', '/lost'), []);
	t.is(view.losses, 1);
	t.is(told.length, 1);
	t.is(browser.losses, 0);
	t.deepEqual(warnings, []);
	controller.abort();
	await refusesAsync(t, async () => view.listFolder('latest', '/'), 'aborted');
	t.is((await browser.listFolder('latest', '/')).length, 1);
});
