import test from 'ava';
import {CofferError} from '../../../../source/engine/index.ts';
import {paste} from '../../../../source/ui/press-key.ts';
import {buildKeyCounts, buildRotateSummary, buildRotatingKeys, drawKeys, withCheck, type DrawnKeys} from '../../../helpers/drawn-keys.ts';
import {buildActivity} from '../../../helpers/overview-builder.ts';
import {assertFrame, assertScreen, screenSizes} from '../../../helpers/screen-assertions.ts';

const [small] = screenSizes;

/** Begin what the screen shows. */
async function confirm({press, type}: DrawnKeys): Promise<void> {
	await press('enter');
	await type('rotate');
	await press('enter');
}

for (const size of screenSizes) {
	for (const hasUnicode of [false, true]) {
		test(`a rotation from the first key to the proof, at ${size.columns}x${size.rows}${hasUnicode ? '' : ', ASCII'}`, async t => {
			const drawn = await drawKeys(t, size, {keys: withCheck(buildKeyCounts(), 12), hasUnicode});
			const {frame, text, press, rotations, clock, settle, setKeys, started} = drawn;
			const look = async (...parts: ReadonlyArray<RegExp | string>) => {
				const lines = await frame();
				assertScreen(t, lines, size);
				const shown = lines.join('\n');
				for (const part of parts) {
					t.true(typeof part === 'string' ? shown.includes(part) : part.test(shown), `${part}\n${shown}`);
				}
			};

			await press('K');
			await look('> keys > rotate', '(*) keys only', '( ) keys and data', 'new key file, new epoch: made known to all 2 key slots', /OK {4}The key file \/etc\/coffer\/key can be replaced/, /OK {4}recovery check OK 12d ago/, 'What somebody has copied');
			t.notRegex(await text(), /written anew under/);
			await press('space');
			await look('(*) keys and data', '36 packs, 1.2 GB, are written anew under new data keys', /OK {4}290 GB free/);

			await confirm(drawn);
			t.deepEqual(rotations[0]!.request, {keyFile: '/etc/coffer/key', isReencrypting: true});
			const [{tell, answer}] = rotations as [typeof rotations[number]];
			const step = async (phase: 'renewing' | 'moving' | 'waiting' | 'proving' | 're-encrypting', facts: object = {}) => {
				tell({event: 'progress', phase, files: 0, bytes: 0, rate: 0, ...facts});
				clock.advance(1000);
				await settle();
			};

			await step('renewing');
			await look(/now +1 {2}new key file/, 'Esc leaves it running  x stops it safely');
			await step('moving', {files: 12, totalFiles: 54});
			await look(/done +1 /, /now +2 /, '12 of 54 objects', '22%');
			await step('waiting', {current: 'process 4711 on mail01'});
			await look(/now +3 /, 'waits for process 4711 on mail01');
			await step('moving', {files: 54, totalFiles: 54});
			await step('proving');
			await look(/now +4 /, /done +3 /);
			await step('re-encrypting', {files: 9, bytes: 300_000_000, totalFiles: 36, totalBytes: 1_200_000_000, rate: 20_000_000});
			await look(/done +4 /, /now +5 /, '25%', '300 MB of 1.2 GB  20 MB/s  45 s left');
			await step('proving');
			await look(/done +5 /, /now +6 /);

			setKeys({...buildKeyCounts(), age: 'ok'});
			const before = started();
			answer(buildRotateSummary({packs: 36, bytes: 1_200_000_000}));
			await settle();
			await look(/done +6 /, 'The key is rotated, in 2.3 s', 'Proven: 0 objects under epoch 26a4f1c2', '36 packs (1.2 GB) written anew', '1 other key slot follows', 'make a new copy');
			t.is(started(), before + 1, 'the repository is opened with the new key');
			await press('enter');
			t.true((await text()).includes('The key has just been rotated.'));
			t.is(rotations.length, 1);
		});
	}
}

test('what is no terminal for panes: nothing is higher than it, and no key does what is not seen', async t => {
	for (const size of [{columns: 79, rows: 23}, {columns: 44, rows: 12}, {columns: 38, rows: 9}]) {
		const drawn = await drawKeys(t, size);
		const {dashboard, frame, press, rotations} = drawn;
		const {openRotation} = await import('../../../../source/ui/screens/rotation/open.ts');
		openRotation(dashboard);
		assertFrame(t, await frame(), size);
		await press('j', 'j', 'j');
		assertFrame(t, await frame(), size);
		await press('space');
		assertFrame(t, await frame(), size);
		t.deepEqual(rotations, []);
	}
});

test('only the typed word begins it: not another one, not Enter, not what is pasted', async t => {
	const {dashboard, press, type, text, rotations} = await drawKeys(t, small!);
	await press('K', 'enter', 'enter');
	t.true((await text()).includes('That is not "rotate".'));
	await type('rotat');
	await press('enter');
	t.true((await text()).includes('That is not "rotate".'));
	paste(dashboard, 'e');
	t.true((await text()).includes('Pasting is refused here: type it.'));
	await press('enter');
	t.deepEqual(rotations, []);
	await press('escape');
	t.is(dashboard.state.overlay, undefined);
	await press('enter');
	await type('rotate');
	await press('enter');
	t.is(rotations.length, 1);
	t.false(rotations[0]!.request.isReencrypting);
});

test('it goes on when its screen is left, shows among the jobs, is come back to, and is stopped', async t => {
	const drawn = await drawKeys(t, {columns: 120, rows: 36});
	const {press, text, rotations, clock, settle, setKeys, dashboard} = drawn;
	await press('K', 'space');
	await confirm(drawn);
	rotations[0]!.tell({event: 'progress', phase: 're-encrypting', files: 3, bytes: 600_000_000, totalFiles: 36, totalBytes: 1_200_000_000, rate: 20_000_000});
	clock.advance(1000);
	await press('escape');
	t.true((await text()).includes('The rotation goes on: pane 5 Jobs shows how far it is.'));
	t.is(dashboard.state.screens.length, 0);
	await press('j');
	t.regex(await text(), /RUN +rotate key and data/);
	t.regex(await text(), /rotation re-encrypting 50%/);
	await press('K');
	t.regex(await text(), /now +5 /);
	await press('escape', '5', 'enter');
	t.regex(await text(), /keys > rotate/);
	t.false(rotations[0]!.signal!.aborted);
	setKeys(buildRotatingKeys('packs'));
	await press('x');
	t.true(rotations[0]!.signal!.aborted);
	await settle();
	// What was looked at afterwards is shown with the next frame.
	clock.advance(100);
	const screen = await text();
	t.regex(screen, /here +5 /);
	t.true(screen.includes('The rotation was stopped.'));
	t.true(screen.includes('Left under the old epoch: 12 objects, of them 3 packs of 40 MB.'));
	t.true(screen.includes('rotation up where it stopped'));

	await press('escape');
	t.regex(await text(), /rotation: 12 objects left, K goes on/);
	await press('K');
	t.true((await text()).includes('A rotation was begun and has not ended: it goes on as it was begun.'));
	await press('space');
	t.true((await text()).includes('goes on as it was begun; the next one may be'));
	await confirm(drawn);
	t.deepEqual(rotations[1]!.request, {keyFile: '/etc/coffer/key', isReencrypting: true});
	rotations[1]!.answer(buildRotateSummary({isResumed: true}));
	await settle();
	t.true((await text()).includes('since it was taken up'));
});

test('a failure says why, what is left, and how it goes on', async t => {
	const drawn = await drawKeys(t, small!);
	const {text, press, rotations, settle, setKeys} = drawn;
	await press('K');
	await confirm(drawn);
	setKeys(buildRotatingKeys('keys'));
	rotations[0]!.fail(new CofferError('storage-full', 'No space left on /srv/backup. Make room there.'));
	await settle();
	const screen = await text();
	t.true(screen.includes('The rotation did not come to its end.'));
	t.true(screen.includes('No space left on /srv/backup. Make room there.'));
	t.true(screen.includes('l shows the log.'));
	await press('enter');
	t.true((await text()).includes('The rotation goes on where it stopped.'));
});

const refusals = [
	['a key that is no owner\'s', {overview: {role: 'backup' as const}}, /FAIL +This key has the role "backup"/],
	['a passphrase', {place: {kind: 'elsewhere' as const, reason: 'A passphrase opens this repository. Rotate on the command line: "coffer key rotate".'}}, /FAIL +A passphrase opens this repository/],
	['a slot that needs a passphrase, too', {keys: {...buildKeyCounts(), keys: buildKeyCounts().keys.map(key => ({...key, factors: ['key-file' as const, 'passphrase' as const]}))}}, /FAIL +A passphrase opens this key slot/],
	['a folder that cannot be written', {place: {kind: 'file' as const, file: '/etc/coffer/key', flaw: 'Nothing can be written beside the key file, in /etc/coffer: EROFS'}}, /FAIL +Nothing can be written beside the key file/],
	['another rotation', {overview: {activities: [buildActivity({kind: 'keys', subject: 'rotation'})]}}, /FAIL +Another process is at the keys \(rotation\)/],
] as const;

for (const [what, change, reason] of refusals) {
	test(`no rotation with ${what}: the screen says why`, async t => {
		const {press, text, rotations, dashboard} = await drawKeys(t, small!, change);
		await press('K');
		t.regex(await text(), reason);
		await press('enter');
		t.is(dashboard.state.overlay, undefined);
		t.truthy(dashboard.state.notice);
		t.deepEqual(rotations, []);
	});
}

test('what should be looked at first, and forbids nothing: no recovery key, one that was never checked, a backup at work, little space', async t => {
	const keys = buildKeyCounts();
	const {press, text, dashboard} = await drawKeys(t, {columns: 120, rows: 36}, {
		keys: {...keys, keys: keys.keys.filter(({isRecovery}) => !isRecovery)},
		overview: {activities: [buildActivity()], storage: [{url: '/srv/backup/coffer', freeBytes: 100_000_000, level: 'ok'}]},
	});
	t.regex(await text(), /no recovery key/);
	await press('K', 'space');
	const screen = await text();
	t.regex(screen, /WARN +no recovery key: if the key file is lost, so are the backups/);
	t.regex(screen, /WARN +1 backup at work \(mail-spool\)/);
	t.regex(screen, /WARN +100 MB free/);
	await press('enter');
	t.is(dashboard.state.overlay?.kind, 'typed');
	const unchecked = await drawKeys(t, small!);
	await unchecked.press('K');
	t.regex(await unchecked.text(), /WARN +recovery key never checked: c on the screen of keys checks it/);
});
