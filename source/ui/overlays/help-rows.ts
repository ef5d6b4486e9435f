import {bindingsOf, keyGroups, keysText, type Binding} from '../keymap.ts';
import {isMatch} from '../model/selectors.ts';
import {cell, fitCell, fitCells, textRow, type Cell, type Row} from '../row.ts';
import type {ScreenKind} from '../screens/screen.ts';

const titles = {move: 'MOVE', act: 'ACT', view: 'VIEW'} as const;

const keyColumns = 19;
/** Two columns only where the texts are whole in them. */
const twoColumnsFrom = 110;

function bindingCells(binding: Binding, columns: number): Cell[] {
	return [fitCell(` ${keysText(binding)}`, keyColumns, {tone: 'key'}), fitCell(binding.help, columns - keyColumns)];
}

/** Lines of keys in an overlay that may take so many. */
export const helpLines = (height: number): number => Math.max(1, height - 2);

/** What of the help is seen. */
export type ShownHelp = {
	readonly rows: readonly Row[];
	/** Lines above, and the most that there may be. */
	readonly offset: number;
	readonly lastOffset: number;
};

/** The keys of a screen that match a search, the groups one after the other, from a line on. @param height - Lines that there are for them. */
export function helpRows(screen: ScreenKind, {query, offset}: {readonly query: string; readonly offset: number}, {columns, height}: {readonly columns: number; readonly height: number}): ShownHelp {
	const found = bindingsOf(screen).filter(binding => isMatch(`${keysText(binding)} ${binding.help} ${binding.label}`, query));
	const width = columns >= twoColumnsFrom ? Math.floor(columns / 2) : columns;
	const lines = keyGroups.flatMap((group): Cell[][] => {
		const ofGroup = found.filter(binding => binding.group === group);
		return ofGroup.length === 0 ? [] : [[fitCell(` ${titles[group]}`, width, {tone: 'muted'})], ...ofGroup.map(binding => bindingCells(binding, width))];
	});
	if (lines.length === 0) {
		return {rows: [textRow(' No key matches.', 'muted')], offset: 0, lastOffset: 0};
	}

	const half = width === columns || lines.length <= height ? lines.length : Math.ceil(lines.length / 2);
	const rows = lines.slice(0, half).map((line, index): Row => ({cells: [...fitCells(line, width), ...(lines[half + index] ?? [cell('')])]}));
	const lastOffset = Math.max(0, rows.length - height);
	const start = Math.min(offset, lastOffset);
	return {rows: rows.slice(start, start + height), offset: start, lastOffset};
}
