import {displayWidth} from '../../source/text/display-text.ts';
import type {Terminal} from './terminal.ts';

/** The main screen, as it has settled: with data, nothing under way. */
export const mainScreen = /^ coffer .* data \d+s .*\n[\s\S]*q quit$/;

/** Whether a screen of the dashboard fills the terminal exactly: the header in the first line, panes in whole frames, the keys in the last line. */
export function isWholeFrame(terminal: Terminal): boolean {
	const lines = terminal.screen();
	const {columns} = terminal;
	// A restore shows its steps above the panes.
	const panes = lines.slice(/Snapshot\]? > /.test(lines[1] ?? '') ? 2 : 1, -2);
	return (lines[0]!).startsWith(' coffer ')
		&& / (?:q quit|Esc back)$/.test(lines.at(-1)!)
		&& panes.length > 1
		&& /^[┏┌].*[┓┐]$/.test(panes[0]!)
		&& /^[┗└].*[┛┘]$/.test(panes.at(-1)!)
		&& panes.every(line => displayWidth(line) === columns && /^[┏┌┃│┗└].*[┓┐┃│┛┘]$/.test(line));
}

/** Whether a screen that is too small for the panes shows how it stands, from the first line to the last. */
export function isCompactFrame(terminal: Terminal): boolean {
	const lines = terminal.screen();
	const {columns, rows} = terminal;
	const foot = ` ${columns}x${rows}; the full screen needs 80x24. q quits.`;
	return lines[0] === ' coffer' && /critical|…/.test(lines[1]!) && (rows < 8 ? true : lines.at(-1) === (foot.length > columns ? `${foot.slice(0, columns - 1)}…` : foot));
}
