import {readdirSync, readFileSync, statSync} from 'node:fs';
import {gzipSync} from 'node:zlib';
import path from 'node:path';
import test from 'ava';
import {fromText} from '../../source/engine/byte-string.ts';
import {createFolder, writeLayout} from '../helpers/source-folder.ts';
import {changeSmallFiles} from './change-files.ts';
import {readTreeContent} from './compare-trees.ts';
import {dumpName, dumpTable, tables} from './dump.ts';
import {insertWords, writeLargeFiles, writeManyFiles} from './plain-data.ts';
import {dumpsFolder, writeNextDumps, writeServerData} from './server-data.ts';
import {measureTree, treeFiles} from './tree-files.ts';

const small = {seed: 'test', size: 0.004};

test('generated data depends on the seed only: names, contents, times', async t => {
	const folder = createFolder(t);
	const at = (name: string): string => path.join(folder, name);
	await writeServerData(at('one'), small);
	await writeServerData(at('two'), small);
	await writeServerData(at('other'), {...small, seed: 'another'});
	const one = readTreeContent(at('one'));
	t.deepEqual(readTreeContent(at('two')), one);
	t.notDeepEqual(readTreeContent(at('other')), one);
	const times = (name: string): number[] => [...treeFiles(fromText(at(name)))].filter(file => !file.path.endsWith('.sql')).map(file => statSync(file.path).mtimeMs);
	t.deepEqual(times('two'), times('one'));
	const {files, bytes} = measureTree(fromText(at('one')));
	t.log(`${files} files, ${bytes} bytes`);
	// 22,000 files and 981 MB, times 0.004; few large files make the bytes vary.
	t.true(files > 85 && files < 95, `${files}`);
	t.true(bytes > 2_900_000 && bytes < 5_000_000, `${bytes}`);
});

test('generated data goes on changing in the same way', async t => {
	const folder = createFolder(t);
	const results = [];
	for (const name of ['one', 'two']) {
		const tree = path.join(folder, name);
		await writeServerData(tree, small);
		await writeNextDumps(tree, small);
		const dumps = readTreeContent(path.join(tree, dumpsFolder));
		const changes = changeSmallFiles(fromText(tree), 'test', dumpsFolder);
		t.deepEqual(readTreeContent(path.join(tree, dumpsFolder)), dumps);
		results.push({changes, content: readTreeContent(tree)});
	}

	t.deepEqual(results[1], results[0]);
});

test('one of the dumps has another name on the next day, and the old one is gone', async t => {
	const tree = path.join(createFolder(t), 'data');
	const names = (): string[] => readdirSync(path.join(tree, dumpsFolder)).toSorted();
	await writeServerData(tree, small);
	t.deepEqual(names(), ['articles.sql', 'orders.sql', 'sessions-2026-11-01.sql']);
	await writeNextDumps(tree, small);
	t.deepEqual(names(), ['articles.sql', 'orders.sql', 'sessions-2026-11-02.sql']);
	t.is(tables.filter(table => dumpName(table, 1) !== dumpName(table, 2)).length, 1);
});

test('many small files, and few large ones, depend on the seed only', async t => {
	const folder = createFolder(t);
	const at = (name: string): string => path.join(folder, name);
	for (const name of ['one', 'two']) {
		await writeManyFiles(at(`many-${name}`), {seed: 'test', count: 250});
		await writeLargeFiles(at(`large-${name}`), {seed: 'test', count: 2, sizeBytes: 1_000_000});
	}

	t.deepEqual(readTreeContent(at('many-two')), readTreeContent(at('many-one')));
	t.deepEqual(readTreeContent(at('large-two')), readTreeContent(at('large-one')));
	const sizes = [...treeFiles(fromText(at('many-one')))].map(({sizeBytes}) => sizeBytes);
	t.is(sizes.length, 250);
	t.true(Math.min(...sizes) >= 1000 && Math.max(...sizes) <= 4000);
	t.deepEqual(measureTree(fromText(at('large-one'))), {files: 2, bytes: 2_000_000});
	// Half of it is text, the other half cannot be made smaller.
	const share = gzipSync(readFileSync(at('large-one/0.bin'))).length / 1_000_000;
	t.log(`gzip leaves ${share.toFixed(2)} of a large file`);
	t.true(share > 0.5 && share < 0.8, `${share}`);

	t.deepEqual(insertWords(at('large-one'), 'test'), {small: 0, changed: 2, renamed: 0});
	insertWords(at('large-two'), 'test');
	t.deepEqual(readTreeContent(at('large-two')), readTreeContent(at('large-one')));
	const {bytes} = measureTree(fromText(at('large-one')));
	t.true(bytes > 2_000_000 + (2 * 10 * 12) && bytes < 2_004_000, `${bytes}`);
});

test('an aborted signal ends the generation', async t => {
	const reason = new Error('enough');
	await t.throwsAsync(writeServerData(path.join(createFolder(t), 'data'), {...small, signal: AbortSignal.abort(reason)}), {is: reason});
});

for (const table of tables) {
	test(`the next dump of ${table.name}: one row in 100 is updated in its place, one in 200 is new`, t => {
		const rowCount = 10_000;
		const rowsOf = (day: 1 | 2): string[] => [...dumpTable(table, rowCount, day, 'test')].join('').split('\n').filter(line => line.startsWith('(')).map(line => line.replace(/[,;]$/, ''));
		const before = rowsOf(1);
		const after = rowsOf(2);
		t.is(before.length, rowCount);
		t.is(new Set(before).size, rowCount);
		t.is(after.length, rowCount + 50);

		// The first value is the row's key.
		const keyOf = (row: string): string => row.split(',')[0]!;
		const old = new Map(before.map(row => [keyOf(row), row]));
		const kept = after.filter(row => old.has(keyOf(row)));
		t.deepEqual(kept.map(row => keyOf(row)), before.map(row => keyOf(row)));
		const updated = kept.filter((row, index) => row !== before[index]).length;
		t.log(`${updated} of ${rowCount} rows updated, ${after.length - kept.length} new`);
		// An update may happen to write what was there.
		t.true(updated >= 95 && updated <= 100, `${updated}`);
		const firstNew = after.findIndex(row => !old.has(keyOf(row)));
		t.is(firstNew < rowCount / 2, table.insertedAt === 'anywhere');
	});
}

test('of small files one in 100 gets some words inside, one in 500 another name; large and empty ones stay', t => {
	const layout = Object.fromEntries(Array.from({length: 1000}, (_, number) => [`part-${number % 7}/file-${number}`, `content of ${number}\n`.repeat(20)]));
	const folder = createFolder(t, layout);
	writeLayout(folder, {'large/file': Buffer.alloc(1_000_001), 'empty/file': ''});
	const before = readTreeContent(folder);
	t.deepEqual(changeSmallFiles(fromText(folder), 'test'), {small: 1000, changed: 10, renamed: 2});

	const after = readTreeContent(folder);
	t.is(after.size, before.size);
	const renamed = [...after.keys()].filter(name => !before.has(name));
	t.is(renamed.length, 2);
	t.true(renamed.every(name => name.endsWith('.renamed') && before.has(name.slice(0, -'.renamed'.length))));
	const changed = [...after].filter(([name, content]) => before.get(name.replace(/\.renamed$/, '')) !== content).map(([name]) => name);
	t.is(changed.length, 10);
	for (const name of changed) {
		const original = layout[name.replace(/\.renamed$/, '')]!;
		const text = readFileSync(path.join(folder, name), 'utf8');
		t.true(text.length > original.length && text.startsWith(original[0]!) && text.endsWith(original.at(-1)!), name);
	}

	t.is(after.get('large/file'), before.get('large/file'));
	t.is(after.get('empty/file'), before.get('empty/file'));
});
