import test, {type ExecutionContext} from 'ava';
import {CofferError, type EngineClient, type SnapshotChange} from '../../../../source/engine/index.ts';
import {openDiff} from '../../../../source/ui/screens/diff/open-diff.ts';
import type {Size} from '../../../../source/ui/model/state.ts';
import {added, buildComparison, changed, removed} from '../../../helpers/change-builder.ts';
import {drawDashboard} from '../../../helpers/drawn-dashboard.tsx';
import {createFakeEngine} from '../../../helpers/fake-engine.ts';
import {hostileNames} from '../../../helpers/hostile-names.ts';
import {buildSnapshots} from '../../../helpers/overview-builder.ts';
import {assertFrame, screenSizes} from '../../../helpers/screen-assertions.ts';

const [from, to] = buildSnapshots('db-prod-pg', 2);
const changes: readonly SnapshotChange[] = [
	added('/srv/web/new.html'), changed('/srv/web/style.css', {size: 120_000}), removed('/srv/web/old.html'), changed('/srv/web/run.sh', {mode: 0o755}, ['metadata']),
	...Array.from({length: 40}, (_, index) => added(`/srv/web/more/${String(index).padStart(2, '0')}`)),
];

async function draw(t: ExecutionContext, size: Size, compareSnapshots: EngineClient['compareSnapshots'] = async () => buildComparison(changes), hasUnicode = false) {
	const drawn = await drawDashboard(t, size, {engine: createFakeEngine({compareSnapshots}), hasUnicode});
	openDiff(drawn.dashboard, from!, to!);
	return drawn;
}

for (const size of screenSizes) {
	test(`the diff at ${size.columns}x${size.rows} counts what differs and lists it with a mark each`, async t => {
		const {frame, press} = await draw(t, size);
		const lines = await frame();
		assertFrame(t, lines, size);
		const text = lines.join('\n');
		for (const part of ['+ added 41, 3.4 MB', '- removed 1, 84 kB', '~ changed 1, 84 kB -> 120 kB', 'm only metadata 1', '+ /srv/web/new.html', '- /srv/web/old.html', '~ /srv/web/style.css', 'm /srv/web/run.sh', '84 kB -> 120 kB', 'mode']) {
			t.true(text.includes(part), part);
		}

		t.false(text.includes('Only the first'));
		t.true(lines[1]!.includes('db-prod-pg: 00000000 ') && lines[1]!.includes(' -> 00010000 '));
		await press('G');
		const end = await frame();
		assertFrame(t, end, size);
		t.true(end.some(line => line.includes('> + /srv/web/more/39')));
	});
}

test('the engine is asked for the snapshots with a limit, and stops when the screen is closed', async t => {
	const asked: unknown[] = [];
	let signal: AbortSignal | undefined;
	const {frame, press, dashboard} = await draw(t, screenSizes[0]!, async (first, second, options) => {
		asked.push([first, second, options?.limit]);
		signal = options?.signal;
		return new Promise((_, reject) => {
			signal!.addEventListener('abort', () => {
				reject(new CofferError('aborted', 'Stopped.'));
			});
		});
	});
	const lines = await frame();
	t.true(lines.some(line => line.includes('Comparing the two snapshots')));
	t.deepEqual(asked, [[from!.id, to!.id, 2000]]);
	t.false(signal!.aborted);
	await press('escape');
	t.true(signal!.aborted);
	t.deepEqual(dashboard.state.screens, []);
	t.is(dashboard.state.notice, undefined);
});

test('a list that was cut says so', async t => {
	const {frame} = await draw(t, screenSizes[0]!, async () => buildComparison(changes, 20));
	const lines = await frame();
	t.true(lines.some(line => line.includes('Only the first 20 of 44 differences are listed.')));
	t.true(lines.some(line => line.includes(' 1/20 ')));
});

test('a filter narrows the list, says so, and can be taken back', async t => {
	const {frame, press, type, dashboard} = await draw(t, screenSizes[0]!);
	await press('/');
	await type('html');
	await press('enter');
	const lines = await frame();
	t.true(lines[1]!.includes('filter: html'));
	t.true(lines.some(line => line.includes('new.html')) && lines.some(line => line.includes('old.html')));
	t.false(lines.some(line => line.includes('style.css')));
	await press('/');
	await type('x');
	await press('escape');
	t.like(dashboard.state.screens.at(-1), {filter: 'html'});
	await press('/');
	await type('zz');
	const none = await frame();
	t.true(none.some(line => line.includes('Nothing here matches the filter "htmlzz".')));
	await press('enter', 'enter');
	t.is(dashboard.state.notice?.text, 'There is no entry at the cursor.');
});

test('Enter shows both sides of an entry; any key closes them', async t => {
	const {frame, press, dashboard} = await draw(t, screenSizes[0]!);
	await press('j', 'enter');
	const lines = await frame();
	assertFrame(t, lines, screenSizes[0]!);
	t.true(lines.some(line => line.includes('size      84 kB (84 012 bytes) -> 120 kB (120 000 bytes)')));
	t.true(lines.some(line => line.includes('mode      -rw-r--r--')));
	await press('j');
	t.is(dashboard.state.overlay, undefined);
	t.like(dashboard.state.screens.at(-1), {cursor: 1});
});

test('a wide screen describes the entry at the cursor beside the list', async t => {
	const {frame, press} = await draw(t, screenSizes[1]!);
	await press('j');
	const lines = await frame();
	t.true(lines.some(line => line.includes('-> 120 kB (120 000 bytes)')));
	t.true(lines.some(line => line.includes('changed: content')));
});

test('a comparison that fails says why, and R tries again', async t => {
	let tries = 0;
	const {frame, press} = await draw(t, screenSizes[0]!, async () => {
		if (++tries === 1) {
			throw new CofferError('damaged', 'A directory of the snapshot is lost. "coffer verify" says more.');
		}

		return buildComparison([]);
	});
	const failed = await frame();
	t.true(failed[2]!.includes('A directory of the snapshot is lost.'));
	await press('R');
	const lines = await frame();
	t.is(tries, 2);
	t.true(lines.some(line => line.includes('Nothing differs.')));
});

test('without a repository within reach the screen says so', async t => {
	const engine = createFakeEngine({async overview() {
		throw new CofferError('storage-failed', 'The disk is gone.');
	}});
	const {dashboard, frame, press} = await drawDashboard(t, screenSizes[0]!, {engine});
	openDiff(dashboard, from!, to!);
	const lines = await frame();
	t.true(lines.some(line => line.includes('The repository cannot be reached at the moment. R tries again.')));
	engine.overview = async () => engine.overviewValue;
	engine.compareSnapshots = async () => buildComparison(changes);
	await press('R', 'R');
	t.true((await frame()).some(line => line.includes('new.html')));
});

for (const hasUnicode of [false, true]) {
	test(`hostile names steer no terminal and break no line (${hasUnicode ? 'with' : 'without'} Unicode)`, async t => {
		const [hostileFrom, hostileTo] = buildSnapshots('web\u001B[31m\u202E', 2);
		const engine = createFakeEngine({compareSnapshots: async () => buildComparison(hostileNames.map(name => added(`/srv/${name}`, {type: 'symlink', target: name})))});
		let frames = 0;
		for (const size of screenSizes) {
			const {dashboard, frame, press} = await drawDashboard(t, size, {engine, hasUnicode});
			openDiff(dashboard, hostileFrom!, hostileTo!);
			for (let row = 0; row < hostileNames.length; row += 3) {
				assertFrame(t, await frame(), size);
				await press('enter');
				assertFrame(t, await frame(), size);
				await press('q', 'j', 'j', 'j');
				frames += 2;
			}

			t.like(dashboard.state.screens.at(-1), {cursor: hostileNames.length - 1});
		}

		t.log(`${hostileNames.length} names, ${frames} frames`);
	});
}
