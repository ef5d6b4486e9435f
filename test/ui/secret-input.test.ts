import test from 'ava';
import {SecretInput} from '../../source/ui/secret-input.ts';

test('characters of any length are added and taken back one by one, and wiped', t => {
	const input = new SecretInput();
	for (const text of ['a', 'ä', '€', '😀']) {
		t.true(input.press({name: text, text}));
	}

	t.is(String(input.take()), 'aä€😀');
	t.is(input.draw(false), '****');
	t.true(input.press({name: 'backspace'}));
	t.true(input.press({name: 'backspace'}));
	t.is(String(input.take()), 'aä');
	t.false(input.press({name: 'up'}));
	input.wipe();
	t.true(input.isEmpty);
	t.is(input.take().byteLength, 0);
	input.press({name: 'backspace'});
	t.true(input.isEmpty);
});

test('groups of five, whatever separates them; control characters and what is too much are left out', t => {
	const input = new SecretInput();
	input.add('ab cd-e fgh\u001B[A\n');
	t.is(input.draw(true), 'abcde-fgh[A');
	t.is(input.draw(false), '*****-*****'.slice(0, 11));
	input.add('x'.repeat(5000));
	t.is(input.take().byteLength, 1024);
	input.press({name: 'ctrl-u'});
	t.true(input.isEmpty);
});
