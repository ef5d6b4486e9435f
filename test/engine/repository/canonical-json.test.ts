import test from 'ava';
import fc from 'fast-check';
import {maximumJsonDepth, parseStoredJson, toCanonicalJson, type JsonValue} from '../../../source/engine/repository/canonical-json.ts';
import {refuses, didSurvive} from '../../helpers/error-assertions.ts';
import {mutationsOf} from '../../helpers/mutations.ts';

const anyText = fc.string({unit: 'binary'});
const {value: anyValue} = fc.letrec<{value: JsonValue}>(tie => ({
	value: fc.oneof(
		{maxDepth: 5},
		fc.constant(null),
		fc.boolean(),
		fc.maxSafeInteger().map(number => (Object.is(number, -0) ? 0 : number)),
		anyText,
		fc.array(tie('value')),
		fc.dictionary(fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', 'toString')), tie('value'), {noNullPrototype: true}),
	),
}));
const parse = (text: string): JsonValue => parseStoredJson(Buffer.from(text), 'Test', {isCanonical: true});

test('every value comes back, and has one form', t => {
	fc.assert(fc.property(anyValue, value => {
		const text = toCanonicalJson(value);
		const plain = JSON.stringify(value);
		t.deepEqual(JSON.parse(text), JSON.parse(plain));
		t.is(toCanonicalJson(parse(text)), text);
	}));
});

test('members are sorted by UTF-16 code units, and undefined ones left out', t => {
	t.is(toCanonicalJson({b: 1, a: undefined, '\u{1F600}': 2, '\uFFFD': 3, B: [null, true, {}], '': 'é\n"\u007F'}), '{"":"é\\n\\"\u007F","B":[null,true,{}],"b":1,"\u{1F600}":2,"\uFFFD":3}');
});

test('what has no canonical form is a programmer\'s mistake', t => {
	for (const value of [1.5, 2 ** 53, -(2 ** 53), Number.NaN, Infinity, -0, '\uD800', ['a\uDC00'], {a: 0.1}, {'\uD800': 1}]) {
		t.throws(() => toCanonicalJson(value), {instanceOf: TypeError});
	}

	t.is(toCanonicalJson([2 ** 53 - 1, -(2 ** 53) + 1]), '[9007199254740991,-9007199254740991]');
});

for (const [about, text] of Object.entries({
	'white space before': ' {}',
	'white space after': '{}\n',
	'white space inside': '{"a": 1}',
	'a byte order mark': '\uFEFF{}',
	'another order': '{"b":1,"a":2}',
	'a member twice': '{"a":1,"a":1}',
	'__proto__ twice': '{"__proto__":1,"__proto__":2}',
	'an escaped letter': String.raw`"\u0061"`,
	'an escaped slash': String.raw`"\/"`,
	'an upper-case escape': String.raw`"\u001F"`,
	'a lone surrogate': String.raw`"\ud800"`,
	'a lone surrogate as a name': String.raw`{"\ud800":1}`,
	'2^53': '9007199254740992',
	'2^53 + 1': '9007199254740993',
	'an exponent': '1e2',
	'a fraction': '1.0',
	'minus zero': '-0',
	'a huge number': '1e999',
	'two values': '{}{}',
	'no value': '',
	'a comment': '{}//',
	'a comma too many': '[1,]',
})) {
	test(`not canonical: ${about}`, t => {
		refuses(t, () => parse(text), 'damaged');
	});
}

test('without isCanonical, other forms of JSON are read', t => {
	t.deepEqual(parseStoredJson(Buffer.from(' {"b": 1, "a": 2} '), 'Test'), {b: 1, a: 2});
});

test('__proto__ is a member like any other', t => {
	const value = parse('{"__proto__":{"isAdmin":true}}') as Record<string, unknown>;
	t.deepEqual(Object.keys(value), ['__proto__']);
	t.is(value['isAdmin'], undefined);
	const other: Record<string, unknown> = {};
	t.is(other['isAdmin'], undefined);
});

test('depth is bounded before anything is parsed', t => {
	const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
	t.truthy(parse(nested(maximumJsonDepth)));
	for (const depth of [maximumJsonDepth + 1, 200_000]) {
		refuses(t, () => parse(nested(depth)), 'damaged', /nested too deeply/);
		refuses(t, () => parse('{"a":'.repeat(depth) + '1' + '}'.repeat(depth)), 'damaged', /nested too deeply/);
		refuses(t, () => parse('['.repeat(depth)), 'damaged', /nested too deeply/);
	}

	t.is(parse(JSON.stringify('['.repeat(1000))), '['.repeat(1000));
	t.is(parse(JSON.stringify('\\"[['.repeat(1000))), '\\"[['.repeat(1000));
});

test('brackets in texts of every length do not count, and those after them do', t => {
	for (let length = 0; length < 120; length++) {
		for (const inside of ['x', '\\', '"', '[', 'ß']) {
			const text = `${'a'.repeat(length)}${inside}${'['.repeat(20)}`;
			t.is(parse(JSON.stringify(text)), text);
			refuses(t, () => parse(`[${JSON.stringify(text)},${'['.repeat(maximumJsonDepth)}`), 'damaged', /nested too deeply/);
		}
	}
});

test('bytes that are not UTF-8 are refused', t => {
	for (const bytes of [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0xFF, 0xFE]]) {
		refuses(t, () => parseStoredJson(Buffer.from(bytes), 'Test'), 'damaged', /UTF-8/);
	}
});

test('random damage is refused or gives another value, never the same one', t => {
	const valid = toCanonicalJson({a: [1, 2, {c: 'text with ü and \u{1F600}'}], b: null, z: '\n\t\\'});
	for (const mutation of mutationsOf(Buffer.from(valid), 5000, 'json')) {
		didSurvive(t, () => {
			const value = parseStoredJson(mutation, 'Test', {isCanonical: true});
			t.is(toCanonicalJson(value), mutation.toString());
		}, mutation.toString('hex'));
	}
});
