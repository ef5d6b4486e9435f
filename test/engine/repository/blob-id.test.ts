import {createHash, createHmac, randomBytes} from 'node:crypto';
import test from 'ava';
import {BlobHasher} from '../../../source/engine/repository/blob-id.ts';

test('an id is HMAC-SHA-256(id key, SHA-256(plaintext)), whatever was hashed before', t => {
	let compared = 0;
	for (const key of [Buffer.alloc(32), Buffer.alloc(32, 0xFF), randomBytes(32), randomBytes(1), randomBytes(64)]) {
		const hasher = new BlobHasher(key);
		for (const byteCount of [0, 1, 31, 32, 55, 56, 63, 64, 65, 1000, 100_000, 0]) {
			const plaintext = randomBytes(byteCount);
			t.deepEqual(hasher.idOf(plaintext), createHmac('sha256', key).update(createHash('sha256').update(plaintext).digest()).digest());
			compared++;
		}
	}

	t.log(`${compared} ids`);
});

test('ids stay what they are when the next one is made, and when the key is overwritten', t => {
	const key = randomBytes(32);
	const hasher = new BlobHasher(key);
	const first = hasher.idOf(Buffer.from('a'));
	const copy = Buffer.from(first);
	t.notDeepEqual(hasher.idOf(Buffer.from('b')), first);
	t.deepEqual(first, copy);
	key.fill(0);
	t.deepEqual(hasher.idOf(Buffer.from('a')), first);
	t.throws(() => new BlobHasher(randomBytes(65)), {instanceOf: RangeError});
});
