// Makes the stored repository of format 1: node test/vectors/make-repository-1.ts
// It was made once, when the format was frozen. It must never be made anew: that it opens shows that repositories of then open for ever.
import {Buffer} from 'node:buffer';
import {existsSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {encodeKeyFile} from '../../source/engine/crypto/key-file.ts';
import {createRecoveryCode} from '../../source/engine/crypto/recovery-code.ts';
import type {SlotId} from '../../source/engine/ids.ts';
import {backup} from '../../source/engine/operations/backup/backup.ts';
import {forget} from '../../source/engine/operations/forget/forget.ts';
import {addKey} from '../../source/engine/operations/keys/add-key.ts';
import {rotate} from '../../source/engine/operations/rotate/rotate.ts';
import type {SecretChange} from '../../source/engine/operations/rotate/secret-change.ts';
import {createRepository, listSnapshots, openStorage, type Role, type Secret} from '../../source/engine/repository/repository.ts';
import {createDump, editDump} from '../helpers/dump-days.ts';
import {readSnapshot} from '../helpers/repository-session.ts';
import {createTestRuntime} from '../helpers/test-runtime.ts';

const folder = path.join(import.meta.dirname, 'repository-1');
if (existsSync(folder)) {
	console.error(`${folder} is there, and stays as it is.`);
	process.exit(1);
}

const runtime = createTestRuntime({seed: 'repository 1'});
const data = '/tmp/coffer-repository-1';
const storage = openStorage(path.join(folder, 'repository'), runtime);
const newKey = (slotId: SlotId): Secret => ({keyFile: {slotId, key: runtime.randomBytes(32)}});
const keep = (name: string, {keyFile, passphrase}: Secret): void => {
	mkdirSync(path.join(folder, 'keys'), {recursive: true});
	if (keyFile) {
		writeFileSync(path.join(folder, 'keys', `${name}.key`), encodeKeyFile({slotId: keyFile.slotId, key: Buffer.from(keyFile.key)}), {mode: 0o600});
	}

	if (passphrase) {
		writeFileSync(path.join(folder, 'keys', `${name}.txt`), `${Buffer.from(passphrase).toString()}\n`, {mode: 0o600});
	}
};

/** What is rotated is the first owner's key. */
const change: SecretChange = {
	prepared: async () => undefined,
	async prepare(slotId) {
		const secret = newKey(slotId);
		keep('owner', secret);
		return secret;
	},
	async replace() {
		// Nobody has the old one.
	},
	async retire() {
		// Nor keeps it.
	},
};

const session = await createRepository(storage, {label: 'owner', secret: newKey}, runtime);
const slots: ReadonlyArray<readonly [name: string, role: Role, secret: (slotId: SlotId) => Secret, isRecovery?: boolean]> = [
	['passphrase', 'owner', () => ({passphrase: Buffer.from('Größe 7')})],
	['both', 'owner', slotId => ({...newKey(slotId), passphrase: Buffer.from('and a word')})],
	['recovery', 'owner', () => ({passphrase: createRecoveryCode(runtime)}), true],
	['backup', 'backup', newKey],
	['auditor', 'auditor', newKey],
];
for (const [label, role, secret, isRecovery = false] of slots) {
	await addKey(session, {label, role, isRecovery, secret(slotId) {
		const made = secret(slotId);
		keep(label, {...made, ...(made.passphrase && {passphrase: Buffer.from(made.passphrase)})});
		return made;
	}});
}

rmSync(data, {recursive: true, force: true});
mkdirSync(path.join(data, 'deep/er'), {recursive: true});
writeFileSync(Buffer.concat([Buffer.from(`${data}/`), Buffer.from([0xFF, 0x0A])]), 'a name that is not UTF-8');
writeFileSync(path.join(data, 'deep/er/random.bin'), runtime.randomBytes(9000));
linkSync(path.join(data, 'deep/er/random.bin'), path.join(data, 'twice'));
symlinkSync('deep/er', path.join(data, 'link'));
const source = {kind: 'files' as const, name: 'data', paths: [data]};
let dump = createDump(900);
for (let day = 1; day <= 4; day++) {
	dump = day === 1 ? dump : editDump(dump, day);
	writeFileSync(path.join(data, 'dump.sql'), dump);
	writeFileSync(path.join(data, `day ${day}.txt`), `day ${day}\n`);
	runtime.forward(24 * 60 * 60 * 1000);
	await backup(session, {source, class: 'daily', tags: ['fixture']});
	if (day === 2) {
		await rotate(session, {secretChange: change});
	}

	if (day === 3) {
		await forget(session, {snapshots: [(await listSnapshots(session)).snapshots[0]!.id], reason: 'to have a tombstone'});
		await rotate(session, {secretChange: change, isReencrypting: true});
	}
}

const {snapshots} = await listSnapshots(session);
const expected = await Promise.all(snapshots.map(async snapshot => {
	const entries = [...await readSnapshot(session, snapshot)].filter(([name]) => name.startsWith(`${data}/`));
	return {id: snapshot.id, time: snapshot.time, entries: entries.map(([name, {node, sha256}]) => [name, node.type, node.mode, String(node.mtimeNs), sha256 ?? node.target ?? ''])};
}));
writeFileSync(path.join(folder, 'expected.json'), `${JSON.stringify(expected, undefined, '\t')}\n`);
rmSync(data, {recursive: true});
