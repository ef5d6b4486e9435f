import test from 'ava';
import {searchDelayMs, versionsDelayMs} from '../../../../source/ui/screens/restore/pick/loading.ts';
import {drawRestore} from '../../../helpers/drawn-restore.tsx';
import {buildRestoreSummary} from '../../../helpers/restore-summary.ts';
import {buildSnapshots} from '../../../helpers/overview-builder.ts';

const tree = {srv: {folder: {web: {folder: {
	html: {folder: {'index.html': 86_014, 'about.html': 1200, css: {folder: {'site.css': 33_000}}, empty: {folder: {}}}},
	logs: {folder: {'access.log': 1_200_000, 'error.log': 33_000}},
	'.env': 300, current: {type: 'symlink', target: 'releases/7'}, fifo: {type: 'fifo'}, 'README.md': 12_000,
}}}}} as const;

const sizes = [{columns: 80, rows: 24}, {columns: 120, rows: 36}, {columns: 200, rows: 60}];

for (const size of sizes) {
	test(`one file of three days ago, in eight keys and a name, at ${size.columns}x${size.rows}`, async t => {
		const {press, type, text, asked, clock, settle, dashboard} = await drawRestore(t, size, {tree});
		let screen = await text();
		t.true(screen.includes('[1 Snapshot] > 2 Pick > 3 Target > 4 Preview > 5 Run'));
		t.true(screen.includes('5 snapshots, the newest first'));
		t.regex(screen, /> {3}00040000 2026-11-2. ..:.. {4}1h {3}417 MB {3}1\.1 MB {4}1 204 {2}data 1h/);

		await press('3', 'enter');
		screen = await text();
		t.true(screen.includes('> [2 Pick] >'));
		t.regex(screen, /00010000 2026-11-1. ..:.., 3d ago, 4 of 5/);
		t.regex(screen, />> \[ \] {5}> html\/|> \[ \] {5}> html\//);

		await press('/');
		await type('INDEX');
		clock.advance(searchDelayMs);
		await press('enter');
		screen = await text();
		t.regex(screen, /> \[ \] \/srv\/web\/html\/index\.html +86 kB/);
		t.true(screen.includes('find "INDEX": 1'));

		await press('n');
		screen = await text();
		t.true(screen.includes('> [3 Target] >'));
		t.regex(screen, /> \(\*\) A folder \(e edits\) +\/root\/coffer-restore\/2026-11-1\d-\d{4}/);
		t.true(screen.includes('1 entry marked: 1 file, 86 kB'));
		t.deepEqual(asked, []);

		await press('enter');
		t.true((await text()).includes('Finding out what the restore would do: 0 entries so far.'));
		const [dryRun] = asked;
		t.like(dryRun!.request, {isDryRun: true, overwrite: 'never', previewLimit: 500, marks: [{path: '/srv/web/html/index.html', isIncluded: true}]});
		t.regex(dryRun!.request.target, /^\/root\/coffer-restore\/2026-11-1\d-\d{4}$/);
		dryRun!.answer(buildRestoreSummary({neededBytes: 98_304, freeBytes: 212_000_000_000, planned: {folders: 3}, preview: [{path: '/srv/web/html/index.html', action: 'create', size: 86_014}]}));
		screen = await text();
		t.true(screen.includes('> [4 Preview] >'));
		t.true(screen.includes('needs 98 kB, 212 GB free'));
		t.regex(screen, /\+ new {7}1, in 3 new folders/);
		t.regex(screen, /\+ new {7}\/srv\/web\/html\/index\.html +86 kB/);
		t.true(screen.includes('y restores this. No file that is there is replaced.'));

		await press('y');
		t.is(dashboard.state.overlay, undefined);
		t.is(asked.length, 2);
		const {isDryRun: _, previewLimit: _limit, ...same} = dryRun!.request;
		t.deepEqual(asked[1]!.request, same);
		asked[1]!.tell({event: 'progress', phase: 'writing', files: 0, bytes: 43_007, totalFiles: 1, totalBytes: 86_014, rate: 1000, current: '/srv/web/html/index.html'});
		clock.advance(3000);
		await settle();
		screen = await text();
		t.true(screen.includes('> [5 Run]'));
		t.regex(screen, /\[#+-+\] {3}50%/);
		t.true(screen.includes('0 of 1 file   43 kB of 86 kB  1.0 kB/s  43 s left'));
		t.regex(screen, /writing {4}\/srv\/web\/html\/index\.html/);
		t.true(screen.includes('Esc leaves it running  x stops it safely'));

		asked[1]!.answer(buildRestoreSummary());
		await settle();
		screen = await text();
		t.true(screen.includes('1 restored, 0 skipped, 0 failed, 86 kB in 0.3 s'));
		t.true(screen.includes('The hash of every restored chunk was checked.'));
		t.regex(screen, /now at \/root\/coffer-restore\/2026-11-1\d-\d{4}\/srv\/web\/html\/index\.html/);
		await press('enter');
		t.is(dashboard.state.screens.length, 0);
	});
}

test('a tree is opened, marked, measured; its marks are what is restored', async t => {
	const {press, text, clock, settle, calls, asked} = await drawRestore(t, sizes[1]!, {tree, snapshot: 0, engine: {async entryVersions() {
		const [oldest, , middle, , newest] = buildSnapshots('web', 5);
		const facts = {type: 'file' as const, mode: 0o640, uid: 33, gid: 33, mtime: middle!.time};
		return [{snapshot: newest!, since: middle!, facts: {...facts, size: 1200}}, {snapshot: oldest!, since: oldest!, facts: {...facts, size: 900}}, {snapshot: oldest!, since: oldest!}];
	}}});
	let screen = await text();
	t.regex(screen, /> \[ \] {5}> html\/ +120 kB/);
	t.regex(screen, /\[ \] {7}current -> releases\/7 +link/);
	t.regex(screen, /\[ \] {7}fifo +fifo/);
	t.deepEqual(calls.filter(call => call.startsWith('measure')), ['measure 0004 /srv', 'measure 0004 /srv/web', 'measure 0004 /srv/web/html', 'measure 0004 /srv/web/logs']);

	await press('space', 'up', 'l', 'l');
	screen = await text();
	t.regex(screen, /\[-\] {3}v web\//);
	t.regex(screen, /\[x\] {5}v html\//);
	t.regex(screen, /> \[x\] {7}> css\/ +33 kB/);
	t.true(screen.includes('1 entry marked: 3 files, 120 kB'));

	await press('down', 'l', 'down');
	t.regex(await text(), /> {15}empty/);
	await press('down', 'space');
	clock.advance(versionsDelayMs);
	await settle();
	screen = await text();
	t.regex(screen, /\[-\] {5}v html\//);
	t.regex(screen, /\[ \] {9}index\.html|\[ \] {9}about\.html/);
	t.true(screen.includes('1 entry marked: 2 files, 34 kB'));
	t.true(screen.includes('/srv/web/html/ without /srv/web/html/index.html'));
	t.regex(screen, /2026-11-2. ..:.. this one {3}1\.2 kB/);
	t.regex(screen, /2026-11-1. ..:.. differs {5}900 B/);
	t.regex(screen, /2026-11-1. ..:.. not there/);

	await press('n', 'enter');
	t.deepEqual(asked[0]!.request.marks, [{path: '/srv/web/html', isIncluded: true}, {path: '/srv/web/html/index.html', isIncluded: false}]);
	await press('escape', 'escape', '*');
	t.true((await text()).includes('1 entry marked: 1 204 files, 417 MB'));
	await press('-');
	t.true((await text()).includes('Nothing marked'));
});

test('the same place in older and newer snapshots, with the same marks', async t => {
	const {press, text, calls, asked} = await drawRestore(t, sizes[0]!, {tree, snapshot: 0});
	await press('space', 'T');
	t.true((await text()).includes('This is the newest snapshot.'));
	await press('t', 't');
	const screen = await text();
	t.regex(screen, /00020000 2026-11-1. ..:.., 2d ago, 3 of 5/);
	t.regex(screen, /\[x\] {5}> html\//);
	t.regex(screen, /> \[ \] {5}> logs\//);
	t.true(calls.includes('list 0002 /srv/web'));
	await press('T', 'n', 'enter');
	t.is(asked[0]!.request.snapshot.slice(0, 4), '0003');
	t.deepEqual(asked[0]!.request.marks, [{path: '/srv/web/html', isIncluded: true}]);
	await press('escape', 'escape', 'escape');
	t.regex(await text(), /> {3}00030000/);
});

test('a search is asked for once typing rests, in what is seen, and a match leads to its folder', async t => {
	const {press, type, text, clock, settle, calls} = await drawRestore(t, sizes[0]!, {tree, snapshot: 0});
	const searches = () => calls.filter(call => call.startsWith('search'));
	await press('/');
	await type('c');
	clock.advance(searchDelayMs - 1);
	await type('s');
	clock.advance(searchDelayMs - 1);
	t.deepEqual(searches(), []);
	clock.advance(1);
	await settle();
	t.deepEqual(searches(), ['search 0004 cs']);
	await type('s/');
	await press('enter');
	t.deepEqual(searches(), ['search 0004 cs', 'search 0004 css']);
	t.true((await text()).includes('find "css/": 1'));
	await press('enter');
	t.regex(await text(), /> \[ \] {7}> css\//);
	await press('/');
	await type('nowhere');
	await press('enter');
	t.true((await text()).includes('no name holds "nowhere"'));
	await press('n');
	t.true((await text()).includes('Nothing is marked, and the cursor is on nothing that could be restored.'));
	await press('escape');
	t.regex(await text(), /> \[ \] {7}> css\//);
});

test('a job goes on when its screen is left, and tells when it is done', async t => {
	const {press, text, asked, settle, dashboard} = await drawRestore(t, sizes[0]!, {tree, snapshot: 0});
	await press('n', 'enter');
	asked[0]!.answer(buildRestoreSummary());
	await settle();
	await press('y', 'enter');
	t.true((await text()).includes('The restore goes on. Esc leaves it running, x stops it safely.'));
	await press('escape');
	t.true((await text()).includes('The restore goes on: pane 5 Jobs shows how far it is.'));
	t.is(dashboard.state.screens.length, 0);
	t.false(asked[1]!.signal!.aborted);
	asked[1]!.answer(buildRestoreSummary({failed: 1}));
	await settle();
	t.true((await text()).includes('restore web: 1 restored, 0 skipped, 1 failed'));
});

test('problems of a restore are listed, each in full where the cursor is', async t => {
	const {press, text, asked, settle} = await drawRestore(t, sizes[0]!, {tree, snapshot: 0});
	await press('n', 'enter');
	asked[0]!.answer(buildRestoreSummary());
	await settle();
	await press('y');
	const problems = Array.from({length: 30}, (_, index) => ({path: `/srv/lost-${index}`, message: 'its content is damaged in the repository, and no other copy of these chunks was found in any pack.'}));
	for (const {path, message} of problems) {
		asked[1]!.tell({event: 'warning', kind: 'lost', path, message: `${path} was not restored: ${message}`});
	}

	await settle();
	asked[1]!.answer(buildRestoreSummary({failed: 30, problems}));
	await settle();
	let screen = await text();
	t.true(screen.includes('failed 30'));
	t.true(screen.includes('Log: 30 to look at'));
	t.regex(screen, /> \/srv\/lost-0: its content is damaged in the repository, and no other copy/);
	t.true(screen.includes('of these chunks was found in any pack.'));
	await press('G');
	screen = await text();
	t.regex(screen, /> \/srv\/lost-29: /);
	t.true(screen.includes('30/30'));
});
