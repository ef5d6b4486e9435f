import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import test from 'ava';
import {isCofferError} from '../../../source/engine/errors.ts';
import {createSystemRuntime} from '../../../source/engine/runtime.ts';
import {openStorage} from '../../../source/engine/storage/open.ts';
import {testStorageContract} from '../../helpers/storage-contract.ts';

const runtime = createSystemRuntime();

testStorageContract('opened by URL', async (t, testRuntime) => {
	const folder = await mkdtemp(join(tmpdir(), 'coffer-open-'));
	t.teardown(async () => rm(folder, {recursive: true}));
	return openStorage(pathToFileURL(join(folder, 'a b%?#')).href, testRuntime);
});

test('paths and file URLs name local folders', t => {
	for (const [url, path] of [
		['/srv/backup', '/srv/backup'],
		['/srv/backup/', '/srv/backup'],
		['/srv/x/../backup', '/srv/backup'],
		['/srv/a:b', '/srv/a:b'],
		['backup', resolve('backup')],
		['./sftp:x', resolve('sftp:x')],
		['file:///srv/backup', '/srv/backup'],
		['FILE:///srv/a%20b%3F', '/srv/a b?'],
		['file://localhost/srv/backup', '/srv/backup'],
	] as const) {
		const storage = openStorage(url, runtime);
		t.is(storage.url, path);
		t.true(storage.isShareable);
	}
});

test('everything else is a usage error that repeats no credentials', t => {
	for (const url of [
		'', '  ', 'sftp://user:hunter2@host/srv', 's3://key:hunter2@host/bucket', 'S3:bucket/hunter2', 'sftp:user@host:/srv/hunter2', 'https://user:hunter2@host/', 'host:/srv/hunter2',
		'file:/srv/hunter2', 'file:srv', 'file://other/srv/hunter2', 'file:///srv/hunter2?x', 'file:///srv/hunter2#x', 'file:///srv%2Fhunter2', 'file://[', '/srv/\0hunter2', 'file:///srv/%00hunter2',
	]) {
		const error = t.throws(() => openStorage(url, runtime), undefined, url);
		t.true(isCofferError(error, 'usage'), url);
		t.false(error?.message.includes('hunter2'), error?.message);
	}

	t.regex(t.throws(() => openStorage('sftp://host/srv', runtime)).message, /sftp storage comes later/);
});
