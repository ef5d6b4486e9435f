import test from 'ava';
import {CofferError} from '../../../../source/engine/index.ts';
import {searchDelayMs} from '../../../../source/ui/screens/restore/pick/loading.ts';
import {drawRestore, type DrawnRestore} from '../../../helpers/drawn-restore.tsx';
import {buildRestoreSummary} from '../../../helpers/restore-summary.ts';

const size = {columns: 80, rows: 24};
const tree = {srv: {folder: {html: {folder: {'index.html': 86_014}}, 'notes.txt': 12}}} as const;

/** The preview of /srv/html, answered so. */
async function preview(drawn: DrawnRestore, summary: Parameters<typeof buildRestoreSummary>[0]): Promise<void> {
	await drawn.press('n', 'enter');
	drawn.asked.at(-1)!.answer(buildRestoreSummary(summary));
	await drawn.settle();
}

test('no snapshot is old enough', async t => {
	const {press, text} = await drawRestore(t, size, {tree});
	await press('9');
	const screen = await text();
	t.true(screen.includes('No snapshot is 9 days old.'));
	t.regex(screen, /> {3}00040000/);
});

test('a folder that cannot be listed says why in its place, and Enter tries again', async t => {
	let isBroken = true;
	const {press, text} = await drawRestore(t, size, {tree, snapshot: 0, engine: {async listFolder(_, {path}) {
		if (path === '/srv/html' && isBroken) {
			throw new CofferError('damaged', 'The pack 7f3a is damaged: "coffer verify" names what it holds.');
		}

		return path === '/' || path === '/srv'
			? [{path: `${path === '/' ? '' : path}/${path === '/' ? 'srv' : 'html'}`, type: 'directory', mode: 0o755, uid: 0, gid: 0, mtime: '2026-11-20T00:00:00.000000000Z'}, ...(path === '/' ? [] : [{path: '/srv/x', type: 'file' as const, size: 1, mode: 0, uid: 0, gid: 0, mtime: '2026-11-20T00:00:00.000000000Z'}])]
			: [{path: '/srv/html/index.html', type: 'file', size: 5, mode: 0o644, uid: 0, gid: 0, mtime: '2026-11-20T00:00:00.000000000Z'}];
	}}});
	await press('enter', 'down');
	let screen = await text();
	t.regex(screen, /> +x Enter tries again: The pack 7f3a/);
	t.true(screen.includes('"coffer verify"'), 'the whole message beside the tree');
	await press('space');
	t.true((await text()).includes('There is nothing here to mark.'));
	await press('n');
	t.true((await text()).includes('the cursor is on nothing that could be restored'));
	isBroken = false;
	await press('enter');
	screen = await text();
	t.regex(screen, /> \[ \] {3}v html\//);
	t.true(screen.includes('index.html'));
});

test('a search that fails says why, and Enter tries again', async t => {
	let isBroken = true;
	const {press, type, text} = await drawRestore(t, size, {tree, snapshot: 0, engine: {async searchSnapshot() {
		if (isBroken) {
			throw new CofferError('storage-failed', 'The storage does not answer.');
		}

		return [];
	}}});
	await press('/');
	await type('index');
	await press('enter');
	t.true((await text()).includes('Enter tries again: The storage'));
	isBroken = false;
	await press('enter');
	t.true((await text()).includes('no name holds "index"'));
});

test('a slower search that was overtaken is ended, and what it finds is not shown', async t => {
	const found: Array<{text: string; signal: AbortSignal | undefined; end: () => void}> = [];
	const {press, type, text, clock, settle} = await drawRestore(t, size, {tree, snapshot: 0, engine: {async searchSnapshot(_, name, {signal} = {}) {
		const {promise, resolve} = Promise.withResolvers<void>();
		found.push({text: name, signal, end: resolve});
		await promise;
		return [{path: `/found-${name}`, type: 'file', size: 1, mode: 0o644, uid: 0, gid: 0, mtime: '2026-11-20T00:00:00.000000000Z'}];
	}}});
	await press('/');
	await type('a');
	clock.advance(searchDelayMs);
	await press('n');
	t.is(found.length, 1);
	await type('b');
	t.true(found[0]!.signal!.aborted);
	clock.advance(searchDelayMs);
	found[1]!.end();
	found[0]!.end();
	await settle();
	t.deepEqual(found.map(one => one.text), ['a', 'anb']);
	const screen = await text();
	t.true(screen.includes('/found-anb'));
	t.false(screen.includes('/found-a '));
});

test('while a search is under way there is nothing to go on with', async t => {
	const {press, type, text} = await drawRestore(t, size, {tree, snapshot: 0, engine: {searchSnapshot: async () => Promise.withResolvers<never>().promise}});
	await press('/');
	await type('a');
	await press('enter', 'n');
	t.true((await text()).includes('The search is still under way.'));
});

test('without the repository nothing is shown as if it were there', async t => {
	const {press, text, dashboard, settle} = await drawRestore(t, size, {tree});
	dashboard.dispatch({type: 'link-changed', link: {status: 'offline', failure: {code: 'storage-failed', message: 'gone'}, sinceMs: 0}});
	await press('enter');
	t.true((await text()).includes('Enter tries again: The repository'));
	dashboard.refresh();
	await settle();
	await press('enter');
	t.regex(await text(), /\[ \] {3}> html\//);
});

test('Escape ends a preview, and its late answer changes nothing', async t => {
	const {press, text, asked, settle} = await drawRestore(t, size, {tree, snapshot: 0});
	await press('n', 'enter');
	asked[0]!.tell({event: 'progress', phase: 'planning', files: 1234, bytes: 0, rate: 0});
	await settle();
	t.true((await text()).includes('1 234 entries so far. Esc stops it.'));
	await press('y');
	t.true((await text()).includes('The preview is not ready yet.'));
	await press('escape');
	t.true(asked[0]!.signal!.aborted);
	t.true((await text()).includes('> [3 Target] >'));
	asked[0]!.fail(new CofferError('aborted', 'ended'));
	await press('enter');
	asked[0]!.answer(buildRestoreSummary());
	await settle();
	t.true((await text()).includes('0 entries so far'));
});

test('a preview that fails says why; Enter tries again, and y does not restore', async t => {
	const {press, text, asked, settle} = await drawRestore(t, size, {tree, snapshot: 0});
	await press('n', 'enter');
	asked[0]!.fail(new CofferError('target-unusable', '/root/coffer-restore is a file. Name another target.'));
	await settle();
	t.true((await text()).includes('/root/coffer-restore is a file. Name another target.'));
	await press('y');
	t.true((await text()).includes('The preview failed: nothing can be restored like this.'));
	await press('enter');
	t.is(asked.length, 2);
	asked[1]!.answer(buildRestoreSummary());
	await settle();
	t.true((await text()).includes('y restores this.'));
});

test('another policy is another preview', async t => {
	const drawn = await drawRestore(t, size, {tree, snapshot: 0});
	const {press, text, asked} = drawn;
	await preview(drawn, {planned: {create: 0, folders: 0, kept: 2}});
	t.true((await text()).includes('Nothing would be restored.'));
	await press('y');
	t.true((await text()).includes('Nothing would be restored. o changes what happens'));
	for (const [index, overwrite] of ['keep-both', 'if-changed', 'if-newer', 'always', 'never'].entries()) {
		await press('o');
		t.like(asked[index + 1]!.request, {overwrite, isDryRun: true});
	}

	t.deepEqual(asked.map(({signal}) => signal!.aborted), [true, true, true, true, true, false]);
});

test('Enter restores nothing, and n goes back', async t => {
	const drawn = await drawRestore(t, size, {tree, snapshot: 0});
	await preview(drawn, {});
	await drawn.press('enter');
	t.true((await drawn.text()).includes('Enter restores nothing: y does, n goes back.'));
	await drawn.press('n');
	t.true((await drawn.text()).includes('> [3 Target] >'));
	t.is(drawn.asked.length, 1);
});

for (const planned of [{replace: 2}, {compare: 3}, {foldersReplacing: 1}]) {
	test(`what would replace something (${Object.keys(planned).join(',')}) asks for the name of the source to be typed`, async t => {
		const drawn = await drawRestore(t, size, {tree, snapshot: 0});
		const {press, type, text, asked} = drawn;
		await preview(drawn, {planned});
		t.true((await text()).includes('y asks for the name of the source'));
		await press('y');
		t.true((await text()).includes('To go on, type web and Enter:'));
		t.is(asked.length, 1);
		await press('\u001B[200~web\u001B[201~');
		t.true((await text()).includes('Pasting is refused here: type it.'));
		await press('enter');
		t.true((await text()).includes('That is not "web".'));
		t.is(asked.length, 1);
		await press('escape', 'y');
		await type('web');
		t.is(asked.length, 1);
		await press('enter');
		t.is(asked.length, 2);
		t.is(asked[1]!.request.isDryRun, undefined);
		t.true((await text()).includes('> [5 Run]'));
	});
}

test('a target has to be absolute; the root means the original places', async t => {
	const {press, type, text, asked} = await drawRestore(t, size, {tree, snapshot: 0});
	await press('n');
	const edit = async (folder: string) => {
		await press('e', '\u0015');
		await type(folder);
		await press('enter');
	};

	await edit('some/where');
	t.true((await text()).includes('An absolute path is wanted: it begins with a slash.'));
	await press('escape');
	await edit('/var/tmp/../restored/');
	t.regex(await text(), /> \(\*\) A folder \(e edits\) +\/var\/restored /);
	await press('e', '\u001B[200~/pasted\u001B[201~', 'enter');
	t.regex(await text(), /> \(\*\) A folder \(e edits\) +\/var\/restored\/pasted /);
	await edit('/');
	t.regex(await text(), /> \(\*\) The original places +\/srv\/html/);
	await press('up', 'down', 'o', 'enter');
	t.like(asked[0]!.request, {target: '/', overwrite: 'keep-both'});
	await press('escape', 'up', 'enter');
	t.is(asked[1]!.request.target, '/var/restored/pasted');
});

test('x stops a restore safely, and says what that means', async t => {
	const drawn = await drawRestore(t, size, {tree, snapshot: 0});
	const {press, text, asked, settle} = drawn;
	await preview(drawn, {});
	await press('y', 'x');
	t.true(asked[1]!.signal!.aborted);
	t.true((await text()).includes('stopping: restore web'));
	asked[1]!.fail(new CofferError('aborted', 'The restore was interrupted.'));
	await settle();
	const screen = await text();
	t.true(screen.includes('The restore was stopped.'));
	t.true(screen.includes('What was finished stays, and nothing is half written.'));
	await press('x');
	t.true((await text()).includes('The restore has ended.'));
});

test('a restore that fails says why', async t => {
	const drawn = await drawRestore(t, size, {tree, snapshot: 0});
	const {press, text, asked, settle} = drawn;
	await preview(drawn, {});
	await press('y');
	asked[1]!.fail(new CofferError('storage-full', 'No space is left in /root. Make room, and restore again.'));
	await settle();
	const screen = await text();
	t.true(screen.includes('The restore failed.'));
	t.true(screen.includes('No space is left in /root. Make room, and restore again.'));
	t.true(screen.includes('What was finished before that stays.'));
});

test('a restore waits for the job before it', async t => {
	const drawn = await drawRestore(t, size, {tree, snapshot: 0});
	const {press, text, asked, dashboard, settle} = drawn;
	const {promise, resolve} = Promise.withResolvers<void>();
	dashboard.jobs.add({kind: 'verify', subject: 'all', async work(engine, options) {
		await promise;
		return {kind: 'verify', summary: await engine.verify({}, options)};
	}});
	await preview(drawn, {});
	await press('y');
	t.true((await text()).includes('It waits until the job before it is done.'));
	t.is(asked.length, 1);
	resolve();
	await settle();
	t.is(asked.length, 2);
	t.true((await text()).includes('starting'));
});
