import test from 'ava';
import fc from 'fast-check';
import type {BlobId} from '../../../../source/engine/ids.ts';
import {toEntryPath} from '../../../../source/engine/operations/browse/entry.ts';
import {FolderSizes} from '../../../../source/engine/operations/browse/folder-sizes.ts';
import type {FolderReader} from '../../../../source/engine/operations/browse/folder-reader.ts';
import type {ByteString} from '../../../../source/engine/byte-string.ts';
import type {TreeNode} from '../../../../source/engine/tree-node.ts';
import {browseSnapshots} from '../../../helpers/browsed-repository.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {expectEntries, randomEntries} from '../../../helpers/random-trees.ts';

test('40 random trees: every directory measures what all files below it add up to', async t => {
	let measured = 0;
	await fc.assert(fc.asyncProperty(randomEntries, async entries => {
		const {browser} = await browseSnapshots(entries);
		const all = expectEntries(entries);
		for (const folder of ['', ...[...all].filter(([, {type}]) => type === 'directory').map(([name]) => name)]) {
			const files = [...all].filter(([name, {type}]) => type === 'file' && name.startsWith(folder === '' ? '' : `${folder}/`));
			const expected = {files: files.length, bytes: files.reduce((sum, [, {content}]) => sum + content!.length / 2, 0)};
			t.deepEqual(await browser.measureFolder('latest', toEntryPath(`/${folder}` as ByteString)), expected);
			measured++;
		}
	}), {numRuns: 40});
	t.log(`${measured} directories`);
});

test('a parent uses what is known of its children', async t => {
	const child = ['child' as BlobId];
	const trees: Readonly<Record<string, ReadonlyArray<Partial<TreeNode>>>> = {
		child: [{name: 'f' as ByteString, type: 'file', size: 5}, {name: 'l' as ByteString, type: 'symlink'}],
		parent: [{name: 'one' as ByteString, type: 'directory', tree: child}, {name: 'two' as ByteString, type: 'directory', tree: child}],
	};
	const reads: string[] = [];
	const reader = {
		async read(path: ByteString, [id]: readonly BlobId[]) {
			reads.push(path);
			return trees[id!];
		},
	} as unknown as FolderReader;
	const sizes = new FolderSizes();
	t.deepEqual(await sizes.measure(reader, '/x' as ByteString, child), {files: 1, bytes: 5});
	t.deepEqual(await sizes.measure(reader, '/' as ByteString, ['parent' as BlobId]), {files: 2, bytes: 10});
	t.deepEqual(await sizes.measure(reader, '/' as ByteString, ['parent' as BlobId]), {files: 2, bytes: 10});
	t.deepEqual(reads, ['/x', '/']);
});

test('what is no directory cannot be measured or listed', async t => {
	const {browser} = await browseSnapshots([{name: 'file', content: 'x'}]);
	await refusesAsync(t, async () => browser.measureFolder('latest', '/file'), 'usage', /\/file is no directory/);
	await refusesAsync(t, async () => browser.listFolder('latest', '/file'), 'usage');
	await refusesAsync(t, async () => browser.measureFolder('latest', '/none'), 'path-missing');
});
