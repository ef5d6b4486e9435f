import test from 'ava';
import {publicKeyOf, signMessage} from '../../../source/engine/crypto/curve-keys.ts';
import {toCanonicalJson, type JsonValue} from '../../../source/engine/repository/canonical-json.ts';
import {activeEpoch} from '../../../source/engine/repository/epochs.ts';
import {decodeKeyring, encodeKeyring, restrictKeyring, type Keyring} from '../../../source/engine/repository/keyring.ts';
import {refuses, didSurvive} from '../../helpers/error-assertions.ts';
import {mutationsOf} from '../../helpers/mutations.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';
import {createTestSlots} from '../../helpers/test-slots.ts';

const runtime = createTestRuntime();
const {owner, backup, authorityKey} = createTestSlots(runtime);
const authorityPublicKey = publicKeyOf('ed25519', authorityKey);
const bytes = encodeKeyring(owner.keyring, owner.slotId, authorityKey);
const decode = (encoded: Uint8Array): Keyring => decodeKeyring(encoded, owner.slotId, authorityPublicKey, 'x');

/** What an owner with bad intentions could sign. */
function sign(change: (body: Record<string, JsonValue>) => void): Buffer {
	const body = JSON.parse(bytes.toString().split('\n')[0]!) as Record<string, JsonValue>;
	change(body);
	const text = toCanonicalJson(body);
	const signature = signMessage(authorityKey, Buffer.from(`coffer keyring\n${owner.slotId}\n${text}`)).toString('base64');
	return Buffer.from(`${text}\n${toCanonicalJson({signature})}\n`);
}

test('every role\'s keyring comes back', t => {
	for (const role of ['owner', 'backup', 'auditor'] as const) {
		const keyring = restrictKeyring({...owner.keyring, slots: [{...owner.keyring.slots[0]!, expires: '2027-01-01T00:00:00.000Z', removed: '2027-01-01T00:00:00.000Z'}]}, role);
		t.deepEqual(decode(encodeKeyring(keyring, owner.slotId, authorityKey)), keyring);
	}
});

test('a keyring is bound to its slot and to its authority', t => {
	refuses(t, () => decodeKeyring(bytes, backup.slotId, authorityPublicKey, 'x'), 'damaged', /no owner signed/);
	refuses(t, () => decodeKeyring(bytes, owner.slotId, publicKeyOf('ed25519', runtime.randomBytes(32)), 'x'), 'damaged', /no owner signed/);
});

test('who has no authority key cannot sign one', t => {
	refuses(t, () => decode(encodeKeyring(owner.keyring, owner.slotId, backup.keys.signingKey)), 'damaged', /no owner signed/);
});

test('roles know no more than they need', t => {
	const ofBackup = restrictKeyring(owner.keyring, 'backup');
	t.deepEqual(Object.keys(ofBackup).sort(), ['chunkerKey', 'chunking', 'epochs', 'generation', 'idKey', 'repository', 'role', 'slots']);
	const ofAuditor = restrictKeyring(owner.keyring, 'auditor');
	t.deepEqual(Object.keys(ofAuditor).sort(), ['chunking', 'epochs', 'generation', 'repository', 'role', 'slots']);
	for (const keyring of [ofBackup, ofAuditor]) {
		t.deepEqual(keyring.epochs.map(epoch => Object.keys(epoch).sort()), [['created', 'id', 'isActive', 'metadataKey', 'publicKey']]);
		const text = encodeKeyring(keyring, owner.slotId, authorityKey).toString();
		t.false(text.includes(owner.keyring.epochs[0]!.privateKey!.toString('base64')));
		t.false(text.includes(authorityKey.toString('base64')));
	}

	t.false(encodeKeyring(ofAuditor, owner.slotId, authorityKey).toString().includes(owner.keyring.idKey!.toString('base64')));
	t.deepEqual(restrictKeyring(owner.keyring, 'owner'), owner.keyring);
});

test('the active epoch is needed', t => {
	t.is(activeEpoch(owner.keyring), owner.keyring.epochs[0]!);
	refuses(t, () => activeEpoch({...owner.keyring, epochs: owner.keyring.epochs.map(epoch => ({...epoch, isActive: false}))}), 'damaged');
});

test('every changed byte is noticed', t => {
	for (let index = 0; index < bytes.byteLength; index++) {
		const wrong = Buffer.from(bytes);
		wrong[index]! ^= 1;
		refuses(t, () => decode(wrong), 'damaged');
	}

	refuses(t, () => decode(Buffer.concat([bytes, Buffer.from('\n')])), 'damaged');
	refuses(t, () => decode(bytes.subarray(0, -1)), 'damaged');
	for (const mutation of mutationsOf(bytes, 500, 'keyring')) {
		didSurvive(t, () => {
			t.deepEqual(decode(mutation), owner.keyring);
		}, mutation.toString('latin1'));
	}
});

test('signed nonsense is damaged, too', t => {
	for (const change of [
		{generation: -1}, {role: 'root'}, {chunking: {minimumBytes: 1, averageBytes: 3, maximumBytes: 5}}, {chunking: {}}, {epochs: [{}]}, {epochs: {}}, {slots: [1]}, {idKey: 'AAAA'}, {extra: 1},
		{repository: {created: '2026-11-21T18:46:00.000Z', format: 2, id: '00'.repeat(16)}},
	] as Array<Record<string, JsonValue>>) {
		refuses(t, () => decode(sign(body => {
			Object.assign(body, change);
		})), 'damaged');
	}

	t.deepEqual(decode(sign(() => undefined)), owner.keyring);
});
