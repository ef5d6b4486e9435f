import type {ExecutionContext} from 'ava';
import {displayWidth} from '../../source/text/display-text.ts';
import type {Size} from '../../source/ui/model/state.ts';

/** A frame has exactly the lines of the terminal, none wider than it, and no control character or one that turns the direction of writing. */
export function assertFrame(t: ExecutionContext, lines: readonly string[], {columns, rows}: Size): void {
	t.is(lines.length, rows);
	t.deepEqual(lines.filter(line => displayWidth(line) > columns), []);
	t.deepEqual(lines.filter(line => /[\u{0}-\u{1F}\u{7F}-\u{9F}\u{61C}\u{200B}-\u{200F}\u{2028}-\u{202E}\u{2060}-\u{206F}\u{FEFF}]/u.test(line)), []);
}
