import type {ExecutionContext} from 'ava';
import {displayWidth} from '../../source/text/display-text.ts';
import type {Size} from '../../source/ui/model/state.ts';

// Control characters, changes of direction, separators of lines, and what shows nothing.
const raw = /[\u0000-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/;

/** The sizes at which every screen is looked at. */
export const screenSizes: readonly Size[] = [{columns: 80, rows: 24}, {columns: 120, rows: 36}, {columns: 200, rows: 60}];

/** Fail unless a frame without colours fills the terminal and no more, without a character that could steer it. */
export function assertFrame(t: ExecutionContext, lines: readonly string[], {columns, rows}: Size): void {
	t.is(lines.length, rows);
	for (const line of lines) {
		t.true(displayWidth(line) <= columns, `${displayWidth(line)} columns: ${line}`);
		t.notRegex(line, raw);
	}
}

/** `assertFrame`, and that its first line is the header and its last one has the keys. */
export function assertScreen(t: ExecutionContext, lines: readonly string[], size: Size): void {
	assertFrame(t, lines, size);
	t.regex(lines[0]!, /^ coffer /);
	t.regex(lines.at(-1)!, /\? help/);
}
