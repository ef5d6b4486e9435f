import test, {type ExecutionContext} from 'ava';
import type {AuditLook, ShownEntry} from '../../../../source/engine/index.ts';
import type {Connection} from '../../../../source/ui/dashboard-options.ts';
import type {Size} from '../../../../source/ui/model/state.ts';
import {drawDashboard} from '../../../helpers/drawn-dashboard.tsx';
import {createFakeEngine} from '../../../helpers/fake-engine.ts';
import {hostileNames} from '../../../helpers/hostile-names.ts';
import {ago} from '../../../helpers/overview-builder.ts';
import {assertFrame, assertScreen, screenSizes} from '../../../helpers/screen-assertions.ts';

const small: Size = {columns: 80, rows: 24};

const buildEntry = (number: number, change: Partial<ShownEntry> = {}): ShownEntry => ({
	number, time: ago((100 - number) * 60_000), host: 'vault01', user: 'root, by anna', from: 'ssh 192.0.2.7', operation: 'backup', result: 'ok', objects: [`source-${number}`], run: 'f00d', previous: '00', mac: '11', isAuthentic: true, ...change,
});

const lookAt = (entries: readonly ShownEntry[], change: Partial<AuditLook['verification']> = {}): AuditLook => ({
	entries, verification: {entries: entries.length, files: 1, heads: [{number: 1, mac: '11', where: 'this host', isFound: true, isSuperseded: false}], accepted: [], recovered: 0, isTorn: false, unended: [], ...change},
});

async function draw(t: ExecutionContext, size: Size, {looks, ...connection}: Partial<Connection> & {readonly looks?: ReadonlyArray<AuditLook | Error>} = {}) {
	let count = 0;
	const engine = createFakeEngine(looks && {async readAuditLog() {
		const look = looks[Math.min(count++, looks.length - 1)]!;
		if (look instanceof Error) {
			throw look;
		}

		return look;
	}});
	const drawn = await drawDashboard(t, size, {engine, start: {url: '/srv/backup/coffer', startEngine: () => engine, sources: [], ...connection}});
	return {...drawn, text: async () => (await drawn.frame()).join('\n')};
}

for (const size of screenSizes) {
	test(`who did what, newest first, and that nothing was changed, at ${size.columns}x${size.rows}`, async t => {
		const entries = [...Array.from({length: 70}, (_, index) => buildEntry(index + 1)), buildEntry(71, {operation: 'forget', result: 'failed', objects: ['1b88f0a9'], detail: 'the disk is full', role: 'owner', slot: 'ab12'})];
		const {press, frame, text} = await draw(t, size, {looks: [lookAt(entries)]});
		await press('A');
		assertScreen(t, await frame(), size);
		const seen = await text();
		t.regex(seen, /INTACT: 71 entries, none changed, missing or moved; compared with/);
		t.regex(seen, /> .*forget +failed +root, by anna.*1b88f0a9: the disk/);
		t.is(seen.includes('ssh 192.0.2.7'), size.columns >= 110);
		t.true(seen.indexOf('source-70') < seen.indexOf('source-69'));
		await press('enter');
		for (const fact of ['Entry 71', 'by anna', 'ssh 192.0.2.7', 'key slot   ab12', 'detail     the disk is full']) {
			t.true((await text()).includes(fact), fact);
		}

		await press('escape', 'G');
		t.regex(await text(), /> .*source-1\b/);
	});
}

test('a broken log says which entry is the first bad one; R reads it again, and says when it cannot be read', async t => {
	const broken = lookAt([buildEntry(1), buildEntry(2, {isAuthentic: false})], {flaw: {file: 'audit.jsonl', line: 2, number: 2, message: 'its content is not what was written'}});
	const {press, text} = await draw(t, small, {looks: [broken, lookAt([buildEntry(1)]), new Error('The disk is gone.')]});
	await press('A');
	t.regex(await text(), /BROKEN: entry 2 \(line 2 of audit\.jsonl\): its content is not what was\s/);
	t.regex(await text(), /FORGED/);
	await press('R');
	t.regex(await text(), /INTACT: 1 entry/);
	await press('R');
	t.regex(await text(), /The disk is gone\./);
});

test('a filter leaves the entries that have its words; an empty log says so', async t => {
	const {press, type, text} = await draw(t, small, {looks: [lookAt([buildEntry(1), buildEntry(2, {operation: 'restore', objects: ['mail']})])]});
	await press('A', '/');
	await type('restore');
	await press('enter');
	t.regex(await text(), /restore +ok/);
	t.notRegex(await text(), /source-1/);
	const empty = await draw(t, small, {looks: [lookAt([])]});
	await empty.press('A');
	t.regex(await empty.text(), /There is no entry yet/);
});

test('hostile names in the log steer no terminal and break no line', async t => {
	const entries = hostileNames.map((name, index) => buildEntry(index + 1, {user: name, from: name, objects: [name], detail: name}));
	const {press, frame} = await draw(t, {columns: 120, rows: 36}, {looks: [lookAt(entries)]});
	await press('A');
	let frames = 0;
	for (const _ of entries) {
		assertFrame(t, await frame(), {columns: 120, rows: 36});
		await press('enter');
		assertFrame(t, await frame(), {columns: 120, rows: 36});
		await press('escape', 'down');
		frames += 2;
	}

	t.log(`${entries.length} names, ${frames} frames`);
});

test('a report is written from the palette, and where it lies is told; why not, too', async t => {
	const {press, type, text} = await draw(t, small, {writeReport: async () => '7 days: 9 runs, 0 failed; /var/lib/coffer/reports/report-1.md'});
	await press(':');
	await type('report');
	await press('enter');
	t.regex(await text(), /Report: 7 days: 9 runs, 0 failed; \/var\/lib\/coffer\/reports\/report-1\.md/);
	const failing = await draw(t, small, {async writeReport() {
		throw new Error('The disk is full.');
	}});
	await failing.press(':');
	await failing.type('report');
	await failing.press('enter');
	t.regex(await failing.text(), /The report could not be written: The disk is full\./);
});
