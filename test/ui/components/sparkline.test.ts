import test from 'ava';
import fc from 'fast-check';
import {sparkline} from '../../../source/ui/components/sparkline.ts';
import {createTheme} from '../../../source/ui/theme.ts';

const {glyphs} = createTheme({hasColor: false, hasUnicode: true});
const {glyphs: ascii} = createTheme({hasColor: false, hasUnicode: false});

test('bars are as high as their values beside the greatest, and the last ones are shown', t => {
	t.is(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8, glyphs), '▁▂▃▄▅▆▇█');
	t.is(sparkline([100, 100, 100], 8, glyphs), '███');
	t.is(sparkline([9, 9, 9, 0, 7], 2, glyphs), '▁█');
	t.is(sparkline([0, 0], 5, ascii), '__');
	t.is(sparkline([0, 70], 5, ascii), '_#');
	t.is(sparkline([], 5, glyphs), '');
	t.is(sparkline([1, 2], 0, glyphs), '');
});

test('any values: one bar each, never more than there is room for, and a greater one is never lower', t => {
	fc.assert(fc.property(fc.array(fc.double({min: 0, max: 1e15, noNaN: true}), {maxLength: 60}), fc.integer({min: 1, max: 40}), (values, columns) => {
		const bars = [...sparkline(values, columns, glyphs)];
		const shown = values.slice(-columns);
		t.is(bars.length, shown.length);
		for (const [index, value] of shown.entries()) {
			for (const [other, otherValue] of shown.entries()) {
				if (value > otherValue) {
					t.true(glyphs.levels.indexOf(bars[index]!) >= glyphs.levels.indexOf(bars[other]!));
				}
			}
		}
	}), {numRuns: 60});
});
