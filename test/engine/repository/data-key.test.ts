import test from 'ava';
import type {EpochId} from '../../../source/engine/ids.ts';
import {createDataKey, dataKeyName, openDataKey, resealDataKey} from '../../../source/engine/repository/data-key.ts';
import {sealToPublicKey} from '../../../source/engine/repository/sealed-object.ts';
import {publicKeyOf} from '../../../source/engine/crypto/curve-keys.ts';
import {refuses, didSurvive} from '../../helpers/error-assertions.ts';
import {mutationsOf} from '../../helpers/mutations.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';
import {createTestSlots} from '../../helpers/test-slots.ts';

const runtime = createTestRuntime();
const {owner, backup, auditor} = createTestSlots(runtime);
const epoch = owner.keyring.epochs[0]!;

test('who writes seals, only an owner opens', t => {
	for (const writer of [owner, backup]) {
		const dataKey = createDataKey(writer.keyring, runtime);
		t.deepEqual(openDataKey(dataKey.sealed, dataKey.id, owner.keyring, runtime), dataKey);
		for (const other of [backup, auditor]) {
			refuses(t, () => openDataKey(dataKey.sealed, dataKey.id, other.keyring, runtime), 'key-role');
		}
	}
});

test('every key is its own', t => {
	const [one, other] = [createDataKey(owner.keyring, runtime), createDataKey(owner.keyring, runtime)];
	t.not(one.id, other.id);
	t.notDeepEqual(one.key, other.key);
	t.is(dataKeyName(one.id), `datakeys/${one.id}`);
});

test('swapped ids, foreign epochs, keys of another length', t => {
	const [one, other] = [createDataKey(owner.keyring, runtime), createDataKey(owner.keyring, runtime)];
	refuses(t, () => openDataKey(other.sealed, one.id, owner.keyring, runtime), 'damaged', /swapped/);
	refuses(t, () => openDataKey(one.sealed, one.id, {...owner.keyring, epochs: []}, runtime), 'damaged', /epoch/);
	const short = sealToPublicKey('dataKey', {keyId: epoch.id, publicKey: epoch.publicKey}, Buffer.alloc(31), runtime, {objectId: one.id});
	refuses(t, () => openDataKey(short, one.id, owner.keyring, runtime), 'damaged');
	refuses(t, () => resealDataKey(one, {...owner.keyring, epochs: []}, runtime), 'damaged');
});

test('a rotation seals the same key anew; the old private key no longer opens it', t => {
	const dataKey = createDataKey(owner.keyring, runtime);
	const privateKey = runtime.randomBytes(32);
	const next = {...epoch, id: '22'.repeat(16) as EpochId, privateKey, publicKey: publicKeyOf('x25519', privateKey)};
	const renewed = resealDataKey(dataKey, {...owner.keyring, epochs: [{...epoch, isActive: false}, next]}, runtime);
	t.deepEqual([renewed.id, renewed.key], [dataKey.id, dataKey.key]);
	t.deepEqual(openDataKey(renewed.sealed, dataKey.id, {...owner.keyring, epochs: [next]}, runtime).key, dataKey.key);
	refuses(t, () => openDataKey(renewed.sealed, dataKey.id, owner.keyring, runtime), 'damaged');
	refuses(t, () => openDataKey(renewed.sealed, dataKey.id, {...owner.keyring, epochs: [{...next, privateKey: epoch.privateKey!}]}, runtime), 'damaged');
});

test('random damage is refused', t => {
	const dataKey = createDataKey(owner.keyring, runtime);
	for (const mutation of mutationsOf(dataKey.sealed, 1000, 'data key')) {
		didSurvive(t, () => {
			t.deepEqual(openDataKey(mutation, dataKey.id, owner.keyring, runtime), dataKey);
		}, mutation.toString('hex'));
	}
});
