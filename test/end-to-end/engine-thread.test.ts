import {spawnSync} from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {createFolder} from '../helpers/source-folder.ts';
import {createByteStream} from '../helpers/test-runtime.ts';

const script = path.resolve(import.meta.dirname, '../helpers/engine-process.ts');

for (const module of ['source/index.ts', 'dist/index.js']) {
	test(`${module}: a backup in the engine's thread, with threads of its own; once closed it lets the process end`, t => {
		const noise = createByteStream(module);
		const folder = createFolder(t, Object.fromEntries(Array.from({length: 300}, (_, index) => [`f${index}`, noise(50_000)])));
		const {status, stdout, stderr} = spawnSync(process.execPath, [script, module, createFolder(t), folder], {encoding: 'utf8', timeout: 60_000});
		t.is(stderr, '');
		t.is(status, 0);
		const total = {files: 300, bytes: 300 * 50_000};
		t.like(JSON.parse(stdout), {...total, size: total, problems: []});
		t.log(stdout.trim());
	});
}
