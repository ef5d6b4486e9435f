import {closeSync, linkSync, mkdirSync, openSync, readFileSync, readSync, symlinkSync, readdirSync, writeFileSync, existsSync, rmSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {createSystemRuntime} from '../../../source/engine/runtime.ts';
import {createLocalStorage} from '../../../source/engine/storage/local.ts';
import type {Storage} from '../../../source/engine/storage/storage.ts';
import {createFolder} from '../../helpers/source-folder.ts';

const content = Buffer.alloc(150_001, 'secret ');

async function create(t: ExecutionContext): Promise<{folder: string; storage: Storage; file: string}> {
	const folder = createFolder(t);
	const storage = createLocalStorage({folder, runtime: createSystemRuntime()});
	await storage.write('index/one', content);
	return {folder, storage, file: path.join(folder, 'index/one')};
}

/** What an object that is removed holds then, for who has it open. */
async function readAfter(file: string, remove: () => Promise<void>): Promise<Buffer> {
	const descriptor = openSync(file, 'r');
	try {
		await remove();
		const bytes = Buffer.alloc(content.byteLength + 10);
		return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.byteLength, 0));
	} finally {
		closeSync(descriptor);
	}
}

test('a wiped object is overwritten to its last byte, another one is not', async t => {
	const {folder, storage, file} = await create(t);
	const after = await readAfter(file, async () => storage.remove('index/one', {isWiped: true}));
	t.is(after.byteLength, content.byteLength);
	t.is(after.indexOf('secret'), -1);
	t.false(after.subarray(-20).equals(content.subarray(-20)));
	await storage.write('index/two', content);
	const plain = await readAfter(path.join(folder, 'index/two'), async () => storage.remove('index/two'));
	t.true(plain.equals(content));
	t.deepEqual(readdirSync(path.join(folder, 'tmp')), []);
});

test('a copy of the repository that is made of hard links keeps its bytes', async t => {
	const {folder, storage, file} = await create(t);
	linkSync(file, path.join(folder, '.copy'));
	await storage.remove('index/one', {isWiped: true});
	t.false(existsSync(file));
	t.true(readFileSync(path.join(folder, '.copy')).equals(content));
});

test('links, folders and a temporary folder that cannot be used: the name goes as without wiping, and nothing else is touched', async t => {
	const {folder, storage, file} = await create(t);
	const outside = path.join(createFolder(t), 'outside');
	writeFileSync(outside, content);
	symlinkSync(outside, path.join(folder, 'index/link'));
	await storage.remove('index/link', {isWiped: true});
	t.true(readFileSync(outside).equals(content));
	mkdirSync(path.join(folder, 'index/folder'));
	await storage.remove('index/folder', {isWiped: true});
	t.true(existsSync(path.join(folder, 'index/folder')));
	rmSync(path.join(folder, 'tmp'), {recursive: true});
	writeFileSync(path.join(folder, 'tmp'), 'in the way');
	await createLocalStorage({folder, runtime: createSystemRuntime()}).remove('index/one', {isWiped: true});
	t.false(existsSync(file));
	t.is(readFileSync(path.join(folder, 'tmp'), 'utf8'), 'in the way');
});
