import test, {type ExecutionContext} from 'ava';
import type {StoredSnapshot} from '../../../../source/engine/index.ts';
import type {Size} from '../../../../source/ui/model/state.ts';
import {drawDashboard} from '../../../helpers/drawn-dashboard.tsx';
import {createFakeEngine} from '../../../helpers/fake-engine.ts';
import {hostileNames} from '../../../helpers/hostile-names.ts';
import {buildOverview, buildSnapshots, buildSource} from '../../../helpers/overview-builder.ts';
import {assertScreen, screenSizes} from '../../../helpers/screen-assertions.ts';
import {buildDatabaseFacts, buildRepositoryFacts} from '../../../helpers/source-facts.ts';

/** The screen of a source whose newest snapshot is this. */
async function draw(t: ExecutionContext, size: Size, change: Partial<StoredSnapshot>, looks: {readonly hasUnicode?: boolean; readonly hasColor?: boolean} = {}) {
	const engine = createFakeEngine();
	engine.overviewValue = buildOverview({sources: [buildSource('crm', {kind: change.kind!}), buildSource('etc')], alerts: []});
	engine.snapshotList = {snapshots: buildSnapshots('crm', 3, change), verifications: new Map()};
	const drawn = await drawDashboard(t, size, {engine, ...looks});
	await drawn.press('enter');
	return {...drawn, async text() {
		const lines = await drawn.frame();
		assertScreen(t, lines, size);
		return lines.join('\n');
	}};
}

const databases = {kind: 'postgres', classification: 'confidential', facts: {origin: 'PostgreSQL 15.18', databases: [buildDatabaseFacts('crm'), buildDatabaseFacts('shop', {tables: 1, rows: 1, bytes: 900}), buildDatabaseFacts('old', {rows: undefined as never, isSchemaOnly: true})]}} as const satisfies Partial<StoredSnapshot>;
const repositories = {kind: 'git', facts: {origin: 'git 2.39.5', repositories: [
	buildRepositoryFacts('crm', {absent: ['2 submodules: they are repositories of their own']}), buildRepositoryFacts('empty', {refs: 0, lastCommit: undefined as never}),
]}} as const satisfies Partial<StoredSnapshot>;

for (const size of screenSizes) {
	test(`databases at ${size.columns}x${size.rows}: in the facts of the source in one line, and each in the details`, async t => {
		const {text, press} = await draw(t, size, databases);
		let screen = await text();
		t.regex(screen, /Kind +postgres, confidential {3}3 databases: crm, shop, old/);
		if (size.columns < 110) {
			t.true(screen.includes('Snapshots 3'));
			await press('tab');
			screen = await text();
			t.false(screen.includes('Snapshots 3'));
		}

		t.regex(screen, /kind +postgres, confidential/);
		t.regex(screen, /from PostgreSQL 15\.18/);
		for (const part of [/ crm .*413 MB/, /21 tables[, ]+1 204 331 rows/, / shop .*900 B/, /1 table[, ]+1 row /, / old .*413 MB/, /21 tables[, ]+schema only/]) {
			t.regex(screen, part);
		}
	});

	test(`repositories at ${size.columns}x${size.rows}: refs, the last commit, and what is not in the snapshot`, async t => {
		const {text, press} = await draw(t, size, repositories);
		t.regex(await text(), /Kind +git {3}2 repositories, 41 refs, last commit 3h ago, 1 with gaps/);
		await press('tab');
		const screen = (await text()).replaceAll(/[\s|]+/g, ' ');
		for (const part of ['/srv/git/crm.git', '41 refs, HEAD main', 'last commit 1a2b3c4d, 2026-11-21', 'Fix the export of', 'not in it: 2 submodules', '/srv/git/empty.git', '0 refs, HEAD main', 'no commit yet']) {
			t.true(screen.includes(part), part);
		}

		t.true(screen.includes('Tab goes back to the list'));
	});
}

test('the columns of the list have the kind where there is room, and not at the cost of names', async t => {
	const engine = createFakeEngine({overviewValue: buildOverview({sources: [buildSource('crm', {kind: 'postgres'}), buildSource('code', {kind: 'git'}), buildSource('etc')]})});
	const {frame, resize} = await drawDashboard(t, {columns: 200, rows: 60}, {engine});
	const wide = await frame();
	t.regex(wide[2]!, /NAME +LAST OK .*DUE +KIND +LAST 14 RUNS/);
	t.regex(wide.join('\n'), /> crm +OK .* postgres [\s\S]* code +OK .* git [\s\S]* etc +OK .* files /);
	for (const size of screenSizes.slice(0, 2)) {
		await resize(size);
		const lines = await frame();
		assertScreen(t, lines, size);
		t.false(lines.join('\n').includes('KIND'));
	}
});

test('many of them: the first ones, how many lines more, and all of them by scrolling', async t => {
	const names = Array.from({length: 60}, (_, index) => `db-${index}`);
	for (const size of screenSizes) {
		const {text, press} = await draw(t, size, {kind: 'mysql', facts: {databases: names.map(name => buildDatabaseFacts(name))}});
		t.regex(await text(), /Kind +mysql {3}60 databases: db-0, db-1, db-2 and 57 more/);
		await press('tab');
		const seen = new Set<string>();
		let screen = await text();
		t.regex(screen, /… \d+ more lines: j goes on|~ \d+ more lines: j goes on/);
		for (let page = 0; page < 60; page++) {
			for (const [name] of screen.matchAll(/db-\d+(?= )/g)) {
				seen.add(name);
			}

			await press('page-down');
			screen = await text();
		}

		t.is(seen.size, 60);
		t.false(screen.includes('more lines'));
		await press('k');
		t.true((await text()).includes('more lines'));
		await press('g');
		t.regex(await text(), /kind +mysql/);
		await press('escape');
		t.true((await text()).includes('Snapshots 3'));
		await press('escape');
		t.true((await text()).includes('1 Backups'));
	}
});

test('what a repository or a server calls its things steers no terminal', async t => {
	let frames = 0;
	for (const size of screenSizes) {
		for (const looks of [{}, {hasUnicode: true, hasColor: false}]) {
			const {text, press} = await draw(t, size, {kind: 'git', facts: {
				origin: hostileNames[0]!,
				repositories: hostileNames.map((name, index) => ({path: `/srv/${name}`, refs: 1, head: name, lastCommit: {id: 'f'.repeat(64), time: '2026-11-20T00:00:00Z', subject: hostileNames.at(-index)!}, absent: [name, name]})),
				databases: hostileNames.map(name => buildDatabaseFacts(name, {file: `/${name}.dump`})),
			}}, looks);
			const first = await text();
			t.true(first.includes(String.raw`red\x1b[31m`) || size.columns < 200);
			await press('tab');
			for (let page = 0; page < 40; page++) {
				await text();
				await press('page-down');
				frames++;
			}
		}
	}

	t.log(`${frames} frames of ${2 * hostileNames.length} names`);
});
