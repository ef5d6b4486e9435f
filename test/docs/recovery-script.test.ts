import {Buffer} from 'node:buffer';
import {execFileSync, spawnSync} from 'node:child_process';
import {chmodSync, chownSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {encodeKeyFile} from '../../source/engine/crypto/key-file.ts';
import {publicKeyOf} from '../../source/engine/crypto/curve-keys.ts';
import type {EpochId} from '../../source/engine/ids.ts';
import {backup} from '../../source/engine/operations/backup/backup.ts';
import {createKeySlot, type Secret} from '../../source/engine/repository/key-slot.ts';
import {writeKeySlot} from '../../source/engine/repository/key-slot-files.ts';
import type {Keyring} from '../../source/engine/repository/keyring.ts';
import {createRepository, openRepository, openStorage, type ChunkingParameters, type RepositorySession} from '../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {handFunctions} from '../helpers/by-hand.ts';
import {createDump, editDump} from '../helpers/dump-days.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {recoveryLack, recoveryScript, runRecovery} from '../helpers/recovery-script.ts';
import {newestSnapshot, readSnapshot} from '../helpers/repository-session.ts';
import {createFolder} from '../helpers/source-folder.ts';
import {readStoredChunks} from '../helpers/stored-chunks.ts';
import {backUp} from '../helpers/test-repositories.ts';
import {walkFolder, type WalkedEntry} from '../helpers/walk-folder.ts';

const runtime = createSystemRuntime();
const isRoot = process.geteuid?.() === 0;

type Scene = {
	readonly session: RepositorySession;
	readonly secret: Secret;
	/** Of the repository. */
	readonly root: string;
	readonly keyFile: string;
	/** What is backed up. */
	readonly data: string;
	/** For targets and everything else. */
	readonly work: string;
};

async function createScene(t: ExecutionContext, options: {readonly chunking?: ChunkingParameters; readonly passphrase?: string} = {}): Promise<Scene> {
	const work = createFolder(t);
	const root = path.join(work, 'repository');
	let secret: Secret = {};
	const session = await createRepository(openStorage(root, runtime), {
		label: 'test',
		...(options.chunking && {chunking: options.chunking}),
		secret(slotId) {
			secret = options.passphrase === undefined ? {keyFile: {slotId, key: runtime.randomBytes(32)}} : {passphrase: options.passphrase};
			return secret;
		},
	}, runtime);
	const keyFile = path.join(work, 'key');
	if (secret.keyFile) {
		writeFileSync(keyFile, encodeKeyFile({slotId: secret.keyFile.slotId, key: Buffer.from(secret.keyFile.key)}));
	}

	return {session, secret, root, keyFile, data: createFolder(t), work};
}

async function backUpData({session, data}: Scene): Promise<void> {
	const {unreadable} = await backup(session, {source: {kind: 'files', name: 'data', paths: [data]}});
	if (unreadable > 0) {
		throw new Error(`${unreadable} files could not be read`);
	}
}

/** What has to come back; which inode it is does not, but what shares one. */
function describe(folder: string): Map<string, unknown> {
	const groups = new Map<bigint, string>();
	return new Map([...walkFolder(folder)].map(([name, entry]: [string, WalkedEntry]) => {
		const {inode, allocatedBytes, links, size, ...kept} = entry;
		const isFolder = entry.type === 'directory';
		if (!isFolder && !groups.has(inode)) {
			groups.set(inode, name);
		}

		return [name, {...kept, ...(!isFolder && {sameAs: groups.get(inode), links, size})}] as const;
	}));
}

function assertLeftNothing(t: ExecutionContext, {work}: Scene): void {
	t.deepEqual(readdirSync(work).filter(name => name.startsWith('tmp.')), []);
}

/** Restore the newest snapshot and compare. @returns Where it lies. */
function restoreAndCompare(t: ExecutionContext, scene: Scene, options: {readonly key?: string; readonly input?: string; readonly flags?: readonly string[]; readonly name?: string} = {}): string {
	const target = path.join(scene.work, options.name ?? 'restored');
	const {code, stderr} = runRecovery(scene.work, [...options.flags ?? [], scene.root, options.key ?? scene.keyFile, 'latest:data', target], {input: options.input ?? ''});
	t.is(code, 0, stderr);
	const copy = path.join(target, scene.data);
	t.deepEqual(describe(copy), describe(scene.data));
	assertLeftNothing(t, scene);
	return copy;
}

/** Files with names that steer shells, printf, setfattr or a reader of lines, each with its name as content. */
function writeHostileNames(folder: string): number {
	const names = ['line\nfeed', '-rf', ' leading', 'trailing ', 'tab\tand\rreturn', String.raw`octal\134and\x41\\`, 'percent%s%n%', '$(id)', '`id`', '*', '?', '[a]', '"', '\'', '~', '{a,b}', 'a=b', '# file: x', 'ünï\u202E漢', 'x'.repeat(255), '\u0001\u007F\u001B[31m']
		.map(name => Buffer.from(name));
	names.push(...Array.from({length: 40}, (_, index) => Buffer.from([0x62, 0xD8 + index, 0x28, index + 1])).filter(name => !name.includes(0x2F)), Buffer.from([0xFF]));
	for (const name of names) {
		writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), name);
	}

	return names.length;
}

function writeSpecialEntries(folder: string): void {
	const at = (name: string): string => path.join(folder, name);
	mkdirSync(at('empty folder'));
	mkdirSync(at('deep/er/est'), {recursive: true});
	const odd = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xC3, 0x28])]);
	mkdirSync(odd);
	writeFileSync(Buffer.concat([odd, Buffer.from('/in')]), 'below a name that is not UTF-8');
	symlinkSync(Buffer.from([0xFE, 0x0A, 0x5C]), Buffer.concat([odd, Buffer.from('/link')]));
	symlinkSync('-rf', at('symlink'));
	symlinkSync('/etc', at('outwards'));
	writeFileSync(at('twice'), 'one file');
	linkSync(at('twice'), at('deep/er/again'));
	linkSync(at('twice'), at('aaa'));
	writeFileSync(at('nothing'), '');
	writeFileSync(at('sparse'), 'begin');
	truncateSync(at('sparse'), 6_000_000);
	writeFileSync(at('locked'), 'for nobody', {mode: 0});
	writeFileSync(at('old'), 'before 1970');
	utimesSync(at('old'), '-5.25', '-5.25');
	execFileSync('mkfifo', [at('pipe')]);
	chmodSync(at('deep/er/est'), 0o1711);
	utimesSync(at('deep'), 1_000_000_000.5, 1_000_000_000.5);
	if (isRoot) {
		writeFileSync(at('setuid'), 'x');
		chownSync(at('setuid'), 1234, 2345);
		chmodSync(at('setuid'), 0o6755);
		execFileSync('mknod', [at('zero'), 'c', '1', '5']);
		execFileSync('mknod', [at('loop'), 'b', '7', '300']);
	} else {
		rmSync(at('locked'));
	}
}

test('the functions of "Reading by hand" in format.md are those of the script', t => {
	const ofText = (text: string): Map<string, string> => new Map([...text.matchAll(/^(?<name>\w+)\(\) \{(?:.*\}|(?:\n.*)*?\n\})$/gm)].map(match => [match.groups!['name']!, match[0]]));
	const known = ofText(recoveryScript);
	// The script has a reader of blobs of its own, for many at once.
	const described = [...ofText(handFunctions)].filter(([name]) => name !== 'read_blob');
	t.is(described.length, 14);
	for (const [name, text] of described) {
		t.is(known.get(name), text, name);
	}
});

optionalTest(recoveryLack, 'a whole snapshot comes back: differences of several days, links, holes, special files, names of all bytes', async t => {
	const scene = await createScene(t);
	let dump = createDump(3000);
	for (let day = 1; day <= 3; day++) {
		writeFileSync(path.join(scene.data, 'shop.sql'), dump);
		await backUpData(scene);
		dump = editDump(dump, day);
	}

	const names = writeHostileNames(scene.data);
	writeSpecialEntries(scene.data);
	const hasAttributes = spawnSync('setfattr', ['-n', 'user.a=b', '-v', '0x00ff0a', path.join(scene.data, 'line\nfeed')]).status === 0;
	await backUpData(scene);
	const depth = Math.max(...(await readStoredChunks(scene.session)).map(chunk => chunk.depth));
	t.true(depth >= 2);
	const copy = restoreAndCompare(t, scene);
	t.true(statSync(path.join(copy, 'sparse')).blocks * 512 < 100_000);
	if (hasAttributes) {
		t.is(execFileSync('getfattr', ['--only-values', '-n', 'user.a=b', path.join(copy, 'line\nfeed')]).toString('hex'), '00ff0a');
	}

	const listed = runRecovery(scene.work, [scene.root, scene.keyFile]);
	t.is(listed.stdout.trim().split('\n').length, 4);
	const oldest = path.join(scene.work, 'oldest');
	t.is(runRecovery(scene.work, [scene.root, scene.keyFile, listed.stdout.trim().split('\n').at(-1)!.slice(0, 8), oldest]).code, 0);
	t.is(readFileSync(path.join(oldest, scene.data, 'shop.sql'), 'utf8'), createDump(3000));
	t.log(`${walkFolder(scene.data).size} entries, ${names} hostile names, differences ${depth} deep${hasAttributes ? ', extended attributes' : ''}; 2 of 4 snapshots`);
});

optionalTest(recoveryLack, 'files with more than 1,024 chunks come back from their content lists', async t => {
	const scene = await createScene(t, {chunking: {minimumBytes: 64, averageBytes: 256, maximumBytes: 256}});
	writeFileSync(path.join(scene.data, 'long'), runtime.randomBytes(270_000));
	writeFileSync(path.join(scene.data, 'short'), 'x');
	await backUpData(scene);
	const entries = await readSnapshot(scene.session, await newestSnapshot(scene.session));
	t.is(entries.get(path.join(scene.data, 'long'))?.node.contents?.length, 2);
	restoreAndCompare(t, scene);
});

/** A keyring to which an epoch was added that is active now. */
function withNewEpoch(keyring: Keyring): Keyring {
	const privateKey = runtime.randomBytes(32);
	const epoch = {id: runtime.randomBytes(16).toString('hex') as EpochId, created: new Date(runtime.now()).toISOString(), isActive: true, metadataKey: runtime.randomBytes(32), publicKey: publicKeyOf('x25519', privateKey), privateKey};
	return {...keyring, generation: keyring.generation + 1, epochs: [...keyring.epochs.map(old => ({...old, isActive: false})), epoch]};
}

/** The session after the first step of a rotation: everything so far is under an older epoch. */
async function renewEpoch({session, secret}: Scene): Promise<RepositorySession> {
	const {keyring, slot} = session;
	const renewed = withNewEpoch(keyring);
	const entry = keyring.slots.find(({id}) => id === slot.slotId)!;
	await writeKeySlot(session.storage, slot.slotId, await createKeySlot({entry, keys: slot.keys, secret, keyring: renewed, authorityKey: keyring.authorityKey!}, runtime));
	return openRepository(session.storage, secret, runtime);
}

optionalTest(recoveryLack, 'while a rotation is under way, what lies under several epochs is read, by the newest keyring', async t => {
	const scene = await createScene(t);
	writeFileSync(path.join(scene.data, 'first'), 'under the first epoch');
	await backUpData(scene);
	for (const name of ['second', 'third']) {
		const session = await renewEpoch(scene);
		writeFileSync(path.join(scene.data, name), `under the ${name} epoch`);
		await backUpData({...scene, session});
		Object.assign(scene, {session});
	}

	t.is(scene.session.keyring.epochs.length, 3);
	t.is(readdirSync(path.join(scene.root, 'keys')).length, 3);
	restoreAndCompare(t, scene);
});

optionalTest(recoveryLack, 'lost copies of slots, repository.json, data keys and the index are made up for', async t => {
	const scene = await createScene(t);
	writeFileSync(path.join(scene.data, 'file'), 'content');
	await backUpData(scene);
	rmSync(path.join(scene.root, 'repository.json'));
	const [slot] = readdirSync(path.join(scene.root, 'keys'));
	const exported = path.join(scene.work, 'exported');
	writeFileSync(exported, readFileSync(path.join(scene.root, 'keys', slot!)));
	writeFileSync(path.join(scene.root, 'keys', slot!), 'damaged');
	restoreAndCompare(t, scene, {name: 'from the copy of the slot'});
	const [dataKey] = readdirSync(path.join(scene.root, 'datakeys'));
	const sealed = readFileSync(path.join(scene.root, 'datakeys', dataKey!));
	rmSync(path.join(scene.root, 'datakeys'), {recursive: true});
	restoreAndCompare(t, scene, {name: 'from the index, which has the data keys'});
	mkdirSync(path.join(scene.root, 'datakeys'));
	writeFileSync(path.join(scene.root, 'datakeys', dataKey!), sealed);
	rmSync(path.join(scene.root, 'index'), {recursive: true});
	restoreAndCompare(t, scene, {name: 'from the tables of the packs', flags: ['--without-index']});
});

optionalTest(recoveryLack, 'a passphrase, a recovery code as people type it, and an exported file with neither keys/ nor keys-copy/ open a repository', async t => {
	const code = '8QK3M-01234-ABCDE-FGHJK-MNPQR-STVWX-YZ012-34567';
	const scene = await createScene(t, {passphrase: code});
	writeFileSync(path.join(scene.data, 'file'), 'content');
	await backUpData(scene);
	restoreAndCompare(t, scene, {key: '-', input: `${code}\n`, name: 'code'});
	const [slot] = readdirSync(path.join(scene.root, 'keys'));
	const exported = path.join(scene.work, 'exported');
	writeFileSync(exported, readFileSync(path.join(scene.root, 'keys', slot!)));
	rmSync(path.join(scene.root, 'keys'), {recursive: true});
	rmSync(path.join(scene.root, 'keys-copy'), {recursive: true});
	restoreAndCompare(t, scene, {key: exported, input: `${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')}\n`, name: 'typed'});
	const wrong = runRecovery(scene.work, [scene.root, exported], {input: 'another\n'});
	t.is(wrong.code, 1);
	t.regex(wrong.stderr, /This key does not open/);
});

/** Flip a bit in the middle of the largest pack. */
function damageLargestPack(root: string): void {
	const packs = readdirSync(path.join(root, 'packs'), {recursive: true, withFileTypes: true}).filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name));
	const [largest] = packs.toSorted((a, b) => statSync(b).size - statSync(a).size);
	const bytes = readFileSync(largest!);
	bytes[bytes.length >> 1]! ^= 1;
	writeFileSync(largest!, bytes);
}

optionalTest(recoveryLack, 'damage stops the script; with --keep-going what is lost is named, the rest is identical, and the exit code is 1', async t => {
	const scene = await createScene(t);
	writeFileSync(path.join(scene.data, 'small'), 'small');
	await backUpData(scene);
	writeFileSync(path.join(scene.data, 'large\n'), runtime.randomBytes(3_000_000));
	await backUpData(scene);
	damageLargestPack(scene.root);
	const stopped = runRecovery(scene.work, [scene.root, scene.keyFile, 'latest', path.join(scene.work, 'stopped')]);
	t.is(stopped.code, 1);
	t.regex(stopped.stderr, /wrong MAC.*cannot be read\. Stopped/s);
	const target = path.join(scene.work, 'target');
	const partial = runRecovery(scene.work, ['--keep-going', scene.root, scene.keyFile, 'latest', target]);
	t.is(partial.code, 1);
	const losses = partial.stderr.split('\n').filter(line => line.startsWith('Lost: '));
	t.deepEqual(losses, [`Lost: $'${path.join(target, scene.data)}/large\\n'`]);
	const expected = describe(scene.data);
	expected.delete('large\n');
	t.deepEqual(describe(path.join(target, scene.data)), expected);
	assertLeftNothing(t, scene);
});

optionalTest(recoveryLack, 'changed snapshots, forged signatures, other keys and a target with something in it are refused', async t => {
	const scene = await createScene(t);
	writeFileSync(path.join(scene.data, 'file'), 'content');
	await backUpData(scene);
	const target = path.join(scene.work, 'target');
	const restore = (...parameters: readonly string[]) => runRecovery(scene.work, [scene.root, ...parameters, 'latest', target]);
	const otherKey = path.join(scene.work, 'other');
	writeFileSync(otherKey, encodeKeyFile({slotId: scene.secret.keyFile!.slotId, key: runtime.randomBytes(32)}));
	t.regex(restore(otherKey).stderr, /This key does not open/);
	writeFileSync(otherKey, readFileSync(scene.keyFile, 'utf8').replace(/key {3}./, 'key   x'));
	t.regex(restore(otherKey).stderr, /is no intact key file/);
	const full = runRecovery(scene.work, [scene.root, scene.keyFile, 'latest', scene.data]);
	t.regex(full.stderr, /is not empty/);
	const [snapshot] = readdirSync(path.join(scene.root, 'snapshots'));
	const bytes = readFileSync(path.join(scene.root, 'snapshots', snapshot!));
	bytes[200]! ^= 1;
	writeFileSync(path.join(scene.root, 'snapshots', snapshot!), bytes);
	t.regex(restore(scene.keyFile).stderr, /wrong MAC.*Damaged: .*snapshots/s);
	t.deepEqual(readdirSync(target), []);
	assertLeftNothing(t, scene);
});

optionalTest(recoveryLack, 'entries by which another program would reach outside the target, or into the shell, are refused and named', async t => {
	const scene = await createScene(t);
	const outside = path.join(scene.work, 'outside');
	const base = {device: '1', gid: 0, inode: '1', mode: 0o644, mtime: '0', type: 'file', uid: 0};
	const file = {...base, content: [], size: 0};
	const hostile = [
		{...file, name: '..'}, {...file, name: '.'}, {...file, name: ''}, {...file, name: '../outside'}, {...file, name64: Buffer.from('../outside').toString('base64')}, {...file, name: 'nul\u0000'}, {...file, name64: 'AA=='},
		{...file, name: 'size', size: '0 /../outside'}, {...file, name: 'mode', mode: '777 /../outside'}, {...file, name: 'owner', uid: `a[$(touch ${outside})]`},
		{...file, name: 'time', mtime: `0;$(touch ${outside})`}, {...file, name: 'content', content: [`x /../outside\n${'0'.repeat(64)}`]},
		{...base, name: 'device', type: 'character', rdev: `a[$(touch ${outside})]`}, {...base, name: 'type', type: 'symlink /../outside /etc/passwd', target: 'x'},
		{...file, name: 'attribute', xattrs: [{name: 'user.x', value: '\n# file: ../outside\nuser.x='}]},
	];
	const good = [{...file, name: 'good'}, {...base, name: 'link', type: 'symlink', target: `$(touch ${outside})\n%s`}];
	await backUp(scene.session, [JSON.stringify({entries: [...hostile, ...good]})], {source: 'data'});
	const target = path.join(scene.work, 'target');
	const {code, stderr} = runRecovery(scene.work, ['--keep-going', scene.root, scene.keyFile, 'latest', target]);
	t.is(code, 1);
	t.is(stderr.split('\n').filter(line => line.startsWith('Lost: a name')).length, hostile.length, stderr);
	t.deepEqual(readdirSync(target).sort(), ['good', 'link']);
	t.false(existsSync(outside));
	t.is(runRecovery(scene.work, [scene.root, scene.keyFile, 'latest', path.join(scene.work, 'second')]).code, 1);
	t.log(`${hostile.length} entries refused`);
});

optionalTest(recoveryLack ?? (isRoot ? undefined : 'only root can become another user'), 'another user than root gets contents, modes without setuid, and a list of the devices', async t => {
	const scene = await createScene(t);
	for (const name of ['setuid', 'read-only']) {
		writeFileSync(path.join(scene.data, name), name);
	}

	mkdirSync(path.join(scene.data, 'closed'));
	writeFileSync(path.join(scene.data, 'closed/in'), 'in');
	chmodSync(path.join(scene.data, 'closed'), 0o500);
	chmodSync(path.join(scene.data, 'setuid'), 0o4755);
	chmodSync(path.join(scene.data, 'read-only'), 0o400);
	execFileSync('mknod', [path.join(scene.data, 'zero'), 'c', '1', '5']);
	await backUpData(scene);
	const nobody = 65_534;
	execFileSync('chown', ['-R', String(nobody), scene.work]);
	const target = path.join(scene.work, 'target');
	const {code, stderr} = runRecovery(scene.work, [scene.root, scene.keyFile, 'latest', target], {userId: nobody});
	t.is(code, 0, stderr);
	t.regex(stderr, /only root may make devices: .*zero/);
	const restored = walkFolder(path.join(target, scene.data));
	t.deepEqual(['setuid', 'read-only', 'closed', 'closed/in'].map(name => [restored.get(name)?.mode, restored.get(name)?.content, restored.get(name)?.uid]), [
		[0o755, 'setuid', nobody], [0o400, 'read-only', nobody], [0o500, undefined, nobody], [0o644, 'in', nobody],
	]);
});
