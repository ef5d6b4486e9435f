import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {createHeader} from '../../../source/engine/repository/object-header.ts';
import {createKeySlot} from '../../../source/engine/repository/key-slot.ts';
import {cipherFor} from '../../../source/engine/repository/sealed-object.ts';
import {createDataKey} from '../../../source/engine/repository/data-key.ts';
import {LoadedIndex} from '../../../source/engine/repository/loaded-index.ts';
import {packName} from '../../../source/engine/repository/pack-writer.ts';
import {publicKeyOf, signMessage} from '../../../source/engine/crypto/curve-keys.ts';
import {createBlobReader} from '../../../source/engine/operations/reading.ts';
import {createMemoryStorage} from '../../../source/engine/storage/memory.ts';
import {handLack, handWalk, runByHand} from '../../helpers/by-hand.ts';
import {optionalTest} from '../../helpers/optional-test.ts';
import {listNames} from '../../helpers/storage-assertions.ts';
import {createRepositoryFixture} from '../../helpers/repository-fixture.ts';
import {readStoredChunks} from '../../helpers/stored-chunks.ts';
import {backUp, createTestRepository} from '../../helpers/test-repositories.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';
import {createTestSlots} from '../../helpers/test-slots.ts';
import {writePacks} from '../../helpers/test-packs.ts';

const runtime = createTestRuntime();
const slots = createTestSlots(runtime);
const {owner} = slots;
const epoch = owner.keyring.epochs[0]!;

function createFolder(t: ExecutionContext, files: Readonly<Record<string, Uint8Array>> = {}): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'coffer-hand-'));
	t.teardown(() => {
		rmSync(folder, {recursive: true});
	});
	for (const [name, bytes] of Object.entries(files)) {
		mkdirSync(path.dirname(path.join(folder, name)), {recursive: true});
		writeFileSync(path.join(folder, name), bytes);
	}

	return folder;
}

optionalTest(handLack, 'a sealed segment is checked and decrypted with openssl', t => {
	const header = createHeader('pack', '11'.repeat(16), runtime);
	const key = runtime.randomBytes(32);
	const cipher = cipherFor(header, key, runtime);
	const sealed = Buffer.concat(cipher.seal(4_000_000_001, Buffer.from('by hand')));
	const folder = createFolder(t, {object: Buffer.concat([header.bytes, sealed])});
	const open = (number: number): string => runByHand(`open_segment object 80 ${sealed.byteLength} ${number} "$(keys_of object pack ${key.toString('hex')})"`, folder).toString();
	t.is(open(4_000_000_001), 'by hand');
	t.regex(t.throws(() => open(4_000_000_002)).message, /wrong MAC/);
});

optionalTest(handLack, 'a box is opened with openssl pkeyutl and kdf', t => {
	const dataKey = createDataKey(owner.keyring, runtime);
	const folder = createFolder(t, {box: dataKey.sealed});
	t.deepEqual(runByHand(`open_box box dataKey ${epoch.privateKey!.toString('hex')}`, folder), dataKey.key);
});

optionalTest(handLack, 'a signature is checked with openssl pkeyutl', t => {
	const folder = createFolder(t, {message: Buffer.from('coffer snapshot\n…'), signature: signMessage(owner.keys.signingKey, Buffer.from('coffer snapshot\n…'))});
	const check = (name: string): string => runByHand(`check_signature ${publicKeyOf('ed25519', owner.keys.signingKey).toString('hex')} ${name} signature`, folder).toString();
	t.regex(check('message'), /Success/);
	t.throws(() => check('signature'));
});

optionalTest(handLack, 'a key slot is opened from the key file\'s digits and a passphrase\'s bytes', async t => {
	const keyFile = {slotId: owner.slotId, key: runtime.randomBytes(32)};
	const {keys, keyring} = owner;
	for (const secret of [{keyFile}, {keyFile, passphrase: Buffer.from('Größe 7')}] as const) {
		const slot = await createKeySlot({entry: keyring.slots[0]!, keys, secret, keyring, authorityKey: slots.authorityKey}, runtime);
		const folder = createFolder(t, {slot});
		const digits = `${keyFile.key.toString('hex')}${('passphrase' in secret ? secret.passphrase.toString('hex') : '')}`;
		t.is(runByHand(`open_slot slot ${digits}`, folder).toString(), Buffer.concat([keys.encryptionKey, keys.signingKey, keys.authorityPublicKey]).toString('hex'));
	}
});

optionalTest(handLack, 'a pack gives its own table', async t => {
	const storage = createMemoryStorage();
	const dataKey = createDataKey(owner.keyring, runtime);
	const [pack] = await writePacks(storage, dataKey, [Buffer.from('one'), Buffer.from('two')], runtime);
	const folder = createFolder(t, {pack: await storage.read(packName(pack!.id))});
	const table = JSON.parse(runByHand(`open_table pack ${dataKey.key.toString('hex')}`, folder).toString()) as {segments: Array<{lengths: number[]}>};
	t.deepEqual(table.segments.map(({lengths}) => lengths), [[3], [3]]);
});

optionalTest(handLack, 'from the digits of the key file to the content of a blob, as format.md tells it', async t => {
	const storage = createMemoryStorage();
	const {session, secret} = await createTestRepository(storage, runtime);
	await backUp(session, ['some', 'thing '.repeat(1000), 'else']);
	const files: Record<string, Buffer> = {};
	for (const name of await listNames(storage)) {
		files[name] = await storage.read(name);
	}

	const folder = createFolder(t, files);
	const find = (start: string): string => Object.keys(files).find(name => name.startsWith(start))!;
	runByHand(handWalk, folder, {slot: find('keys/'), snapshot: find('snapshots/'), key: secret.keyFile.key.toString('hex')});
	t.is(readFileSync(path.join(folder, 'content'), 'utf8'), '{"entries":[]}');

	const tampered = files[find('snapshots/')]!;
	tampered[150]! ^= 1;
	writeFileSync(path.join(folder, find('snapshots/')), tampered);
	t.throws(() => runByHand(handWalk, folder, {slot: find('keys/'), snapshot: find('snapshots/'), key: secret.keyFile.key.toString('hex')}));
});

optionalTest(handLack, 'a chain of deltas is unpacked with "zstd -d -D", as format.md tells it', async t => {
	const {session, objects, snapshots} = await createRepositoryFixture();
	const folder = createFolder(t, Object.fromEntries(objects));
	const slot = objects.keys().find(name => name.startsWith('keys/'))!;
	const reader = createBlobReader(session, await LoadedIndex.load(session));
	const stored = await readStoredChunks(session);
	const chunks = [1, 2].map(depth => stored.find(chunk => chunk.depth === depth)!);
	const unknown = '00'.repeat(32);
	const commands = [handWalk, ...chunks.map(({id}) => `read_blob ${id} chunk-${id}`), `if read_blob ${unknown} nothing 2> complaint; then exit 1; fi`];
	runByHand(commands.join('\n'), folder, {slot, snapshot: snapshots[3]!.objectName, key: '07'.repeat(32)});
	for (const {id} of chunks) {
		t.true(readFileSync(path.join(folder, `chunk-${id}`)).equals(await reader.read(id)));
	}

	t.is(readFileSync(path.join(folder, 'complaint'), 'utf8'), `no pack has ${unknown}\n`);
	t.log(`deltas of depth ${chunks.map(({depth}) => depth).join(' and ')}`);
});
