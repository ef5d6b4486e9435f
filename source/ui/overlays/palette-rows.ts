import type {Dashboard} from '../dashboard.ts';
import type {Overlay} from '../model/overlay.ts';
import {cell, fitCell, textRow, type Row} from '../row.ts';
import {windowOf} from '../scrolling.ts';
import type {Glyphs} from '../theme.ts';
import {findCommands, paletteCommands} from './palette.ts';

/** The commands that fit what is typed. */
export function paletteRows(dashboard: Dashboard, overlay: Extract<Overlay, {kind: 'palette'}>, {columns, height, glyphs}: {readonly columns: number; readonly height: number; readonly glyphs: Glyphs}): Row[] {
	const found = findCommands(paletteCommands(dashboard), overlay.line.text);
	if (found.length === 0) {
		return [textRow(' No command matches.', 'muted')];
	}

	const choice = Math.min(overlay.choice, found.length - 1);
	const {start, end} = windowOf(found.length, choice, Math.min(12, height));
	return found.slice(start, end).map(({name, key, help}, index): Row => {
		const isSelected = start + index === choice;
		return {isSelected, cells: [cell(isSelected ? ` ${glyphs.cursor} ` : ' '.repeat(3), 'accent'), fitCell(name, 24, {tone: 'strong'}), fitCell(key, 8, {tone: 'key'}), fitCell(help, columns - 35, {tone: 'muted'})]};
	});
}
