import {Buffer} from 'node:buffer';
import test, {type ExecutionContext} from 'ava';
import {CofferError, createRecoveryCode, createSystemRuntime, type EngineClient, type SlotId} from '../../../../source/engine/index.ts';
import {paste} from '../../../../source/ui/press-key.ts';
import {drawKeys, type DrawnKeys} from '../../../helpers/drawn-keys.ts';
import {ago} from '../../../helpers/overview-builder.ts';
import {assertFrame, assertScreen, screenSizes} from '../../../helpers/screen-assertions.ts';

const [small] = screenSizes;
const key = {id: 'ab'.repeat(16) as SlotId, label: 'recovery', created: ago(0)};

type Exported = {readonly file: string; readonly code: string; readonly bytes: Uint8Array};

/** The screen of keys, and what was asked to be exported, as it was then. */
async function drawExport(t: ExecutionContext, size = small!, exportKey?: EngineClient['exportKey']): Promise<DrawnKeys & {readonly exported: Exported[]}> {
	const exported: Exported[] = [];
	const drawn = await drawKeys(t, size, {engine: {exportKey: exportKey ?? (async ({file, code}) => {
		exported.push({file, code: Buffer.from(code).toString(), bytes: code});
		return key;
	})}});
	await drawn.press('2', 'enter');
	return {...drawn, exported};
}

const groupsOf = (code: string): string[] => code.split('-').map(group => [...group].join(' '));

for (const size of screenSizes) {
	test(`a recovery key: its code is shown once, asked for, and gone, at ${size.columns}x${size.rows}`, async t => {
		const {press, type, frame, text, exported, dashboard} = await drawExport(t, size);
		await press('e');
		t.true((await text()).includes('/root/coffer-recovery-vault01.key'));
		await press('ctrl-u');
		await type('/media/stick/coffer.key');
		await press('enter');
		const [{file, code, bytes}] = exported as [Exported];
		t.is(file, '/media/stick/coffer.key');
		t.regex(code, /^(?:[\dA-Z]{5}-){7}[\dA-Z]{5}$/);
		const lines = await frame();
		assertScreen(t, lines, size);
		const shown = lines.join('\n');
		t.true(groupsOf(code).every(group => shown.includes(group)), shown);
		t.true(shown.includes('/media/stick/coffer.key'));

		// Nothing but the first group leads away.
		await press('escape', 'q');
		t.true((await text()).includes('The code is shown only once:'));
		t.is(dashboard.state.screens.at(-1)?.kind, 'recovery');
		await press('enter');
		let covered = await text();
		t.true(groupsOf(code).every(group => !covered.includes(group)), covered);
		await type('wrong');
		await press('enter');
		t.true((await text()).includes('That is not the first group.'));
		paste(dashboard, code.slice(0, 5));
		t.true((await text()).includes('Pasting is refused here: type it.'));
		await press('enter');
		t.is(dashboard.state.screens.at(-1)?.kind, 'recovery');
		await press('escape');
		t.true((await text()).includes(groupsOf(code)[7]!));
		await press('enter');
		await type(code.slice(0, 5).toLowerCase());
		await press('enter');
		covered = await text();
		t.is(dashboard.state.screens.at(-1)?.kind, 'keys');
		t.true(covered.includes('The code is gone from here for good.'));
		t.true(bytes.every(byte => byte === 0), 'the code is wiped');
		t.true(groupsOf(code).every(group => !covered.includes(group)));
		t.false(JSON.stringify(dashboard.state).includes(code));
	});
}

test('a terminal that is too small shows no part of the code beyond its edges', async t => {
	const {press, frame, resize, exported} = await drawExport(t);
	await press('e', 'enter');
	for (const size of [{columns: 44, rows: 12}, {columns: 38, rows: 9}, {columns: 80, rows: 24}]) {
		await resize(size);
		assertFrame(t, await frame(), size);
	}

	t.true((await frame()).join('\n').includes(groupsOf(exported[0]!.code)[0]!));
});

test('where its file goes is asked for: absolute, and beside the repository only after a yes', async t => {
	const {press, type, text, exported} = await drawExport(t);
	await press('e', 'ctrl-u');
	await type('stick/key');
	await press('enter');
	t.true((await text()).includes('Give an absolute path'));
	await press('ctrl-u');
	await type('/srv/backup/recovery.key');
	await press('enter');
	t.regex(await text(), /lies beside the\s+(?:\S.*)?repository/);
	await press('n');
	t.deepEqual(exported, []);
	await press('e', 'ctrl-u');
	await type('/srv/backup/coffer/../recovery.key');
	await press('enter', 'y');
	t.is(exported[0]!.file, '/srv/backup/recovery.key');
});

test('one that could not be made: why, and no code', async t => {
	let code: Uint8Array | undefined;
	const {press, text, dashboard} = await drawExport(t, small, async request => {
		({code} = request);
		throw new CofferError('target-unusable', '/root/coffer-recovery-vault01.key exists already. Name another file for the recovery key.');
	});
	await press('e', 'enter');
	const shown = await text();
	t.true(shown.includes('No recovery key that could be used was made.'));
	t.true(shown.includes('exists already. Name another'));
	t.true(code!.every(byte => byte === 0));
	await press('enter');
	t.is(dashboard.state.screens.at(-1)?.kind, 'keys');
});

test('Ctrl-C at the code asks; leaving the program wipes it', async t => {
	const {press, text, exported, dashboard} = await drawExport(t);
	await press('e', 'enter', 'ctrl-c');
	t.true((await text()).includes('Leave without it?'));
	await press('n');
	t.is(dashboard.state.screens.at(-1)?.kind, 'recovery');
	t.false(exported[0]!.bytes.every(byte => byte === 0));
	await dashboard.close();
	t.true(exported[0]!.bytes.every(byte => byte === 0));
});

test('a recovery key is checked with its code, which is hidden as it is typed', async t => {
	const code = createRecoveryCode(createSystemRuntime()).toString();
	const checked: string[] = [];
	const sent: Uint8Array[] = [];
	const {press, type, text, dashboard} = await drawKeys(t, small!, {engine: {async checkKey({code: bytes}) {
		checked.push(Buffer.from(bytes).toString());
		sent.push(bytes);
		return {slot: {...key, role: 'owner'}, dataKeys: 3, snapshot: {id: '00', time: ago(0)}};
	}}});
	await press('2', 'enter', 'c');
	await type(code.toLowerCase().replaceAll('-', ' '));
	let shown = await text();
	t.true(shown.includes('*****-*****-*****'), shown);
	t.false(shown.toUpperCase().includes(code.slice(0, 5)));
	await press('tab');
	shown = await text();
	t.true(shown.includes(code.toLowerCase().slice(0, 29)), shown);
	await press('tab', 'enter');
	t.deepEqual(checked, [code]);
	t.true((await text()).includes('"recovery" (abababab) opens everything.'));
	t.true((await text()).includes('3 data keys opened, and the snapshot of'));
	t.true(sent[0]!.every(byte => byte === 0), 'the code is wiped');
	await press('enter');

	// A mistyped one is told by its group, before anybody is asked.
	await press('c');
	paste(dashboard, `${code.slice(0, 4)}${code[4] === '7' ? '8' : '7'}${code.slice(5)}`);
	await press('enter');
	const refusal = await text();
	t.true(refusal.includes('group 1 is') && refusal.includes('mistyped. Compare it with the paper'), refusal);
	await press('escape');
	t.deepEqual(checked, [code]);

	// A passphrase is taken as it is.
	await press('c');
	await type('correct horse b\u00E4ttery');
	await press('backspace', 'y', 'enter');
	t.is(checked[1], 'correct horse b\u00E4ttery');
});

test('a recovery key that opens nothing: the reason and the next step', async t => {
	const {press, type, text} = await drawKeys(t, small!, {engine: {async checkKey() {
		throw new CofferError('key-wrong', 'This key does not open the repository.');
	}}});
	await press('2', 'enter', 'c');
	await type('something');
	await press('enter');
	t.regex(await text(), /The recovery key was not proven/);
	t.regex(await text(), /This key does not open the repository/);
	t.regex(await text(), /make a new one with e/);
});
