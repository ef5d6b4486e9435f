import test from 'ava';
import fc from 'fast-check';
import {fromBytes, fromText, joinPath, toBytes, toDisplayText, toExactText, toPath} from '../../source/engine/byte-string.ts';

test('bytes survive, whatever they are', t => {
	fc.assert(fc.property(fc.uint8Array({maxLength: 300}), bytes => {
		t.deepEqual(new Uint8Array(toBytes(fromBytes(bytes))), new Uint8Array(bytes));
		t.deepEqual(Buffer.from(toPath(fromBytes(bytes))), Buffer.from(bytes));
	}));
});

test('text survives as UTF-8', t => {
	fc.assert(fc.property(fc.string({unit: 'binary'}), text => {
		t.is(toExactText(fromText(text)), text);
		t.is(toDisplayText(fromText(text)), text);
		t.deepEqual(toBytes(fromText(text)), Buffer.from(text));
	}));
});

test('comparing with < is comparing bytes', t => {
	fc.assert(fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
		const [x, y] = [fromBytes(a), fromBytes(b)];
		t.is(x < y ? -1 : Number(x > y), Buffer.compare(a, b));
	}));
});

test('what is not UTF-8 has no exact text, but one for display', t => {
	const name = fromBytes(Buffer.from([0x61, 0xFF, 0x62]));
	t.is(toExactText(name), undefined);
	t.is(toDisplayText(name), 'a\uFFFDb');
});

test('ASCII goes to the system as a string, everything else as bytes', t => {
	t.is(toPath(fromText('a b')), 'a b');
	t.deepEqual(toPath(fromText('ä')), Buffer.from('ä'));
});

test('paths are joined with one slash', t => {
	t.is(joinPath(fromText('/'), fromText('a')), fromText('/a'));
	t.is(joinPath(fromText('/a'), fromText('b')), fromText('/a/b'));
});
