import {chmodSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {whyNoSource} from '../../source/cli/found-sources.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {createFolder} from '../helpers/source-folder.ts';

test('what cannot be a source is told in a sentence', async t => {
	const folder = createFolder(t, {file: 'x', 'empty/': ''});
	t.is(await whyNoSource(folder), undefined);
	t.is(await whyNoSource(path.join(folder, 'empty')), undefined);
	t.is(await whyNoSource(path.join(folder, 'none')), `${folder}/none does not exist.`);
	t.is(await whyNoSource(path.join(folder, 'file')), `${folder}/file is not a folder.`);
	t.regex((await whyNoSource(`${folder}/${'x'.repeat(300)}`))!, /cannot be read: ENAMETOOLONG/);
});

optionalTest(process.getuid?.() === 0 ? 'root may read everything' : undefined, 'a folder of others cannot be a source', async t => {
	const folder = createFolder(t);
	chmodSync(folder, 0);
	t.is(await whyNoSource(folder), `${folder} may not be read by this user.`);
	chmodSync(folder, 0o755);
});
