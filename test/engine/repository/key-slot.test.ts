import test from 'ava';
import {toCanonicalJson, type JsonValue} from '../../../source/engine/repository/canonical-json.ts';
import {canTrySlot, createKeySlot, decodeKeySlot, openKeySlot, reopenKeyring, type KeySlot, type Secret} from '../../../source/engine/repository/key-slot.ts';
import {refuses, refusesAsync, didSurvive} from '../../helpers/error-assertions.ts';
import {mutationsOf} from '../../helpers/mutations.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';
import {createTestSlots} from '../../helpers/test-slots.ts';

const runtime = createTestRuntime();
const {owner, backup, auditor, authorityKey} = createTestSlots(runtime);
const keyFile = {slotId: owner.slotId, key: runtime.randomBytes(32)};
const secrets = {
	'key file': {keyFile},
	passphrase: {passphrase: Buffer.from('correct horse')},
	both: {keyFile, passphrase: Buffer.from('correct horse')},
} satisfies Record<string, Secret>;

async function create(secret: Secret, slot = owner): Promise<Buffer> {
	const entry = owner.keyring.slots.find(({id}) => id === slot.slotId)!;
	return createKeySlot({entry, keys: slot.keys, secret, keyring: owner.keyring, authorityKey}, runtime);
}

type SlotJson = {kdf: Record<string, JsonValue>} & Record<string, JsonValue>;

function edit(bytes: Buffer, change: (slot: SlotJson) => void): Buffer {
	const value = JSON.parse(bytes.toString()) as SlotJson;
	change(value);
	return Buffer.from(toCanonicalJson(value));
}

const sealed = await create(secrets['key file']);

for (const [name, secret] of Object.entries(secrets)) {
	test(`a slot for ${name} opens with it`, async t => {
		const slot = decodeKeySlot(await create(secret), 'keys/x');
		t.deepEqual(slot.factors, [...('keyFile' in secret ? ['key-file'] : []), ...('passphrase' in secret ? ['passphrase'] : [])]);
		t.is(slot.iterations, 'passphrase' in secret ? 600_000 : 100_000);
		t.true(canTrySlot(slot, secret));
		t.deepEqual(await openKeySlot(slot, secret, 'keys/x', runtime), owner);
	});
}

test('each factor wrong is key-wrong, with one message', async t => {
	const otherKey = {slotId: owner.slotId, key: runtime.randomBytes(32)};
	const both = decodeKeySlot(await create(secrets.both), 'x');
	const passphrase = decodeKeySlot(await create(secrets.passphrase), 'x');
	const messages = new Set<string>();
	for (const [slot, secret] of [
		[decodeKeySlot(sealed, 'x'), {keyFile: otherKey}],
		[passphrase, {passphrase: Buffer.from('correct horsE')}],
		[passphrase, {passphrase: Buffer.alloc(0)}],
		[both, {keyFile: otherKey, passphrase: Buffer.from('correct horse')}],
		[both, {keyFile, passphrase: Buffer.from('wrong')}],
	] as const) {
		messages.add((await refusesAsync(t, async () => openKeySlot(slot, secret, 'x', runtime), 'key-wrong')).message);
	}

	t.is(messages.size, 1);
});

test('a slot is tried only with all its factors, and a key file only with its own slot', async t => {
	const both = decodeKeySlot(await create(secrets.both), 'x');
	t.false(canTrySlot(both, secrets['key file']));
	t.false(canTrySlot(both, secrets.passphrase));
	t.false(canTrySlot(decodeKeySlot(sealed, 'x'), {keyFile: {slotId: backup.slotId, key: keyFile.key}}));
	await refusesAsync(t, async () => create({}), 'usage');
});

test('a passphrase is the same in every composition of its letters', async t => {
	const slot = decodeKeySlot(await create({passphrase: Buffer.from('caf\u00E9')}), 'x');
	t.deepEqual(await openKeySlot(slot, {passphrase: Buffer.from('cafe\u0301')}, 'x', runtime), owner);
});

test('absurd iteration counts are refused before the work', async t => {
	for (const iterations of [0, 1, 99_999, 10_000_001, 2 ** 31, 2 ** 53 - 1]) {
		const slot = decodeKeySlot(edit(sealed, value => {
			value.kdf['iterations'] = iterations;
		}), 'x');
		await refusesAsync(t, async () => openKeySlot(slot, secrets['key file'], 'x', runtime), 'damaged', /iterations/);
	}
});

test('a changed count, salt, set of factors or secret does not open', async t => {
	const passphrase = await create(secrets.passphrase);
	const other = JSON.parse((await create({keyFile: {...keyFile, key: Buffer.alloc(32, 1)}})).toString()) as SlotJson;
	for (const bytes of [
		edit(sealed, value => {
			value.kdf['iterations'] = 100_001;
		}),
		edit(sealed, value => {
			value.kdf['salt'] = Buffer.alloc(32).toString('base64');
		}),
		edit(sealed, value => {
			value['secret'] = other['secret']!;
		}),
		edit(sealed, value => {
			value['secret'] = value['keyring']!;
		}),
	]) {
		await refusesAsync(t, async () => openKeySlot(decodeKeySlot(bytes, 'x'), secrets['key file'], 'x', runtime), 'key-wrong');
	}

	const weakened = decodeKeySlot(edit(passphrase, value => {
		value['factors'] = ['key-file'];
	}), 'x');
	await refusesAsync(t, async () => openKeySlot(weakened, secrets['key file'], 'x', runtime), 'key-wrong');
});

test('a keyring that is not the slot\'s own is tampering, not a wrong key', async t => {
	const foreign = createTestSlots(createTestRuntime({seed: 'foreign'}));
	const entry = {...foreign.owner.keyring.slots[0]!, id: owner.slotId, encryptionKey: owner.keyring.slots[0]!.encryptionKey};
	const foreignBytes = JSON.parse((await createKeySlot({entry, keys: owner.keys, secret: secrets['key file'], keyring: foreign.owner.keyring, authorityKey: foreign.authorityKey}, runtime)).toString()) as SlotJson;
	for (const change of [
		(value: SlotJson) => {
			value['keyring'] = foreignBytes['keyring']!;
		},
		(value: SlotJson) => {
			value['repository'] = '00'.repeat(16);
		},
		(value: SlotJson) => {
			value['slot'] = '00'.repeat(16);
		},
		(value: SlotJson) => {
			value['keyring'] = value['secret']!;
		},
	]) {
		await refusesAsync(t, async () => openKeySlot(decodeKeySlot(edit(sealed, change), 'x'), secrets['key file'], 'x', runtime), 'damaged');
	}
});

test('roles get what they may know, and open with their own slots', async t => {
	for (const slot of [backup, auditor]) {
		const secret = {keyFile: {slotId: slot.slotId, key: keyFile.key}};
		t.deepEqual(await openKeySlot(decodeKeySlot(await create(secret, slot), 'x'), secret, 'x', runtime), slot);
	}
});

test('an unlocked slot opens its keyring again without the secret', t => {
	t.deepEqual(reopenKeyring(decodeKeySlot(sealed, 'x'), owner, 'x', runtime), owner);
	refuses(t, () => reopenKeyring(decodeKeySlot(sealed, 'x'), backup, 'x', runtime), 'damaged');
});

test('files that are no slot', t => {
	for (const [change, code] of [
		[(value: SlotJson) => {
			value['format'] = 2;
		}, 'format-unsupported'],
		[(value: SlotJson) => {
			value.kdf['name'] = 'MD5';
		}, 'damaged'],
		[(value: SlotJson) => {
			value['factors'] = [];
		}, 'damaged'],
		[(value: SlotJson) => {
			value['factors'] = ['passphrase', 'key-file'];
		}, 'damaged'],
		[(value: SlotJson) => {
			value['extra'] = 1;
		}, 'damaged'],
		[(value: SlotJson) => {
			value.kdf['extra'] = 1;
		}, 'damaged'],
		[(value: SlotJson) => {
			value.kdf['salt'] = '';
		}, 'damaged'],
	] as const) {
		refuses(t, () => decodeKeySlot(edit(sealed, change), 'keys/x'), code, /keys\/x/);
	}

	refuses(t, () => decodeKeySlot(Buffer.concat([sealed, Buffer.from('\n')]), 'x'), 'damaged');
});

test('random damage is refused, or leaves a slot that does not open', async t => {
	const accepted: KeySlot[] = [];
	for (const mutation of mutationsOf(sealed, 2000, 'slot')) {
		didSurvive(t, () => {
			accepted.push(decodeKeySlot(mutation, 'x'));
		}, mutation.toString('latin1'));
	}

	t.true(accepted.length > 0);
	for (const slot of accepted.slice(0, 10)) {
		await t.throwsAsync(openKeySlot(slot, secrets['key file'], 'x', runtime), {name: 'CofferError'});
	}
});
