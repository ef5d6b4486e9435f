import test from 'ava';
import type {FolderEntry, SnapshotId} from '../../../../source/engine/index.ts';
import {createPicking, cursorIndex, entryAtCursor, goIn, goOut, markAll, moveCursor, toggleAtCursor, toSnapshot, withFolderLoaded, withHiddenToggled, withSearchDone, withSearchText, type Picking} from '../../../../source/ui/screens/restore/pick/picking.ts';
import {createPathFilter} from '../../../../source/ui/screens/restore/pick/path-filter.ts';
import {rowsOf, toTreeEntries} from '../../../../source/ui/screens/restore/pick/tree.ts';
import {keyOf} from '../../../../source/ui/screens/restore/path-key.ts';
import {buildSnapshots} from '../../../helpers/overview-builder.ts';

const [older, newer] = buildSnapshots('web', 2) as [ReturnType<typeof buildSnapshots>[0], ReturnType<typeof buildSnapshots>[0]];

/** Entries of a folder; a name with a slash at its end is a directory. */
function entries(folder: string, ...names: readonly string[]): FolderEntry[] {
	return names.map(name => ({
		path: `${folder}/${name.replace('/', '')}`, mode: 0o644, uid: 0, gid: 0, mtime: '2026-11-20T00:00:00.000000000Z', ...(name.endsWith('/') ? {type: 'directory'} : {type: 'file', size: 5}),
	}));
}

const load = (picking: Picking, folder: string, ...names: readonly string[]): Picking =>
	withFolderLoaded(picking, keyOf({path: folder}), {status: 'loaded', entries: toTreeEntries(entries(folder === '/' ? '' : folder, ...names))});

/** The lines, indented; the cursor's with an arrow. */
const draw = (picking: Picking): string[] => rowsOf(picking.tree).rows.map((row, index) =>
	`${index === cursorIndex(picking) ? '>' : ' '}${' '.repeat(row.depth)}${row.kind === 'entry' ? row.entry.path.slice(row.entry.path.lastIndexOf('/') + 1) : `(${row.text})`}`);

const wanted = ({tree}: Picking): string[] => rowsOf(tree).wanted.map(({path}) => path);

/** A snapshot of /srv/web, opened down to it. */
function opened(): Picking {
	return load(load(load(createPicking(newer), '/', 'srv/'), '/srv', 'web/'), '/srv/web', 'html/', 'logs/', '.env', 'index.html');
}

test('at the start the only folder is opened, and the one in it, down to the first choice', t => {
	let picking = createPicking(newer);
	t.deepEqual(wanted(picking), ['/']);
	t.deepEqual(draw(picking), ['>(loading…)']);
	picking = load(picking, '/', 'srv/');
	t.deepEqual(wanted(picking), ['/srv']);
	t.deepEqual(draw(picking), ['>srv', '  (loading…)']);
	picking = load(load(picking, '/srv', 'web/'), '/srv/web', 'html/', 'index.html');
	t.deepEqual(draw(picking), [' srv', '  web', '>  html', '   index.html']);
	t.deepEqual(wanted(picking), []);
	t.deepEqual(draw(load(createPicking(newer), '/', 'only.txt')), ['>only.txt']);
	t.deepEqual(draw(load(createPicking(newer), '/')), ['>(empty)']);
});

test('who moves meanwhile is not moved', t => {
	const moved = moveCursor(load(createPicking(newer), '/', 'srv/'), 'down', 10);
	t.deepEqual(draw(load(moved, '/srv', 'web/')), ['>srv', '  web']);
});

test('folders open and close in place, and the cursor stays on what it was on', t => {
	let picking = goIn(opened(), true);
	t.deepEqual(wanted(picking), ['/srv/web/html']);
	picking = load(picking, '/srv/web/html', 'a', 'b');
	t.deepEqual(draw(picking), [' srv', '  web', '>  html', '    a', '    b', '   logs', '   .env', '   index.html']);
	picking = goIn(picking, false);
	t.is(entryAtCursor(picking)?.path, '/srv/web/html/a');
	picking = goOut(picking);
	t.is(entryAtCursor(picking)?.path, '/srv/web/html');
	picking = goOut(picking);
	t.deepEqual(draw(picking), [' srv', '  web', '>  html', '   logs', '   .env', '   index.html']);
	t.deepEqual(draw(goOut(goOut(goOut(goOut(picking))))), ['>srv']);
	t.deepEqual(draw(goIn(goIn(picking, true), true)), draw(picking));
});

test('a folder that cannot be listed says so in its place, and is asked for again', t => {
	const picking = goIn(opened(), true);
	const failed = withFolderLoaded(picking, keyOf({path: '/srv/web/html'}), {status: 'failed', message: 'Pack 12 is damaged.'});
	t.deepEqual(draw(failed).slice(2, 4), ['>  html', '    (Pack 12 is damaged.)']);
	t.deepEqual(wanted(failed), []);
	const below = moveCursor(failed, 'down', 10);
	t.is(entryAtCursor(below), undefined);
	t.is(toggleAtCursor(below), below);
	const again = goIn(below, true);
	t.deepEqual(wanted(again), ['/srv/web/html']);
	t.is(entryAtCursor(load(again, '/srv/web/html', 'a'))?.path, '/srv/web/html');
});

test('names with a dot are hidden and counted, and the cursor goes to the folder that holds them', t => {
	const onDot = moveCursor(moveCursor(opened(), 'down', 10), 'down', 10);
	t.is(entryAtCursor(onDot)?.path, '/srv/web/.env');
	const without = withHiddenToggled(onDot);
	t.deepEqual(draw(without), [' srv', '> web', '   html', '   logs', '   index.html']);
	t.is(rowsOf(without.tree).hidden, 1);
	t.deepEqual(draw(withHiddenToggled(without)), draw(onDot));
	t.is(draw(load(goIn(withHiddenToggled(opened()), true), '/srv/web/html', '.git/'))[3], '    (nothing but hidden names)');
});

test('marking goes on to the next line; all is the whole snapshot', t => {
	const picking = toggleAtCursor(toggleAtCursor(opened()));
	t.deepEqual(picking.marks.keys().toArray() as string[], ['/srv/web/html', '/srv/web/logs']);
	t.is(entryAtCursor(picking)?.path, '/srv/web/.env');
	t.deepEqual(markAll(picking).marks.keys().toArray() as string[], ['/']);
});

test('a search shows what it finds, marks only that, and gives the place back', t => {
	const start = opened();
	const searching = withSearchText(start, 'html');
	t.deepEqual(draw(searching), ['>(searching…)']);
	const outdated = withSearchDone(searching, {text: 'htm', status: 'found', entries: [], isCut: false});
	t.is(outdated, searching);
	const found = withSearchDone(searching, {text: 'html', status: 'found', isCut: false, entries: toTreeEntries([...entries('/srv/web', 'html/', 'index.html'), ...entries('/srv/web/.git', 'x.html')])});
	t.deepEqual(draw(found), ['>html', ' index.html', ' x.html']);
	t.deepEqual(draw(withHiddenToggled(found)), ['>html', ' index.html']);
	t.deepEqual(markAll(withHiddenToggled(found)).marks.keys().toArray() as string[], ['/srv/web/html', '/srv/web/index.html']);
	t.deepEqual(draw(withSearchText(moveCursor(found, 'down', 10), '')), draw(start));
	t.deepEqual(draw(withSearchDone(searching, {text: 'html', status: 'found', entries: [], isCut: false})), ['>(no name holds "html")']);
	t.deepEqual(draw(withSearchDone(searching, {text: 'html', status: 'failed', message: 'no'})), ['>(no)']);
});

test('a match is shown in its folder, with everything on the way opened', t => {
	const found = withSearchDone(withSearchText(goOut(goOut(goOut(opened()))), 'deep'), {text: 'deep', status: 'found', isCut: false, entries: toTreeEntries(entries('/srv/web/html', 'deep.css'))});
	const shown = goIn(found, true);
	t.deepEqual(wanted(shown), ['/srv/web/html']);
	t.is(entryAtCursor(load(shown, '/srv/web/html', 'a', 'deep.css'))?.path, '/srv/web/html/deep.css');
});

test('a part of a path finds what ends with it; a slash at the end finds directories only', t => {
	const found = (text: string, ...paths: readonly string[]): string => {
		const {matches} = createPathFilter(text);
		return paths.map(path => matches({path: path.replace(/\/$/, ''), type: path.endsWith('/') ? 'directory' : 'file'}) ? 'x' : '-').join('');
	};

	t.deepEqual(['css', 'html/css', '/srv/web/', 'a//', '/'].map(text => createPathFilter(text).name), ['css', 'css', 'web', 'a', '/']);
	t.is(found('CSS', '/html/css/', '/html/css/site.css', '/html/css/site', '/css'), 'xx-x');
	t.is(found('html/css', '/html/css/', '/html/css/site.css', '/other/css'), 'x--');
	t.is(found('css/', '/html/css/', '/html/css/site.css', '/site.css'), 'x--');
	t.is(found('css/site', '/html/css/site.css', '/site.css', '/html/css/sites/a'), 'x--');
	t.is(found('/etc/passwd', '/etc/passwd', '/srv/etc/passwd', '/etc/passwd-'), 'xxx');
	t.is(found('A\u0308', '/\u00E4'), 'x');
});

test('another snapshot shows the same place; marks and open folders stay, sizes and lists do not', t => {
	const picking = toggleAtCursor(load(goIn(opened(), true), '/srv/web/html', 'a', 'b'));
	const other = toSnapshot({...picking, measuring: keyOf({path: '/srv'})}, older);
	t.is(other.snapshot, older.id);
	t.deepEqual(wanted(other), ['/']);
	t.is(other.measuring, undefined);
	t.deepEqual([...other.sizes], [[keyOf({path: '/'}), {files: older.statistics.files, bytes: older.statistics.bytes}]]);
	const loaded = load(load(load(load(other, '/', 'srv/'), '/srv', 'web/'), '/srv/web', 'html/'), '/srv/web/html', 'a');
	t.deepEqual(draw(loaded), [' srv', '  web', '   html', '>   a']);
	t.deepEqual(loaded.marks.keys().toArray() as string[], ['/srv/web/html']);
	const emptier = load(load(other, '/', 'srv/'), '/srv', 'other/', 'more/');
	t.deepEqual(draw(emptier), ['>srv', '  other', '  more']);
	const searched = toSnapshot(withSearchText(picking, 'html'), older);
	t.deepEqual(searched.tree.search, {text: 'html', status: 'searching'});
	t.is((searched.snapshot satisfies SnapshotId), older.id);
});
