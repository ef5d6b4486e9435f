import test from 'ava';
import fc from 'fast-check';
import {isTooSmall, layOut} from '../../source/ui/layout.ts';
import {paneIds} from '../../source/ui/model/state.ts';

test('any terminal, any wishes: the panes fill it exactly, and each has room for a line', t => {
	const wish = fc.integer({min: 0, max: 60});
	const columnCount = fc.integer({min: 80, max: 300});
	const rowCount = fc.integer({min: 21, max: 100});
	const anyWishes = fc.record({backups: wish, alerts: wish, keys: wish, storage: wish});
	fc.assert(fc.property(columnCount, rowCount, anyWishes, fc.constantFrom(...paneIds), fc.boolean(), (columns, rows, wishes, focus, isZoomed) => {
		const layout = layOut({columns, rows}, wishes, {focus, isZoomed});
		let width = 0;
		for (const column of layout) {
			t.is(column.reduce((sum, places) => sum + places[0]!.height, 0), rows);
			const widths = column.map(places => places.reduce((sum, place) => sum + place.width, 0));
			t.is(new Set(widths).size, 1);
			width += widths[0]!;
			t.true(column.every(places => places.every(place => place.height >= 3 && place.height === places[0]!.height && place.width >= 20)));
		}

		t.is(width, columns);
		const shown = layout.flatMap(column => column.flatMap(places => places.map(({pane}) => pane)));
		t.true(shown.includes(focus), 'the pane with the focus is seen');
		t.is(new Set(shown).size, shown.length);
	}));
});

test('80x24 is enough, and nothing below', t => {
	t.false(isTooSmall({columns: 80, rows: 24}));
	t.true(isTooSmall({columns: 79, rows: 24}));
	t.true(isTooSmall({columns: 80, rows: 23}));
});
