import test from 'ava';
import fc from 'fast-check';
import {displayWidth, prepareWidths} from '../../source/text/display-text.ts';
import {cell, fitCells, fitText, spread, widthOf, wrapText} from '../../source/ui/row.ts';

await prepareWidths(['…']);

const texts = fc.oneof(fc.string({unit: 'grapheme', maxLength: 30}), fc.string({unit: 'binary', maxLength: 30}), fc.constantFrom('漢字かな', 'e\u0301'.repeat(9), '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}', '\u001B[31mred', ''));

test('any text in any width is exactly as wide as it shall be, and holds no control character', t => {
	fc.assert(fc.property(texts, fc.integer({min: 0, max: 40}), fc.constantFrom('left', 'right'), (text, columns, align) => {
		const fitted = fitText(cell(text).text, columns, align);
		t.is(displayWidth(fitted), columns);
		t.notRegex(fitted, /\p{Control}/u);
	}));
});

test('cells in any width: exactly as wide', t => {
	fc.assert(fc.property(fc.array(texts, {maxLength: 5}), fc.integer({min: 0, max: 60}), (parts, columns) => {
		t.is(widthOf(fitCells(parts.map(part => cell(part)), columns)), columns);
	}));
});

test('two groups share a line, and the left one gives way', t => {
	t.is(spread([cell('left side')], [cell('right')], 10).map(({text}) => text).join(''), 'left…right');
	t.is(spread([cell('a')], [cell('b')], 4).map(({text}) => text).join(''), 'a  b');
});

test('wrapping loses nothing, and no line is too wide', t => {
	fc.assert(fc.property(fc.array(fc.string({unit: fc.constantFrom('a', 'b', '漢'), minLength: 1, maxLength: 20}), {minLength: 1, maxLength: 10}), fc.integer({min: 4, max: 30}), (words, columns) => {
		const text = words.join(' ');
		const lines = wrapText(text, columns);
		t.true(lines.every(line => displayWidth(line) <= columns));
		t.is(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
	}));
});

test('a text that has more lines than there may be ends with an ellipsis', t => {
	t.deepEqual(wrapText('one two three four', 5, 2), ['one', 'two…']);
	t.deepEqual(wrapText('one two', 7, 1), ['one two']);
});
