import {Buffer} from 'node:buffer';
import test from 'ava';
import fc from 'fast-check';
import type {JsonValue} from '../../../source/engine/repository/canonical-json.ts';
import {Fields} from '../../../source/engine/repository/fields.ts';
import {refuses} from '../../helpers/error-assertions.ts';

const take = (value: JsonValue): Fields => new Fields({x: value}, 'Test');
const id = 'ab'.repeat(16);

const kinds: Record<string, {take: (fields: Fields) => unknown; good: readonly JsonValue[]; bad: readonly JsonValue[]}> = {
	text: {take: fields => fields.text('x', 3), good: ['', 'abc'], bad: ['abcd', 1, null, [], {}]},
	choice: {take: fields => fields.choice('x', ['a', 'b']), good: ['a'], bad: ['c', 'constructor', 1]},
	integer: {take: fields => fields.integer('x', 10), good: [0, 10], bad: [-1, 11, 0.5, 2 ** 53, '1', true]},
	decimal: {take: fields => fields.decimal('x'), good: ['0', '-12', '9'.repeat(24)], bad: ['', '-', '1.5', '0x1', ' 1', '9'.repeat(25), 1]},
	flag: {take: fields => fields.flag('x'), good: [true], bad: [false, 1, 'true', null]},
	id: {take: fields => fields.id('x', 16), good: [id], bad: [id.toUpperCase(), id.slice(2), `${id}00`, 'zz'.repeat(16), 1]},
	ids: {take: fields => fields.ids('x', 16), good: [[], [id, id]], bad: [id, [1], [id.slice(1)]]},
	bytes: {take: fields => fields.bytes('x', 2), good: ['YWI='], bad: ['YWI', 'YWI=\n', 'YWJj', 'Y-I=', '', 1]},
	time: {take: fields => fields.time('x'), good: ['2026-11-21T18:46:00.000Z'], bad: ['2026-11-21T18:46:00Z', '2026-13-21T18:46:00.000Z', '2026', 'yesterday 5', '2026-11-21T18:46:00.000+01:00', 5]},
	list: {take: fields => fields.list('x', 2), good: [[], [1, 2]], bad: [[1, 2, 3], {}, 'ab']},
	texts: {take: fields => fields.texts('x'), good: [[], ['a']], bad: [[1], 'a']},
	integers: {take: fields => fields.integers('x', 5), good: [[], [0, 5]], bad: [[6], [-1], ['1'], 1]},
	objects: {take: fields => fields.objects('x'), good: [[], [{}]], bad: [[1], [null], [[]], {}]},
	object: {take: fields => fields.object('x'), good: [{}], bad: [[], null, 'x', 1]},
};

for (const [kind, {take: takeOne, good, bad}] of Object.entries(kinds)) {
	test(kind, t => {
		for (const value of good) {
			const fields = take(value);
			t.notThrows(() => {
				takeOne(fields);
				fields.end();
			}, JSON.stringify(value));
		}

		for (const value of bad) {
			refuses(t, () => takeOne(take(value)), 'damaged', /^Test /);
		}
	});
}

test('base64 is taken in its one alphabet, padded, and nothing else', t => {
	const pattern = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;
	let taken = 0;
	fc.assert(fc.property(fc.oneof(fc.base64String({maxLength: 12}), fc.string({unit: fc.constantFrom(...'Az09+/-_= \nß'), maxLength: 12})), text => {
		if (pattern.test(text)) {
			t.is(take(text).bytes('x').toString('latin1'), Buffer.from(text, 'base64').toString('latin1'));
			taken++;
		} else {
			refuses(t, () => take(text).bytes('x'), 'damaged', /base64/);
		}
	}), {numRuns: 3000});
	t.log(`${taken} taken`);
	t.true(taken > 100);
});

test('missing members are refused where they are needed', t => {
	for (const [kind, {take: takeOne}] of Object.entries(kinds)) {
		if (kind !== 'flag') {
			refuses(t, () => takeOne(new Fields({}, 'Test')), 'damaged');
		}
	}

	t.false(new Fields({}, 'Test').flag('x'));
	t.is(new Fields({}, 'Test').optionalText('x'), undefined);
	t.is(new Fields({}, 'Test').optionalInteger('x'), undefined);
});

test('members of Object.prototype are not there', t => {
	t.false(new Fields({}, 'Test').has('constructor'));
	refuses(t, () => new Fields({}, 'Test').text('toString'), 'damaged');
});

test('a member that nobody took is refused, also __proto__', t => {
	for (const text of ['{"x":1}', '{"__proto__":1}', '{"constructor":{}}']) {
		refuses(t, () => {
			new Fields(JSON.parse(text) as JsonValue, 'Test').end();
		}, 'damaged', /unknown member/);
	}
});
