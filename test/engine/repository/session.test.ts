import test from 'ava';
import {publicKeyOf} from '../../../source/engine/crypto/curve-keys.ts';
import {createKeySlot} from '../../../source/engine/repository/key-slot.ts';
import {writeKeySlot} from '../../../source/engine/repository/key-slot-files.ts';
import type {Keyring} from '../../../source/engine/repository/keyring.ts';
import {encodeRepositoryFile} from '../../../source/engine/repository/repository-file.ts';
import {createRepository} from '../../../source/engine/repository/create-repository.ts';
import {assertRepositoryExists, openRepository} from '../../../source/engine/repository/open-repository.ts';
import type {RepositorySession} from '../../../source/engine/repository/session.ts';
import {createMemoryStorage} from '../../../source/engine/storage/memory.ts';
import {toId, type RepositoryId} from '../../../source/engine/ids.ts';
import type {Storage} from '../../../source/engine/storage/storage.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {createFaultyStorage} from '../../helpers/faulty-storage.ts';
import {listNames} from '../../helpers/storage-assertions.ts';
import {createTestRepository, type TestRepository} from '../../helpers/test-repositories.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const runtime = createTestRuntime();

async function create(): Promise<TestRepository & {storage: Storage}> {
	const storage = createMemoryStorage();
	return {storage, ...await createTestRepository(storage, runtime)};
}

async function flip(storage: Storage, name: string): Promise<void> {
	const bytes = await storage.read(name);
	bytes[bytes.byteLength >> 1]! ^= 1;
	await storage.write(name, bytes);
}

/** Write the owner's slot anew, as a rotation does. @returns The new file's name. */
async function renew({session, secret}: TestRepository, storage: Storage, change: Partial<Keyring>): Promise<string> {
	const {keys, keyring, slotId} = session.slot;
	const entry = keyring.slots.find(({id}) => id === slotId)!;
	return writeKeySlot(storage, slotId, await createKeySlot({entry, keys, secret, keyring: {...keyring, ...change}, authorityKey: keyring.authorityKey!}, runtime));
}

const keyNames = async (storage: Storage): Promise<string[]> => (await listNames(storage)).filter(name => name.startsWith('keys'));

test('a new repository holds two copies of one slot and repository.json, and opens with its key only', async t => {
	const {storage, session, secret} = await create();
	const names = await listNames(storage);
	t.is(names.length, 3);
	t.is(names[0]!.replace('keys-copy/', ''), names[1]!.replace('keys/', ''));
	t.is(names[2], 'repository.json');
	const opened = await openRepository(storage, secret, runtime);
	t.deepEqual(opened.slot, session.slot);
	t.deepEqual(opened.problems, []);
	await refusesAsync(t, async () => openRepository(storage, {keyFile: {...secret.keyFile, key: Buffer.alloc(32)}}, runtime), 'key-wrong');
	await refusesAsync(t, async () => openRepository(storage, {keyFile: {...secret.keyFile, slotId: '00'.repeat(16) as typeof secret.keyFile.slotId}}, runtime), 'key-wrong');
	await refusesAsync(t, async () => openRepository(storage, {passphrase: Buffer.from('x')}, runtime), 'key-wrong');
	await refusesAsync(t, async () => openRepository(storage, {}, runtime), 'key-wrong');
});

test('nothing is made where something is', async t => {
	const {storage, secret} = await create();
	await refusesAsync(t, async () => createTestRepository(storage, runtime), 'repository-exists', /already/);
	const other = createMemoryStorage();
	await other.write('holiday.jpg', Buffer.alloc(1));
	await refusesAsync(t, async () => createTestRepository(other, runtime), 'repository-exists', /holiday\.jpg/);
	t.truthy(await openRepository(storage, secret, runtime));
});

test('nothing is written when there is no secret', async t => {
	const storage = createMemoryStorage();
	await t.throwsAsync(createRepository(storage, {label: 'x', secret() {
		throw new Error('no');
	}}, runtime), {message: 'no'});
	t.deepEqual(await storage.list(''), []);
});

test('where there is no repository', async t => {
	const storage = createMemoryStorage();
	await refusesAsync(t, async () => openRepository(storage, {passphrase: Buffer.from('x')}, runtime), 'repository-missing');
	await refusesAsync(t, async () => assertRepositoryExists(storage), 'repository-missing');
	const made = await create();
	await t.notThrowsAsync(assertRepositoryExists(made.storage));
});

test('a crash while a repository is made leaves one that opens, or none', async t => {
	for (let at = 1; at <= 3; at++) {
		const inner = createMemoryStorage();
		const key = Buffer.alloc(32, at);
		let slotId: TestRepository['secret']['keyFile']['slotId'] | undefined;
		await t.throwsAsync(createRepository(createFaultyStorage(inner, [{at, effect: {kind: 'crash', when: 'before'}}]), {label: 'x', secret(id) {
			slotId = id;
			return {keyFile: {slotId: id, key}};
		}}, runtime));
		if (at === 1) {
			await refusesAsync(t, async () => assertRepositoryExists(inner), 'repository-missing');
		} else {
			t.truthy(await openRepository(inner, {keyFile: {slotId: slotId!, key}}, runtime));
		}
	}
});

test('a damaged or missing copy of the slot is reported and does no harm; two are fatal', async t => {
	const {storage, secret} = await create();
	const [copy, original] = await keyNames(storage) as [string, string];
	await flip(storage, original);
	const opened = await openRepository(storage, secret, runtime);
	t.deepEqual(opened.problems.map(({object}) => object), [original]);
	await storage.remove(original);
	t.deepEqual((await openRepository(storage, secret, runtime)).problems.map(({object}) => object), [original]);
	await flip(storage, copy);
	await refusesAsync(t, async () => openRepository(storage, secret, runtime), 'damaged', /copy of the repository/);
	await storage.remove(copy);
	await refusesAsync(t, async () => openRepository(storage, secret, runtime), 'key-wrong');
});

test('repository.json damaged or missing is reported; of another repository or format it is refused', async t => {
	const {storage, secret, session} = await create();
	await flip(storage, 'repository.json');
	t.deepEqual((await openRepository(storage, secret, runtime)).problems.map(({object}) => object), ['repository.json']);
	await storage.remove('repository.json');
	t.deepEqual((await openRepository(storage, secret, runtime)).problems.map(({object}) => object), ['repository.json']);
	for (const facts of [{...session.keyring.repository, id: toId<RepositoryId>('00'.repeat(16), 16)}, {...session.keyring.repository, created: '2000-01-01T00:00:00.000Z'}]) {
		await storage.write('repository.json', encodeRepositoryFile(facts));
		await refusesAsync(t, async () => openRepository(storage, secret, runtime), 'damaged', /mixed/);
	}
});

test('slots of two repositories mixed: each key opens its own, and is told that the other\'s repository.json is there', async t => {
	const [one, other] = [await create(), await create()];
	for (const name of await keyNames(other.storage)) {
		await one.storage.write(name, await other.storage.read(name));
	}

	t.is((await openRepository(one.storage, one.secret, runtime)).keyring.repository.id, one.session.keyring.repository.id);
	await refusesAsync(t, async () => openRepository(one.storage, other.secret, runtime), 'damaged', /mixed/);
});

test('files that are no slots, swapped or renamed, are problems', async t => {
	const {storage, secret} = await create();
	const other = await create();
	const [, name] = await keyNames(storage) as [string, string];
	const [, foreign] = await keyNames(other.storage) as [string, string];
	await storage.write('keys/readme', Buffer.from('x'));
	await storage.write(name, await other.storage.read(foreign));
	await storage.write(`keys/${'00'.repeat(16)}-${foreign.slice(-64)}`, await other.storage.read(foreign));
	const {problems} = await openRepository(storage, secret, runtime);
	t.deepEqual(problems.map(({object}) => object).sort(), [name, 'keys/readme', `keys/${'00'.repeat(16)}-${foreign.slice(-64)}`].sort());
});

test('a tampered slot file beside the intact one is reported and does not stand in the way', async t => {
	const {storage, secret} = await create();
	const [, name] = await keyNames(storage) as [string, string];
	const text = (await storage.read(name)).toString();
	for (const tampered of [text.replace('100000', '1'), text.replace('100000', '2147483648'), text.replace(/"repository":"../, '"repository":"00')]) {
		t.not(tampered, text);
		await writeKeySlot(storage, secret.keyFile.slotId, Buffer.from(tampered));
	}

	t.is((await openRepository(storage, secret, runtime)).problems.length, 3);
	for (const one of await keyNames(storage)) {
		if (one.endsWith(name.slice(-64))) {
			await storage.remove(one);
		}
	}

	await refusesAsync(t, async () => openRepository(storage, secret, runtime), 'damaged');
});

test('floods of slot files are refused before the work', async t => {
	const {storage, secret} = await create();
	const [, name] = await keyNames(storage) as [string, string];
	const text = (await storage.read(name)).toString();
	for (let count = 0; count < 70; count++) {
		await writeKeySlot(storage, secret.keyFile.slotId, Buffer.from(text.replace('100000', () => String(9_000_000 + count))));
	}

	await refusesAsync(t, async () => openRepository(storage, secret, runtime), 'damaged', /more than any repository/);
	const many = {...storage, list: async () => Array.from({length: 100}, (_, index) => ({name: `keys/${index}`, sizeBytes: 4 * 1024 * 1024}))};
	await refusesAsync(t, async () => openRepository(many, secret, runtime), 'damaged', /more than key slots can take/);
});

test('what the storage throws comes through', async t => {
	const {storage, secret} = await create();
	for (let at = 1; at <= 5; at++) {
		const faulty = createFaultyStorage(storage, [{at, among: 'all', effect: {kind: 'throw', when: 'before'}}]);
		await refusesAsync(t, async () => openRepository(faulty, secret, runtime), 'storage-failed');
	}
});

test('a newer keyring is taken over, by a fresh look and by opening; the same one is not', async t => {
	const repository = await create();
	const {storage, session, secret} = repository;
	t.false(await session.refresh());
	const before = await keyNames(storage);
	const privateKey = runtime.randomBytes(32);
	const epochs = [{...session.keyring.epochs[0]!, privateKey, publicKey: publicKeyOf('x25519', privateKey)}];
	await renew(repository, storage, {generation: 2, epochs});
	t.is((await openRepository(storage, secret, runtime)).keyring.generation, 2);
	t.true(await session.refresh());
	t.is(session.keyring.generation, 2);
	t.deepEqual(session.keyring.epochs, epochs);
	t.false(await session.refresh());
	for (const name of before) {
		await storage.remove(name);
	}

	t.false(await session.refresh());
	t.is((await openRepository(storage, secret, runtime)).keyring.generation, 2);
});

async function exchange(repository: TestRepository & {storage: Storage}, change: Partial<Keyring>): Promise<RepositorySession> {
	const before = await keyNames(repository.storage);
	await renew(repository, repository.storage, change);
	for (const name of before) {
		await repository.storage.remove(name);
	}

	return repository.session;
}

test('an older keyring that was put back is refused', async t => {
	const repository = await create();
	const session = await exchange(repository, {generation: 5});
	t.true(await session.refresh());
	await exchange(repository, {generation: 4});
	await refusesAsync(t, async () => session.refresh(), 'damaged', /older/);
	t.is(session.keyring.generation, 5);
});

test('a slot that is gone, or damaged, ends the run', async t => {
	const {storage, session} = await create();
	for (const name of await keyNames(storage)) {
		await storage.remove(name);
	}

	await refusesAsync(t, async () => session.refresh(), 'key-wrong', /removed/);
	const [one, other] = [await create(), await create()];
	const [, name] = await keyNames(one.storage) as [string, string];
	const foreign = JSON.parse((await other.storage.read((await keyNames(other.storage))[1]!)).toString()) as {keyring: string};
	const text = (await one.storage.read(name)).toString().replace(/"keyring":"[^"]*"/, () => `"keyring":"${foreign.keyring}"`);
	for (const key of await keyNames(one.storage)) {
		await one.storage.remove(key);
	}

	await writeKeySlot(one.storage, one.secret.keyFile.slotId, Buffer.from(text));
	await refusesAsync(t, async () => one.session.refresh(), 'damaged');
});
