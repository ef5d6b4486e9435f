import type {ExecutionContext} from 'ava';
import {displayWidth} from '../../source/text/display-text.ts';
import type {Size} from '../../source/ui/model/state.ts';

/** Every screen is looked at in these. */
export const screenSizes: readonly Size[] = [{columns: 80, rows: 24}, {columns: 120, rows: 36}];

/** Check that a frame fills a terminal and no more, with a header and a line of keys, and steers nothing by itself. */
export function fitsTerminal(t: ExecutionContext, lines: readonly string[], {columns, rows}: Size): void {
	t.is(lines.length, rows, lines.join('\n'));
	for (const line of lines) {
		t.true(displayWidth(line) <= columns, line);
		t.notRegex(line, /\p{Control}/u);
	}

	t.regex(lines[0]!, /^ coffer /);
	t.regex(lines.at(-1)!, /\? help/);
}
