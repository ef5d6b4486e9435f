import test from 'ava';
import fc from 'fast-check';
import {createLine, editLine, emptyLine, insertText, type LineEdit} from '../../source/ui/line-edit.ts';

function press(line: LineEdit, ...names: readonly string[]): LineEdit {
	let edited = line;
	for (const name of names) {
		edited = editLine(edited, {name, ...(name.length === 1 && {text: name})})!;
	}

	return edited;
}

test('typing, moving and deleting', t => {
	t.deepEqual(press(emptyLine, 'a', 'b', 'left', 'c'), {text: 'acb', cursor: 2});
	t.deepEqual(press(createLine('abc'), 'home', 'delete', 'end', 'backspace'), {text: 'b', cursor: 1});
	t.deepEqual(press(createLine('/srv/www data'), 'ctrl-w'), {text: '/srv/www ', cursor: 9});
	t.deepEqual(press(createLine('/srv/www'), 'ctrl-w', 'ctrl-w'), {text: '/', cursor: 1});
	t.deepEqual(press(createLine('one two'), 'home', 'right', 'ctrl-u'), {text: 'ne two', cursor: 0});
	t.deepEqual(press(createLine('one two'), 'home', 'right', 'ctrl-k'), {text: 'o', cursor: 1});
	t.is(editLine(emptyLine, {name: 'page-up'}), undefined);
});

test('the cursor counts characters, not code units', t => {
	t.deepEqual(press(createLine('a\u{1F600}b'), 'left', 'backspace'), {text: 'ab', cursor: 1});
});

test('pasted line ends and control characters are left out; a line has an end', t => {
	t.deepEqual(insertText(emptyLine, 'a\r\n\u001B[31mb\u2028'), {text: 'a[31mb', cursor: 6});
	t.is(insertText(emptyLine, 'x'.repeat(10_000)).text.length, 4096);
});

test('any keys: the cursor stays in the line, and nothing but what was typed is in it', t => {
	const key = fc.constantFrom('left', 'right', 'home', 'end', 'backspace', 'delete', 'ctrl-w', 'ctrl-u', 'ctrl-k', 'a', 'b', '/', ' ', '\u{1F600}');
	fc.assert(fc.property(fc.array(key, {maxLength: 40}), names => {
		let line = emptyLine;
		for (const name of names) {
			line = editLine(line, {name, ...([...name].length === 1 && {text: name})})!;
			const {length} = [...line.text];
			t.true(line.cursor >= 0 && line.cursor <= length);
		}

		t.regex(line.text, /^[ab/ \u{1F600}]*$/u);
	}));
});
