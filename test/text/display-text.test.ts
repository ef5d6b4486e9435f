import test from 'ava';
import fc from 'fast-check';
import stringWidth from 'string-width';
import {displayWidth, prepareWidths, splitText, toSafeText, truncateStart, truncateText} from '../../source/text/display-text.ts';
import {wrapText} from '../../source/ui/row.ts';
import {hostileNames} from '../helpers/hostile-names.ts';

test.before(async () => {
	await prepareWidths(['…']);
});

const anyText = fc.oneof(
	fc.string({unit: 'grapheme', maxLength: 80}), fc.string({unit: 'binary', maxLength: 80}), fc.constantFrom(...hostileNames), fc.array(fc.constantFrom('a', ' ', '漢', 'e\u0301', '👩‍👩‍👧‍👦', '🇩🇪', '\u0301', '한', 'ｶﾞ'), {maxLength: 120}).map(parts => parts.join('')),
).map(text => toSafeText(text));

/** A single character may be wider than a narrow line. */
const isShort = (text: string, columns: number): boolean => displayWidth(text) <= columns || [...new Intl.Segmenter().segment(text)].length === 1;

test('the width of a text is what string-width says', t => {
	let count = 0;
	fc.assert(fc.property(anyText, text => {
		count++;
		return displayWidth(text) === stringWidth(text);
	}), {numRuns: 3000});
	t.is(displayWidth('\u001B[31mrot é\u001B[39m'), 5);
	t.log(`${count} texts`);
});

test('cut at its end or its beginning, a text has the width that was asked for at most, and is a part of itself', t => {
	fc.assert(fc.property(anyText, fc.integer({min: 1, max: 60}), (text, columns) => {
		const [end, start] = [truncateText(text, columns), truncateStart(text, columns)];
		t.true(displayWidth(end) <= columns && displayWidth(start) <= columns);
		t.true(end === text || (end.endsWith('…') && text.startsWith(end.slice(0, -1))));
		t.true(start === text || (start.startsWith('…') && text.endsWith(start.slice(1))));
		t.is(end === text, displayWidth(text) <= columns);
	}), {numRuns: 2000});
	t.is(truncateText('abcdef', 4), 'abc…');
	t.is(truncateStart('/srv/web/page', 6), '…/page');
	t.is(truncateStart('漢字漢字', 5), '…漢字');
	t.is(truncateStart('漢字漢字', 4), '…字');
	t.is(truncateText('漢字', 4), '漢字');
	t.is(truncateText('漢字漢', 4), '漢…');
});

test('split or wrapped, nothing of a text is lost, and no line is too long', t => {
	fc.assert(fc.property(anyText, fc.integer({min: 2, max: 60}), (text, columns) => {
		const pieces = splitText(text, columns);
		t.is(pieces.join(''), text);
		t.true(pieces.every(piece => isShort(piece, columns)));
		const lines = wrapText(text, columns);
		t.true(lines.every(line => isShort(line, columns)));
		t.is(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
	}), {numRuns: 2000});
	t.deepEqual(splitText('漢字', 1), ['漢', '字']);
	t.deepEqual(splitText('', 5), ['']);
	t.deepEqual(wrapText('one two  three', 7), ['one two', ' three']);
	t.deepEqual(wrapText('abcdefgh ij', 3), ['abc', 'def', 'gh', 'ij']);
	t.deepEqual(wrapText('', 3), ['']);
});
