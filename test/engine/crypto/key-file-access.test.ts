import {execFileSync} from 'node:child_process';
import {chmodSync, chownSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {createKeyFile, readKeyFile} from '../../../source/engine/crypto/key-file-access.ts';
import {encodeKeyFile, type KeyFile} from '../../../source/engine/crypto/key-file.ts';
import {toId, type SlotId} from '../../../source/engine/ids.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {optionalTest} from '../../helpers/optional-test.ts';

const keyFile: KeyFile = {slotId: toId<SlotId>('00'.repeat(16), 16), key: Buffer.alloc(32, 1)};
const needsRoot = process.geteuid?.() === 0 ? undefined : 'only root can give files away';

function createFolder(t: ExecutionContext): string {
	const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'coffer-key-')));
	t.teardown(() => {
		rmSync(folder, {recursive: true});
	});
	return folder;
}

async function createFile(t: ExecutionContext): Promise<string> {
	const file = path.join(createFolder(t), 'key');
	await createKeyFile(file, keyFile);
	return file;
}

for (const mask of [0o000, 0o022, 0o077, 0o777]) {
	test.serial(`a new key file has mode 600 under umask ${mask.toString(8).padStart(3, '0')}, and nothing is left beside it`, async t => {
		const folder = createFolder(t);
		const before = process.umask(mask);
		try {
			await createKeyFile(path.join(folder, 'key'), keyFile);
		} finally {
			process.umask(before);
		}

		t.is(statSync(path.join(folder, 'key')).mode & 0o7777, 0o600);
		t.deepEqual(readdirSync(folder), ['key']);
		t.deepEqual(readFileSync(path.join(folder, 'key')), encodeKeyFile(keyFile));
		t.deepEqual(await readKeyFile(path.join(folder, 'key')), keyFile);
	});
}

test('an existing file, also a dangling link, is never replaced', async t => {
	const file = await createFile(t);
	await refusesAsync(t, async () => createKeyFile(file, {...keyFile, key: Buffer.alloc(32, 2)}), 'target-unusable', /exists already/);
	t.deepEqual(await readKeyFile(file), keyFile);
	const link = path.join(path.dirname(file), 'link');
	symlinkSync('nowhere', link);
	await refusesAsync(t, async () => createKeyFile(link, keyFile), 'target-unusable', /exists already/);
	t.deepEqual(readdirSync(path.dirname(file)).sort(), ['key', 'link']);
});

test('a folder that is not there is an error that names the file', async t => {
	await refusesAsync(t, async () => createKeyFile(path.join(createFolder(t), 'no', 'key'), keyFile), 'target-unusable', /no\/key/);
});

test('what is not there is missing', async t => {
	const file = await createFile(t);
	await refusesAsync(t, async () => readKeyFile(`${file}2`), 'key-file-missing');
	await refusesAsync(t, async () => readKeyFile(`${file}/below`), 'key-file-missing');
});

for (const mode of [0o644, 0o640, 0o604, 0o660, 0o601, 0o610]) {
	test(`mode ${mode.toString(8)} is refused`, async t => {
		const file = await createFile(t);
		chmodSync(file, mode);
		await refusesAsync(t, async () => readKeyFile(file), 'key-file-unsafe', /chmod 600/);
	});
}

test('a narrower mode is fine', async t => {
	const file = await createFile(t);
	chmodSync(file, 0o400);
	t.deepEqual(await readKeyFile(file), keyFile);
});

test('a symbolic link is refused', async t => {
	const file = await createFile(t);
	symlinkSync(file, `${file}-link`);
	await refusesAsync(t, async () => readKeyFile(`${file}-link`), 'key-file-unsafe', /symbolic link/);
});

test('a FIFO is refused without waiting for a writer', async t => {
	const file = path.join(createFolder(t), 'fifo');
	execFileSync('mkfifo', ['-m', '600', file]);
	await refusesAsync(t, async () => readKeyFile(file), 'key-file-unsafe', /regular file/);
});

test('a folder is refused, as a systemd credential too', async t => {
	const folder = createFolder(t);
	mkdirSync(path.join(folder, 'key'));
	await refusesAsync(t, async () => readKeyFile(path.join(folder, 'key')), 'key-file-unsafe', /regular file/);
	await refusesAsync(t, async () => readKeyFile(path.join(folder, 'key'), {credentialsFolder: folder}), 'key-file-unsafe', /regular file/);
});

test('a folder that everybody may write to is refused, also higher up, also behind a link', async t => {
	const folder = createFolder(t);
	const inner = path.join(folder, 'a', 'b');
	mkdirSync(inner, {recursive: true});
	const file = path.join(inner, 'key');
	await createKeyFile(file, keyFile);
	symlinkSync(inner, path.join(folder, 'way'));
	t.deepEqual(await readKeyFile(path.join(folder, 'way', 'key')), keyFile);
	chmodSync(path.join(folder, 'a'), 0o777);
	await refusesAsync(t, async () => readKeyFile(file), 'key-file-unsafe', /everybody may write/);
	await refusesAsync(t, async () => readKeyFile(path.join(folder, 'way', 'key')), 'key-file-unsafe', /everybody may write/);
	chmodSync(path.join(folder, 'a'), 0o1777);
	t.deepEqual(await readKeyFile(file), keyFile);
});

optionalTest(needsRoot, 'a file of another user is refused', async t => {
	const file = await createFile(t);
	chownSync(file, 12_345, 0);
	await refusesAsync(t, async () => readKeyFile(file), 'key-file-unsafe', /another user/);
});

optionalTest(needsRoot, 'a folder of another user is refused', async t => {
	const file = await createFile(t);
	chownSync(path.dirname(file), 12_345, 0);
	await refusesAsync(t, async () => readKeyFile(file), 'key-file-unsafe', /another user/);
});

test('systemd credentials may have the mode that systemd gives them, but only in their folder', async t => {
	const file = await createFile(t);
	chmodSync(file, 0o440);
	t.deepEqual(await readKeyFile(file, {credentialsFolder: path.dirname(file)}), keyFile);
	await refusesAsync(t, async () => readKeyFile(file, {credentialsFolder: path.dirname(path.dirname(file))}), 'key-file-unsafe');
	await refusesAsync(t, async () => readKeyFile(file, {credentialsFolder: ''}), 'key-file-unsafe');
});

test('a hard link to the key file opens it too', async t => {
	const file = await createFile(t);
	linkSync(file, `${file}2`);
	t.deepEqual(await readKeyFile(`${file}2`), keyFile);
});

test('content that is no key file is named, not shown', async t => {
	const file = path.join(createFolder(t), 'key');
	for (const content of ['', 'hunter2', 'x'.repeat(10_000), `${encodeKeyFile(keyFile).toString()}${'#'.repeat(5000)}`]) {
		writeFileSync(file, content, {mode: 0o600});
		const error = await refusesAsync(t, async () => readKeyFile(file), 'key-file-invalid');
		t.true(error.message.includes(file));
		t.false(error.message.includes('hunter2'));
	}
});
