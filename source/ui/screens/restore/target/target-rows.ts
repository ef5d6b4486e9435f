import {cell, emptyRow, fitCell, row, textRow, wrapText, type Row} from '../../../row.ts';
import type {Glyphs} from '../../../theme.ts';
import {policies, policyText} from '../policy-texts.ts';
import {targetFolder, type RestoreScreen} from '../state.ts';

function firstPath(screen: RestoreScreen): string {
	const path = screen.chosen.values().find(({isIncluded}) => isIncluded)?.path ?? '/';
	return path === '/' ? '' : path;
}

/** Where to, as a choice of two. */
export function placeRows(screen: RestoreScreen, columns: number, glyphs: Glyphs): Row[] {
	const isFolder = screen.place === 'folder';
	const folder = targetFolder(screen);
	const example = firstPath(screen);
	const choice = (isChosen: boolean, text: string, detail: string): Row => ({isSelected: isChosen, cells: [
		cell(isChosen ? `${glyphs.cursor} (*) ` : '  ( ) ', 'accent'), fitCell(text, 22, {tone: 'strong'}), cell(detail),
	]});
	const explain = (text: string): Row[] => wrapText(text, columns - 8, 2).map(line => textRow(`${' '.repeat(6)}${line}`, 'muted'));
	return [
		choice(isFolder, 'A folder (e edits)', folder),
		...explain(example === '' ? 'Everything goes below it by its full path.' : `Everything goes below it by its full path: ${folder}${example}`),
		emptyRow,
		choice(!isFolder, 'The original places', example === '' ? '/' : example),
		...explain('Files come back where they were.'),
	];
}

/** What happens to files that exist, as a choice. */
export function policyRows({policy, snapshot}: RestoreScreen): Row[] {
	return policies.map(one => {
		const isChosen = one === policy;
		return row(cell(isChosen ? '  (*) ' : '  ( ) ', isChosen ? 'accent' : 'muted'), fitCell(one, 12, {tone: isChosen ? 'strong' : 'plain'}), cell(policyText(one, snapshot), isChosen ? 'plain' : 'muted'));
	});
}
