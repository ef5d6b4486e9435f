import test from 'ava';
import {normalizePassphrase, wipeSecret} from '../../../source/engine/repository/secret.ts';
import {toId, type SlotId} from '../../../source/engine/ids.ts';

const normalize = (text: string) => normalizePassphrase(Buffer.from(text)).toString();

test('a passphrase is taken in NFC, and ASCII as it is', t => {
	t.is(normalize('correct horse'), 'correct horse');
	t.is(normalize('cafe\u0301'), 'caf\u00E9');
	t.is(normalize('\uFEFFx\u212B'), '\uFEFFx\u00C5');
	t.is(normalize(''), '');
});

test('what is no UTF-8 is taken as it is: two such passphrases are never one', t => {
	const bytes = Buffer.from('ff00fe65cc81', 'hex');
	t.deepEqual(normalizePassphrase(bytes), bytes);
	t.notDeepEqual(normalizePassphrase(Buffer.of(0xFF)), normalizePassphrase(Buffer.of(0xFE)));
});

test('the caller\'s bytes stay the caller\'s', t => {
	for (const text of ['plain', 'cafe\u0301']) {
		const bytes = Buffer.from(text);
		normalizePassphrase(bytes).fill(0);
		t.is(bytes.toString(), text);
	}
});

test('a string is refused, so that nobody gives one without noticing', t => {
	t.throws(() => normalizePassphrase('text' as unknown as Uint8Array), {instanceOf: TypeError});
});

test('wiping leaves zeros', t => {
	const secret = {keyFile: {slotId: toId<SlotId>('ab'.repeat(16), 16), key: Buffer.alloc(32, 1)}, passphrase: Buffer.from('x')};
	wipeSecret(secret);
	wipeSecret(undefined);
	wipeSecret({});
	t.true([...secret.keyFile.key, ...secret.passphrase].every(byte => byte === 0));
});
