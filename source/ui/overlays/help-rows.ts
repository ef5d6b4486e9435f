import {bindingsOf, keyGroups, keysText, type Binding} from '../keymap.ts';
import {isMatch} from '../model/selectors.ts';
import {cell, fitCell, fitCells, textRow, type Cell, type Row} from '../row.ts';
import type {ScreenKind} from '../screens/screen.ts';

const titles = {move: 'MOVE', act: 'ACT', view: 'VIEW'} as const;

function bindingCells(binding: Binding, columns: number): Cell[] {
	return [fitCell(` ${keysText(binding)}`, 17, {tone: 'key'}), fitCell(binding.help, columns - 17)];
}

/** The keys of a screen: in two columns when they do not fit into one, the groups one after the other. */
export function helpRows(screen: ScreenKind, query: string, {columns, height}: {readonly columns: number; readonly height: number}): Row[] {
	const found = bindingsOf(screen).filter(binding => isMatch(`${keysText(binding)} ${binding.help} ${binding.label}`, query));
	const width = found.length + 3 > height ? Math.floor(columns / 2) : columns;
	const lines = keyGroups.flatMap((group): Cell[][] => {
		const ofGroup = found.filter(binding => binding.group === group);
		return ofGroup.length === 0 ? [] : [[fitCell(` ${titles[group]}`, width, {tone: 'muted'})], ...ofGroup.map(binding => bindingCells(binding, width))];
	});
	if (lines.length === 0) {
		return [textRow(' No key matches.', 'muted')];
	}

	const half = width === columns ? lines.length : Math.ceil(lines.length / 2);
	return lines.slice(0, half).map((line, index): Row => ({cells: [...fitCells(line, width), ...(lines[half + index] ?? [cell('')])]}));
}
