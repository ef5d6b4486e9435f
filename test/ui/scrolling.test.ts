import test from 'ava';
import fc from 'fast-check';
import {isMovement, moveRow, positionText, windowOf, type Movement} from '../../source/ui/scrolling.ts';

const counts = fc.integer({min: 0, max: 200});

test('the cursor is always in the window, and the window in the list', t => {
	fc.assert(fc.property(counts, fc.nat(199), fc.integer({min: 1, max: 50}), (count, at, height) => {
		const cursor = Math.max(0, Math.min(at, count - 1));
		const {start, end} = windowOf(count, cursor, height);
		t.true(start >= 0 && end <= count && end - start <= height);
		t.is(end - start, Math.min(count, height));
		if (count > 0) {
			t.true(cursor >= start && cursor < end);
		}
	}));
	t.deepEqual(windowOf(10, 3, 0), {start: 0, end: 0});
});

test('no movement leaves the list', t => {
	fc.assert(fc.property(fc.integer({min: 1, max: 200}), fc.nat(199), fc.constantFrom<Movement>('up', 'down', 'first', 'last', 'page-up', 'page-down'), fc.integer({min: 1, max: 40}), (count, at, movement, page) => {
		const row = moveRow(Math.min(at, count - 1), movement, {count, page});
		t.true(row >= 0 && row < count);
	}));
	t.is(moveRow(0, 'last', {count: 0, page: 5}), 0);
	t.is(moveRow(4, 'page-down', {count: 100, page: 10}), 13);
});

test('where a list stands is said only when there is more than is seen', t => {
	t.is(positionText(5, 2, 5), undefined);
	t.is(positionText(6, 2, 5), '3/6');
	t.true(isMovement('page-up') && !isMovement('backup'));
});
