import test from 'ava';
import {signMessage} from '../../../source/engine/crypto/curve-keys.ts';
import {toCanonicalJson, type JsonValue} from '../../../source/engine/repository/canonical-json.ts';
import {compressZstd} from '../../../source/engine/repository/compression.ts';
import type {UnlockedSlot} from '../../../source/engine/repository/key-slot.ts';
import {decodeMetadata, encodeMetadata, type MetadataType} from '../../../source/engine/repository/metadata-object.ts';
import {sealObject} from '../../../source/engine/repository/sealed-object.ts';
import type {EpochId} from '../../../source/engine/ids.ts';
import {refuses, didSurvive} from '../../helpers/error-assertions.ts';
import {mutationsOf} from '../../helpers/mutations.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';
import {createTestSlots} from '../../helpers/test-slots.ts';

const runtime = createTestRuntime();
const {owner, backup, auditor} = createTestSlots(runtime);
const body = {b: ['x', 1], a: {ü: null}};
const epoch = owner.keyring.epochs[0]!;
const types = ['index', 'snapshot', 'tombstone', 'writer', 'pruningMark', 'lock'] as const satisfies readonly MetadataType[];

/** Whatever a holder of the metadata key can put together. */
function forge(type: MetadataType, lines: string | Uint8Array): Buffer {
	return sealObject(type, epoch.id, epoch.metadataKey, compressZstd(Buffer.from(lines), 3), runtime);
}

function signAs(slot: UnlockedSlot, type: string, text: string, repositoryId: string = owner.keyring.repository.id): string {
	const signature = signMessage(slot.keys.signingKey, Buffer.from(`coffer ${type}\n${repositoryId}\n${text}`)).toString('base64');
	return `${text}\n${toCanonicalJson({signature, signer: slot.slotId})}\n`;
}

test('every role reads what those who may have written', t => {
	for (const type of types) {
		for (const reader of [owner, backup, auditor]) {
			const decoded = decodeMetadata(encodeMetadata(type, body, owner, runtime), type, 'x', reader, runtime);
			t.deepEqual(decoded.body, body);
			t.is(decoded.bodyBytes.toString(), toCanonicalJson(body));
			t.is(decoded.epochId, epoch.id);
			t.is(decoded.signer, owner.slotId);
		}
	}
});

test('roles write only what they may', t => {
	for (const type of types) {
		refuses(t, () => encodeMetadata(type, body, auditor, runtime), 'key-role');
	}

	for (const type of ['index', 'snapshot', 'writer'] as const) {
		t.is(decodeMetadata(encodeMetadata(type, body, backup, runtime), type, 'x', owner, runtime).signer, backup.slotId);
	}

	for (const type of ['tombstone', 'pruningMark', 'lock'] as const) {
		refuses(t, () => encodeMetadata(type, body, backup, runtime), 'key-role');
	}
});

test('what a role signs that it may not write is refused by readers', t => {
	const text = toCanonicalJson(body);
	for (const type of types) {
		refuses(t, () => decodeMetadata(forge(type, signAs(auditor, type, text)), type, 'x', owner, runtime), 'damaged', /no valid signature/);
		t.notThrows(() => decodeMetadata(forge(type, signAs(owner, type, text)), type, 'x', owner, runtime));
	}

	refuses(t, () => decodeMetadata(forge('tombstone', signAs(backup, 'tombstone', text)), 'tombstone', 'x', owner, runtime), 'damaged', /no valid signature/);
});

test('a signature is bound to type, repository, body and signer', t => {
	const text = toCanonicalJson(body);
	for (const lines of [
		signAs(owner, 'index', text),
		signAs(owner, 'snapshot', text, '00'.repeat(16)),
		signAs(owner, 'snapshot', text).replace('"x"', '"y"'),
		signAs(owner, 'snapshot', text).replace(owner.slotId, () => backup.slotId),
		signAs(owner, 'snapshot', text).replace(owner.slotId, '00'.repeat(16)),
	]) {
		refuses(t, () => decodeMetadata(forge('snapshot', lines), 'snapshot', 'x', owner, runtime), 'damaged', /no valid signature/);
	}
});

test('objects of another type, epoch or repository', t => {
	const bytes = encodeMetadata('snapshot', body, owner, runtime);
	refuses(t, () => decodeMetadata(bytes, 'index', 'index/x', owner, runtime), 'damaged', /type/);
	const otherEpoch = {...owner, keyring: {...owner.keyring, epochs: [{...epoch, id: '00'.repeat(16) as EpochId}]}};
	refuses(t, () => decodeMetadata(bytes, 'snapshot', 'x', otherEpoch, runtime), 'damaged', /epoch/);
	const otherKey = {...owner, keyring: {...owner.keyring, epochs: [{...epoch, metadataKey: Buffer.alloc(32)}]}};
	refuses(t, () => decodeMetadata(bytes, 'snapshot', 'x', otherKey, runtime), 'damaged', /authentic/);
	const foreign = createTestSlots(createTestRuntime({seed: 'foreign'}));
	refuses(t, () => decodeMetadata(encodeMetadata('snapshot', body, foreign.owner, runtime), 'snapshot', 'x', owner, runtime), 'damaged', /epoch/);
});

test('the body is signed without the epoch: encrypted anew it stays valid, with the same bytes', t => {
	const next = {...epoch, id: '11'.repeat(16) as EpochId, metadataKey: runtime.randomBytes(32)};
	const text = toCanonicalJson(body);
	const renewed = sealObject('snapshot', next.id, next.metadataKey, compressZstd(Buffer.from(signAs(backup, 'snapshot', text)), 3), runtime);
	const decoded = decodeMetadata(renewed, 'snapshot', 'x', {...owner, keyring: {...owner.keyring, epochs: [{...epoch, isActive: false}, next]}}, runtime);
	t.is(decoded.bodyBytes.toString(), text);
	t.is(decoded.epochId, next.id);
});

test('lines that are not a body and a signature', t => {
	const good = signAs(owner, 'snapshot', '{}');
	const [first, second] = good.split('\n') as [string, string];
	for (const lines of ['', '\n', '{}', `${first}\n`, `${first}\n${second}`, `${first}\n${second}\n\n`, `\n${first}\n${second}\n`, `${first}\n ${second}\n`, `${first}\n${second}${' '.repeat(2000)}\n`, `${first}\n{}\n`]) {
		refuses(t, () => decodeMetadata(forge('snapshot', lines), 'snapshot', 'x', owner, runtime), 'damaged');
	}
});

test('a body that is signed but no JSON is damaged', t => {
	for (const text of ['', 'x', '{', '[1,]', '[['.repeat(100), '\uFEFF{}']) {
		refuses(t, () => decodeMetadata(forge('snapshot', signAs(owner, 'snapshot', text)), 'snapshot', 'x', owner, runtime), 'damaged');
	}
});

test('a decompression bomb and an endless signature are refused within bounds', t => {
	const bomb = forge('snapshot', Buffer.alloc(64 * 1024 * 1024, ' '));
	refuses(t, () => decodeMetadata(bomb, 'snapshot', 'x', owner, runtime), 'damaged', /limit/);
	const long = forge('snapshot', `{}\n[${'[],'.repeat(1_000_000)}[]]\n`);
	refuses(t, () => decodeMetadata(long, 'snapshot', 'x', owner, runtime), 'damaged', /body and a signature/);
});

test('what could not be read again is not written', t => {
	refuses(t, () => encodeMetadata('writer', {text: 'x'.repeat(1024 * 1024)}, owner, runtime), 'internal', /read again/);
});

test('every flipped bit and random damage is refused', t => {
	const bytes = encodeMetadata('snapshot', body, owner, runtime);
	for (let index = 0; index < bytes.byteLength; index++) {
		const wrong = Buffer.from(bytes);
		wrong[index]! ^= 1 << (index % 8);
		refuses(t, () => decodeMetadata(wrong, 'snapshot', 'x', owner, runtime), index === 6 || index === 7 ? 'format-unsupported' : 'damaged');
	}

	for (const mutation of mutationsOf(bytes, 2000, 'metadata')) {
		didSurvive(t, () => {
			t.deepEqual(decodeMetadata(mutation, 'snapshot', 'x', owner, runtime).body, body);
		}, mutation.toString('hex'));
	}
});

test('damage below the encryption, as by a careless writer, is a clean error', t => {
	const lines = Buffer.from(signAs(owner, 'snapshot', toCanonicalJson(body)));
	for (const mutation of mutationsOf(lines, 1000, 'lines')) {
		didSurvive(t, () => decodeMetadata(forge('snapshot', mutation), 'snapshot', 'x', owner, runtime), mutation.toString('latin1'));
	}

	for (const mutation of mutationsOf(compressZstd(lines, 3), 1000, 'frame')) {
		didSurvive(t, () => decodeMetadata(sealObject('snapshot', epoch.id, epoch.metadataKey, mutation, runtime), 'snapshot', 'x', owner, runtime), mutation.toString('hex'));
	}
});

test('numbers beyond 2^53 and __proto__ in a signed body do no harm', t => {
	const decoded = decodeMetadata(forge('snapshot', signAs(owner, 'snapshot', '{"__proto__":{"x":1},"n":9007199254740993}')), 'snapshot', 'x', owner, runtime).body as Record<string, JsonValue>;
	t.is(decoded['x'], undefined);
});
