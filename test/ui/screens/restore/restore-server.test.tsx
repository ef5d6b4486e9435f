import test, {type ExecutionContext} from 'ava';
import {CofferError, type LoadedDatabase, type LoadSummary, type StoredSnapshot} from '../../../../source/engine/index.ts';
import type {Size} from '../../../../source/ui/model/state.ts';
import {drawRestore, type DrawnRestore} from '../../../helpers/drawn-restore.tsx';
import {hostileNames} from '../../../helpers/hostile-names.ts';
import {screenSizes} from '../../../helpers/screen-assertions.ts';
import {buildDatabaseFacts} from '../../../helpers/source-facts.ts';

const small = screenSizes[0]!;
const tree = {'crm.dump': 412_700_000, 'globals.sql': 900, 'shop.dump': 3_000_000} as const;
const facts = {kind: 'postgres', facts: {databases: [buildDatabaseFacts('crm'), buildDatabaseFacts('shop', {tables: 3, rows: 12, bytes: 3_000_000})]}} as const satisfies Partial<StoredSnapshot>;

function buildLoaded(name: string, change: Partial<LoadedDatabase> = {}): LoadedDatabase {
	return {name, into: name, bytes: 3_000_000, tables: 3, ...change};
}

function buildSummary(databases: readonly LoadedDatabase[], change: Partial<LoadSummary> = {}): LoadSummary {
	return {server: 'PostgreSQL 15.18 on db1:5432', databases, bytes: databases.reduce((sum, {bytes}) => sum + bytes, 0), problems: [], notes: [], durationMs: 2300, ...change};
}

/** The restore at its third step, with the cursor on the URL of the server. */
async function toServer(t: ExecutionContext, size: Size, {everything = true, ...options}: Partial<Parameters<typeof drawRestore>[2]> & {readonly everything?: boolean} = {}): Promise<DrawnRestore> {
	const drawn = await drawRestore(t, size, {tree, facts, snapshot: 0, ...options});
	await drawn.press(...(everything ? ['*'] : []), 'n', 'down');
	return drawn;
}

async function typeUrl({press, type}: DrawnRestore, url: string): Promise<void> {
	await press('e', 'ctrl-u');
	await type(url);
	await press('enter');
}

for (const size of screenSizes) {
	test(`dumps into a server at ${size.columns}x${size.rows}: target, what is there, progress, result`, async t => {
		const drawn = await toServer(t, size);
		const {press, text, loads, asked, dashboard, settle} = drawn;
		let screen = await text();
		t.regex(screen, /\( \) A folder \(e edits\)/);
		t.regex(screen, /\(\*\) Into a database server/);
		for (const part of [
			/> +URL +postgresql:\/\//, /Databases +all 2: crm, shop/, /Checksums +no: afterwards/, /Password file +none: .*~\/\.pgpass/,
			/Space changes it {2}Enter asks the server/, /A database that has something already \(o\)/, /\(\*\) never +it is left alone/,
		]) {
			t.regex(screen, part);
		}

		t.false(screen.includes('The original places'));
		await typeUrl(drawn, 'postgresql://admin@db1:5432');
		await press('down', 'down', 'space', 'down', 'space');
		await drawn.type('/root/db-password');
		await press('enter');
		screen = await text();
		t.regex(screen, /URL +postgresql:\/\/admin@db1:5432/);
		t.regex(screen, /Checksums +yes: afterwards/);
		t.regex(screen, /> +Password file +\/root\/db-password/);

		await press('enter');
		t.true((await text()).includes('Asking postgresql://admin@db1:5432 what is there.'));
		t.deepEqual(loads[0]!.request, {snapshot: loads[0]!.request.snapshot, into: 'postgresql://admin@db1:5432', overwrite: 'never', hasChecksums: true, password: {file: '/root/db-password'}, isDryRun: true});
		loads[0]!.answer(buildSummary([buildLoaded('crm'), buildLoaded('shop', {existing: {objects: 0, tables: 0}})]));
		screen = await text();
		for (const part of [
			/into +PostgreSQL 15\.18 on db1:5432/, /postgresql:\/\/admin@db1:5432, password in \/root\/db-password/, /loads +2 databases, 6 tables, 6\.0 MB/, /compares +the number and a checksum/,
			/> \+ new +crm +3\.0 MB/, /\+ empty +shop/, /y loads this\. Nothing that is there is replaced\./,
		]) {
			t.regex(screen, part);
		}

		await press('enter');
		t.is(loads.length, 1);
		await press('y');
		t.is(dashboard.state.overlay, undefined);
		const {isDryRun: _, ...same} = loads[0]!.request;
		t.deepEqual(loads[1]!.request, same);
		loads[1]!.tell({event: 'progress', phase: 'writing', files: 1, totalFiles: 2, bytes: 3_000_000, totalBytes: 6_000_000, rate: 1_000_000, current: 'postgresql://admin@db1:5432'});
		drawn.clock.advance(3000);
		await settle();
		screen = await text();
		t.regex(screen, /1 of 2 dumps {3}3\.0 MB of 6\.0 MB/);
		t.regex(screen, /\[#+-+\] {3}50%/);

		loads[1]!.answer(buildSummary([buildLoaded('crm', {rows: 1_204_331, compared: 'checksums'}), buildLoaded('shop', {rows: 12, compared: 'checksums'})], {notes: ['The role "web" is missing on this server.']}));
		await settle();
		screen = await text();
		for (const part of [
			/2 databases loaded: 6 tables, 1 204 343 rows, 6\.0 MB in 2\.3 s/, /\. crm: 3 tables, 1 204 331 rows as in the dump, checksums, too/,
			/\. shop: 3 tables, 12 rows as in the dump/, /The role "web" is missing/,
		]) {
			t.regex(screen, part);
		}

		t.deepEqual(asked, []);
		await press('enter');
		t.is(dashboard.state.screens.length, 0);
		await press('5', 'enter');
		t.regex(await text(), /loaded[\s\S]*tables[\s\S]*1 204 343/);
	});
}

test('a database that has something is refused, or replaced once the name is typed', async t => {
	const drawn = await toServer(t, small, {everything: false});
	const {press, type, text, loads, dashboard} = drawn;
	t.regex(await text(), /Databases +crm/);
	await typeUrl(drawn, 'postgresql://db1/copy');
	await press('enter');
	t.deepEqual(loads[0]!.request.databases, ['crm']);
	const full = buildSummary([buildLoaded('crm', {into: 'copy', existing: {objects: 31, tables: 21}})]);
	loads[0]!.answer(full);
	let screen = await text();
	t.regex(screen, /x refused +crm as copy +has 31 objects, 21 tables/);
	t.true(screen.includes('"copy" is not empty: nothing is loaded.'));
	await press('y');
	t.is(loads.length, 1);
	t.regex((await text()), /The database "copy" is not empty\. o lets all that it has/);

	await press('o');
	t.is(loads[1]!.request.overwrite, 'always');
	loads[1]!.answer(full);
	screen = await text();
	t.regex(screen, /! replaced +crm as copy +has 31 objects, 21 tables/);
	t.true(screen.includes('y asks for the name of the source'));
	await press('y');
	screen = await text();
	t.true(screen.includes('31 objects, 21 tables among them'));
	t.true(screen.includes('What is replaced cannot be brought back.'));
	await type('copy');
	await press('enter');
	t.is(loads.length, 2);
	await press('ctrl-u');
	await type('web');
	await press('enter');
	t.is(dashboard.state.overlay, undefined);
	t.like(loads[2]!.request, {into: 'postgresql://db1/copy', overwrite: 'always', databases: ['crm']});
	loads[2]!.answer(buildSummary([buildLoaded('crm', {into: 'copy', rows: 5, compared: 'rows'})], {problems: [{database: 'copy', message: 'It was loaded, but does not have what the dump has: the table a has 4 rows instead of 5.'}]}));
	screen = await text();
	t.true(screen.includes('0 databases loaded, 1 failed'));
	t.true(screen.includes('crm as copy: not what the dump has: see below'));
	t.regex(screen, /copy: It was loaded, but does not have what the dump has/);
});

test('a URL with a password is refused where it is typed, and the password is gone', async t => {
	const drawn = await toServer(t, small);
	const {press, text, dashboard} = drawn;
	await typeUrl(drawn, 'postgresql://admin:hunter2@db1/crm');
	const screen = await text();
	t.regex(screen, /A password may not stand in the URL, which is shown and logged/);
	t.regex(screen, /was taken out\./);
	t.false(screen.includes('hunter2'));
	t.like(dashboard.state.overlay, {line: {text: 'postgresql://admin@db1/crm'}});
	await press('enter');
	t.regex(await text(), /URL +postgresql:\/\/admin@db1\/crm/);
	await press('enter');
	t.regex(await text(), /names one database, "crm", for 2 dumps/);
	await press('down', 'space', 'enter');
	t.deepEqual(drawn.loads.map(({request}) => request.databases), [['crm']]);
});

test('a URL of another server and a relative password file are refused, and can be corrected there', async t => {
	const drawn = await toServer(t, small);
	const {press, type, text} = drawn;
	await typeUrl(drawn, 'mysql://db1');
	t.regex(await text(), /postgresql:\/\/USER@HOST:PORT/);
	await press('escape', 'G', 'e');
	await type('secret');
	await press('enter');
	t.regex(await text(), /An absolute path is wanted/);
	await press('ctrl-u');
	await type('/etc/pw');
	await press('enter');
	t.regex(await text(), /> +Password file +\/etc\/pw/);
	await press('e', 'ctrl-u', 'enter');
	t.regex(await text(), /> +Password file +none:/);
});

test('a server that refuses says so in place, and the URL can be changed', async t => {
	const drawn = await toServer(t, small);
	const {press, text, loads, settle} = drawn;
	await press('enter');
	loads[0]!.fail(new CofferError('target-unusable', 'The server at db1:5432 refuses the password of admin. Put the right one into ~/.pgpass.'));
	await settle();
	let screen = await text();
	t.true(screen.includes('refuses the password of admin.'));
	t.true(screen.includes('Enter tries again, Esc goes back to change the target.'));
	await press('y');
	t.is(loads.length, 1);
	await press('enter');
	t.is(loads.length, 2);
	await press('escape');
	t.true(loads[1]!.signal!.aborted);
	loads[1]!.answer(buildSummary([buildLoaded('late')]));
	await typeUrl(drawn, 'postgresql://db2');
	await press('enter');
	t.is(loads[2]!.request.into, 'postgresql://db2');
	loads[2]!.answer(buildSummary([buildLoaded('crm')]));
	await settle();
	await press('y');
	loads[3]!.fail(new CofferError('target-unusable', 'The server at db2:5432 does not answer.'));
	await settle();
	screen = await text();
	t.true(screen.includes('The server at db2:5432 does not answer.'));
	t.true(screen.includes('may have a part of the dump'));
	t.true(screen.includes('Enter changes the target  Esc leaves'));
	await press('enter');
	t.true((await text()).includes('> [3 Target] >'));
	await press('enter');
	t.is(loads[4]!.request.into, 'postgresql://db2');
});

test('dumps go into a folder, too, but have no original place; the help names the keys', async t => {
	const drawn = await toServer(t, small);
	const {press, type, text, asked} = drawn;
	await press('?');
	t.regex(await text(), /Space +change what stands at the cursor, of a server/);
	await press('escape', 'g', 'space');
	t.true((await text()).includes('The arrows choose where to; e edits the folder.'));
	await press('e', 'ctrl-u');
	await type('/');
	await press('enter');
	t.regex(await text(), /was never in a place of its own on a disk/);
	await press('ctrl-u');
	await type('/srv/dumps');
	await press('enter', 'o', 'enter');
	t.like(asked[0]!.request, {target: '/srv/dumps', overwrite: 'keep-both'});
});

test('the output of a program goes into a folder; what came from a disk has no server', async t => {
	const command = await drawRestore(t, small, {tree, snapshot: 0, facts: {kind: 'command'}});
	await command.press('n', 'down');
	const screen = await command.text();
	t.regex(screen, /> \(\*\) A folder/);
	t.false(screen.includes('The original places'));
	t.false(screen.includes('database server'));
	const sqlite = await drawRestore(t, small, {tree, snapshot: 0, facts: {kind: 'sqlite', facts: facts.facts}});
	await sqlite.press('n', 'down');
	t.regex(await sqlite.text(), /> \(\*\) The original places/);
});

test('names of databases and messages of a server steer no terminal', async t => {
	for (const size of [...screenSizes, {columns: 40, rows: 10}, {columns: 60, rows: 15}]) {
		for (const hasUnicode of [false, true]) {
			const drawn = await toServer(t, size, {hasUnicode, everything: false, facts: {kind: 'mysql', facts: {databases: hostileNames.map(name => buildDatabaseFacts(name))}}});
			const {press, loads, settle} = drawn;
			const look = drawn.text;

			await look();
			await press('down');
			for (const _ of hostileNames) {
				await press('space');
				await look();
			}

			await press('up', 'o', 'enter');
			await look();
			const databases = hostileNames.map(name => buildLoaded(name, {into: `${name}2`, existing: {objects: 9_007_199_254_740_991, tables: 9_007_199_254_740_991}, rows: 1, compared: 'rows'}));
			loads[0]!.answer(buildSummary(databases, {server: hostileNames[1]!}));
			await settle();
			for (const _ of hostileNames) {
				await look();
				await press('j');
			}

			await press('y');
			await look();
			await drawn.type('web');
			await press('enter');
			loads[1]!.answer(buildSummary(databases, {server: hostileNames[1]!, notes: hostileNames, problems: hostileNames.map(name => ({database: `${name}2`, message: name}))}));
			await settle();
			for (const _ of hostileNames) {
				await look();
				await press('page-down');
			}
		}
	}

	t.log(`${hostileNames.length} names on 5 terminals`);
});
