import test from 'ava';
import {countText, spanText} from '../../../source/engine/monitoring/age-text.ts';

test('a span in the unit that says most', t => {
	const [minute, hour] = [60_000, 3_600_000];
	const spans = [-1, 0, minute - 1, minute, 59 * minute, hour, 47 * hour, 48 * hour, 9 * 24 * hour + 5].map(ms => spanText(ms));
	t.deepEqual(spans, ['0 minutes', '0 minutes', '0 minutes', '1 minute', '59 minutes', '1 hour', '47 hours', '2 days', '9 days']);
	t.deepEqual([0, 1, 2].map(count => countText(count, 'snapshot')), ['0 snapshots', '1 snapshot', '2 snapshots']);
});
