import {createHash} from 'node:crypto';
import test from 'ava';
import {toId, type RepositoryId} from '../../../source/engine/ids.ts';
import {toCanonicalJson, type JsonValue} from '../../../source/engine/repository/canonical-json.ts';
import {decodeRepositoryFile, encodeRepositoryFile} from '../../../source/engine/repository/repository-file.ts';
import {refuses} from '../../helpers/error-assertions.ts';

const facts = {id: toId<RepositoryId>('ab'.repeat(16), 16), created: '2026-11-21T18:46:00.000Z'};
const bytes = encodeRepositoryFile(facts);

function withChecksum(value: Record<string, JsonValue>): Buffer {
	const sha256 = createHash('sha256').update(toCanonicalJson(value)).digest('hex');
	return Buffer.from(toCanonicalJson({...value, sha256}));
}

test('the file is fixed, and comes back', t => {
	t.is(bytes.toString(), '{"created":"2026-11-21T18:46:00.000Z","format":1,"id":"abababababababababababababababab","sha256":"21ebe4fb77996bda2fc0f600837288e86166ec56285990798b5c10ca3cb5e942"}');
	t.deepEqual(decodeRepositoryFile(bytes), facts);
});

test('every flipped bit is noticed', t => {
	for (let bit = 0; bit < bytes.byteLength * 8; bit++) {
		const wrong = Buffer.from(bytes);
		wrong[bit >> 3]! ^= 1 << (bit & 7);
		refuses(t, () => decodeRepositoryFile(wrong), 'damaged');
	}
});

test('cut or lengthened', t => {
	for (let length = 0; length < bytes.byteLength; length++) {
		refuses(t, () => decodeRepositoryFile(bytes.subarray(0, length)), 'damaged');
	}

	refuses(t, () => decodeRepositoryFile(Buffer.concat([bytes, Buffer.from('\n')])), 'damaged');
});

test('an intact file of another format is left alone, whatever else it says', t => {
	refuses(t, () => decodeRepositoryFile(withChecksum({format: 0, created: facts.created, id: facts.id})), 'format-unsupported', /format 0/);
	refuses(t, () => decodeRepositoryFile(withChecksum({format: 2, shape: {new: true}})), 'format-unsupported', /format 2/);
});

test('a format 1 with members of its own is damaged', t => {
	refuses(t, () => decodeRepositoryFile(withChecksum({format: 1, created: facts.created, id: facts.id, extra: 1})), 'damaged');
	refuses(t, () => decodeRepositoryFile(withChecksum({format: 1, created: 'today', id: facts.id})), 'damaged');
	refuses(t, () => decodeRepositoryFile(withChecksum({format: 1, created: facts.created})), 'damaged');
});
