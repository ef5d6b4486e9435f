import {existsSync, mkdirSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {makeFolders} from '../../source/engine/make-folders.ts';
import {createFolder} from '../helpers/source-folder.ts';

test('folders are made as deep as needed, and existing ones left as they are', t => {
	const folder = createFolder(t);
	mkdirSync(path.join(folder, 'a'), {mode: 0o755});
	makeFolders(path.join(folder, 'a/b/c'));
	makeFolders(path.join(folder, 'a/b/c'));
	t.deepEqual(['a', 'a/b', 'a/b/c'].map(name => statSync(path.join(folder, name)).mode & 0o777), [0o755, 0o700, 0o700]);
});

test('where nothing can be made it fails instead of trying for ever', t => {
	const folder = createFolder(t);
	writeFileSync(path.join(folder, 'file'), '');
	t.throws(() => {
		makeFolders(path.join(folder, 'file/x'));
	}, {code: 'ENOTDIR'});
	t.throws(() => {
		makeFolders(path.join(folder, 'file'));
	}, {code: 'EEXIST'});
	if (existsSync('/proc/self')) {
		t.throws(() => {
			makeFolders('/proc/none/such/folder');
		}, {code: 'ENOENT'});
	}
});
