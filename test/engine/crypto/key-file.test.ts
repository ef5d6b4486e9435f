import test from 'ava';
import fc from 'fast-check';
import {decodeKeyFile, encodeKeyFile} from '../../../source/engine/crypto/key-file.ts';
import {toId, type SlotId} from '../../../source/engine/ids.ts';
import {refuses, didSurvive} from '../../helpers/error-assertions.ts';
import {mutationsOf} from '../../helpers/mutations.ts';

const slotId = toId<SlotId>('0123456789abcdef0123456789abcdef', 16);
const key = Buffer.from('00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff', 'hex');
const text = encodeKeyFile({slotId, key}).toString();
const decode = (content: string) => decodeKeyFile(Buffer.from(content));

test('the text is fixed', t => {
	t.is(text, `# coffer key file. Who holds it can open the repository; without it nobody can. Keep a copy in another place.
slot  0123456789abcdef0123456789abcdef
key   00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
check 335002ba
`);
});

test('every key file comes back', t => {
	fc.assert(fc.property(fc.uint8Array({minLength: 16, maxLength: 16}), fc.uint8Array({minLength: 32, maxLength: 32}), (slot, bytes) => {
		const file = {slotId: toId<SlotId>(Buffer.from(slot).toString('hex'), 16), key: Buffer.from(bytes)};
		t.deepEqual(decodeKeyFile(encodeKeyFile(file)), file);
	}));
});

test('comments, blank lines, other line ends and another order do no harm', t => {
	const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'));
	t.deepEqual(decode(`\n# x\r\n${lines.toReversed().join('\r\n\r\n')}\r\n`), {slotId, key});
});

test('one wrong digit is noticed', t => {
	for (const match of text.matchAll(/^(?:slot|key|check) +(?<digits>[\da-f]+)$/gm)) {
		const start = match.index + match[0].length - match.groups!['digits']!.length;
		for (let index = start; index < match.index + match[0].length; index++) {
			const wrong = `${text.slice(0, index)}${text[index] === '0' ? '1' : '0'}${text.slice(index + 1)}`;
			refuses(t, () => decode(wrong), 'key-file-invalid', /check digits/);
		}
	}
});

test('missing, doubled, foreign and upper-case lines are refused, and no message shows the key', t => {
	for (const wrong of ['', '# nothing\n', text.replace(/^slot.*$/m, ''), text.replace(/^key.*$/m, ''), text.replace(/^check.*$/m, ''), `${text}key ${key.toString('hex')}\n`, `${text}extra 12\n`, text.replace(/^key .*$/m, line => line.toUpperCase()), text.replace('ff\n', '\n')]) {
		const error = refuses(t, () => decode(wrong), 'key-file-invalid');
		t.false(error.message.includes('0011'));
	}
});

test('random damage gives a clean error or the same key', t => {
	for (const mutation of mutationsOf(Buffer.from(text), 2000, 'key file')) {
		didSurvive(t, () => {
			t.deepEqual(decodeKeyFile(mutation), {slotId, key});
		}, mutation.toString('hex'));
	}
});
