import {Buffer} from 'node:buffer';
import {chmodSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import type {CommandContext} from '../../source/cli/command-line.ts';
import type {LoadedConfig} from '../../source/cli/config.ts';
import {findSecretPlace} from '../../source/cli/secret-place.ts';
import {createKeyFile, type SlotId} from '../../source/engine/index.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {createFolder} from '../helpers/source-folder.ts';

/** A folder with a key file, and a command line that knows of nothing. */
async function createHost(t: ExecutionContext) {
	const folder = createFolder(t, {'etc/other': ''});
	const file = path.join(folder, 'etc/key');
	await createKeyFile(file, {slotId: 'ab'.repeat(16) as SlotId, key: Buffer.alloc(32, 1)});
	const look = async ({flag, credentials, usual = 'none', key}: {readonly flag?: string; readonly credentials?: string; readonly usual?: string; readonly key?: object} = {}) => {
		const context = {arguments: {text: () => flag}, environment: {CREDENTIALS_DIRECTORY: credentials}, cwd: folder, paths: {defaultKeyFile: path.join(folder, usual)}};
		return findSecretPlace(context as unknown as CommandContext, key && {folder, key} as unknown as LoadedConfig);
	};

	return {folder, file, look};
}

test('a key file that a flag, the configuration or its usual place names is replaced there', async t => {
	const {file, look} = await createHost(t);
	const place = {kind: 'file', file};
	t.deepEqual(await look({flag: 'etc/key'}), place as never);
	t.deepEqual(await look({key: {file: 'etc/key'}}), place as never);
	t.deepEqual(await look({usual: 'etc/key'}), place as never);
});

test('what cannot be replaced in its place is rotated on the command line: a passphrase, a program, a credential of systemd', async t => {
	const {folder, look} = await createHost(t);
	const cases = [[{}, /^A passphrase opens/], [{key: {command: ['pass', 'key']}}, /^The key comes from a program/], [{flag: 'etc/key', credentials: path.join(folder, 'etc')}, /^systemd handed over/]] as const;
	for (const [given, reason] of cases) {
		const place = await look(given);
		t.is(place.kind, 'elsewhere');
		t.regex((place as {reason: string}).reason, reason);
		t.regex((place as {reason: string}).reason, /"coffer key rotate/);
	}
});

test('a flaw of the key file is told before anything begins', async t => {
	const {folder, file, look} = await createHost(t);
	chmodSync(file, 0o644);
	t.regex((await look({flag: file}) as {flaw: string}).flaw, /600/);
	chmodSync(file, 0o600);
	// Two old ones beside a new one: nobody knows which of them to destroy.
	await createKeyFile(`${file}.new`, {slotId: 'cd'.repeat(16) as SlotId, key: Buffer.alloc(32, 2)});
	await createKeyFile(`${file}.retired`, {slotId: 'ef'.repeat(16) as SlotId, key: Buffer.alloc(32, 3)});
	t.regex((await look({flag: file}) as {flaw: string}).flaw, /\.retired/);
	t.regex((await look({flag: path.join(folder, 'gone/key')}) as {flaw: string}).flaw, /Nothing can be written beside the key file/);
});

optionalTest(process.geteuid?.() === 0 ? 'root may write everywhere' : undefined, 'a folder that cannot be written: said before anything begins', async t => {
	const {file, look} = await createHost(t);
	chmodSync(path.dirname(file), 0o500);
	t.regex((await look({flag: file}) as {flaw: string}).flaw, /Nothing can be written beside the key file/);
	chmodSync(path.dirname(file), 0o700);
});
