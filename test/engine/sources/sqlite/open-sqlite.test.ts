import {Buffer} from 'node:buffer';
import {execFileSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import test from 'ava';
import {openSqlite} from '../../../../source/engine/sources/sqlite/open-sqlite.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {createSourceContext, readStream} from '../../../helpers/source-context.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {createAccounts, readAccounts, writeAccounts, type JournalMode} from '../../../helpers/sqlite-database.ts';
import type {Runtime} from '../../../../source/engine/runtime.ts';
import {createRealRuntime} from '../../../helpers/system-runtime.ts';

const source = (...paths: readonly string[]) => ({kind: 'sqlite', name: 'app', paths} as const);

for (const mode of ['wal', 'delete'] satisfies JournalMode[]) {
	test(`a database that another process writes to all the time is copied as it was at one moment (journal mode ${mode})`, async t => {
		const folder = createFolder(t);
		const file = path.join(folder, 'app.db');
		createAccounts(file, mode);
		const stop = await writeAccounts(t, file);
		const copies: number[] = [];
		for (let round = 0; round < 3; round++) {
			const stream = await openSqlite(source(file), createSourceContext());
			const contents = await readStream(stream);
			t.deepEqual([...contents.keys()], [file]);
			const copy = path.join(folder, `copy-${round}.db`);
			writeFileSync(copy, contents.get(file)!);
			const {sum, accounts, transfers} = readAccounts(copy);
			t.deepEqual({sum, accounts}, {sum: 10_000_000, accounts: 10_000});
			t.like(stream.facts().databases![0], {name: 'app.db', file, tables: 2, rows: 10_000 + transfers, bytes: contents.get(file)!.byteLength});
			copies.push(transfers);
		}

		await stop();
		const {transfers} = readAccounts(file);
		t.true(copies[0]! < copies[1]! && copies[1]! < copies[2]! && copies[2]! <= transfers, `${copies.join(', ')}, at last ${transfers}`);
		t.log(`transfers in the copies: ${copies.join(', ')}; at last ${transfers}`);
	});
}

test('the copy has the database\'s owner, mode and time; the version is a fact; nothing is left behind', async t => {
	const folder = createFolder(t);
	mkdirSync(path.join(folder, 'tmp'));
	const file = path.join(folder, 'a.db');
	createAccounts(file, 'delete');
	chmodSync(file, 0o640);
	const runtime: Runtime = {...createRealRuntime({TMPDIR: path.join(folder, 'tmp')}), randomBytes: byteCount => Buffer.alloc(byteCount, 0xAB)};
	const stream = await openSqlite(source(file), createSourceContext({runtime}));
	for await (const {content, ...entry} of stream.entries(() => undefined)) {
		t.like(entry, {type: 'file', mode: 0o640});
		t.is(Buffer.concat(await Array.fromAsync(content!, piece => Buffer.from(piece))).byteLength, readFileSync(file).byteLength);
	}

	t.regex(stream.facts().origin!, /^SQLite 3\.\d+/);
	await stream.close();
	t.deepEqual([...readdirSync('/dev/shm'), ...readdirSync(path.join(folder, 'tmp'))].filter(name => name.endsWith('abab')), []);
});

test('what is no database is refused before anything is copied, each with what it is', async t => {
	const folder = createFolder(t, {text: 'just text, longer than the magic', empty: '', 'folder/': ''});
	execFileSync('mkfifo', [path.join(folder, 'fifo')]);
	for (const [name, code, message] of [
		['missing', 'source-missing', /There is no SQLite database .*missing\./],
		['text', 'source-failed', /does not begin as one; encrypted/],
		['empty', 'source-failed', /it is empty/],
		['folder', 'source-failed', /it is no regular file/],
		['fifo', 'source-failed', /it is no regular file/],
	] as const) {
		await refusesAsync(t, async () => openSqlite(source(path.join(folder, name)), createSourceContext()), code, message);
	}
});

test('a damaged database makes no snapshot: integrity_check is asked, and quoted', async t => {
	const folder = createFolder(t);
	const file = path.join(folder, 'a.db');
	createAccounts(file, 'delete');
	const bytes = readFileSync(file);
	// A page in the middle, not the first with the schema.
	bytes.fill(0x5A, 4096 * 20, 4096 * 21);
	writeFileSync(file, bytes);
	const stream = await openSqlite(source(file), createSourceContext());
	await refusesAsync(t, async () => readStream(stream), 'source-failed', /is damaged, and no snapshot was made\. integrity_check says: \S/);
});

test('a program died while it wrote: what it had not finished is undone, as any reader would have to, and the rest is copied', async t => {
	const folder = createFolder(t);
	const file = path.join(folder, 'a.db');
	createAccounts(file, 'delete');
	const before = readFileSync(file);
	const writer = new DatabaseSync(file);
	// Small, so that pages of the transaction are written before it ends.
	writer.exec('PRAGMA cache_size = 5; BEGIN; UPDATE account SET balance = 0');
	const [half, journal] = [readFileSync(file), readFileSync(`${file}-journal`)];
	writer.exec('ROLLBACK');
	writer.close();
	t.notDeepEqual(half, before);
	writeFileSync(file, half);
	writeFileSync(`${file}-journal`, journal);
	const contents = await readStream(await openSqlite(source(file), createSourceContext()));
	const copy = path.join(folder, 'copy.db');
	writeFileSync(copy, contents.get(file)!);
	t.deepEqual(readAccounts(copy), {sum: 10_000_000, accounts: 10_000, transfers: 0});
});

test('several databases, names with quotes, a table without rows, a virtual table, an index over an expression', async t => {
	const folder = createFolder(t);
	const [first, second] = ['first.db', 'sec\'ond "x".db'].map(name => path.join(folder, name));
	createAccounts(first!);
	const database = new DatabaseSync(second!);
	database.exec('CREATE TABLE "odd "" name" (a); INSERT INTO "odd "" name" VALUES (1), (2); CREATE TABLE none (a); CREATE INDEX lower_a ON "odd "" name" (lower(a)); CREATE VIRTUAL TABLE texts USING fts5 (body); INSERT INTO texts VALUES (\'hello\'); CREATE VIEW v AS SELECT 1');
	database.close();
	const stream = await openSqlite(source(first!, second!), createSourceContext());
	const contents = await readStream(stream);
	t.deepEqual([...contents.keys()], [first, second]);
	const {databases} = stream.facts();
	t.is(databases!.length, 2);
	t.true(databases![1]!.tables >= 2 && databases![1]!.rows! >= 2);
});

test('a signal ends the copy; leftovers of a run that was killed are removed by the next, others\' are not', async t => {
	const folder = createFolder(t);
	const file = path.join(folder, 'a.db');
	createAccounts(file);
	const aborted = new AbortController();
	const stream = await openSqlite(source(file), createSourceContext({signal: aborted.signal}));
	aborted.abort();
	await refusesAsync(t, async () => readStream(stream), 'aborted');
	const runtime = createRealRuntime({TMPDIR: folder});
	const {pid, startTicks} = runtime.identity;
	const name = (owner: number, ticks: number) => path.join(folder, `coffer-copy-${owner}-${ticks}-${'0'.repeat(32)}`);
	const [dead, living, other] = [name(2 ** 22 + 1, 1), name(pid, startTicks), path.join(folder, 'coffer-copy-of-mine')];
	for (const one of [dead, living, other]) {
		mkdirSync(one);
		writeFileSync(path.join(one, 'copy'), 'x');
	}

	await readStream(await openSqlite(source(file), createSourceContext({runtime})));
	t.deepEqual([dead, living, other].map(one => existsSync(one)), [false, true, true]);
});
