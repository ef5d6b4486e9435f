import test from 'ava';
import {isHex, shortId, toId, type PackId, type SlotId} from '../../source/engine/ids.ts';

const valid = '0123456789abcdef'.repeat(2);

test('an identifier has its exact length in lower-case hexadecimal', t => {
	t.true(isHex(valid, 16));
	t.is<string, string>(toId<SlotId>(valid, 16), valid);
	for (const wrong of ['', valid.slice(1), `${valid}0`, valid.toUpperCase(), `${valid.slice(1)}g`, `${valid.slice(1)}\n`, `${valid.slice(1)}é`]) {
		t.false(isHex(wrong, 16), wrong);
		t.throws(() => toId<SlotId>(wrong, 16), {instanceOf: RangeError});
	}
});

test('people see the first 8 digits', t => {
	t.is(shortId(toId<PackId>(valid, 16)), '01234567');
});
