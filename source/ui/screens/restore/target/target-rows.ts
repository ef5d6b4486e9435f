import {cell, emptyRow, fitCell, row, textRow, wrapText, type Row} from '../../../row.ts';
import {windowOf} from '../../../scrolling.ts';
import type {Glyphs} from '../../../theme.ts';
import {policies, policyText} from '../policy-texts.ts';
import {serverRows} from '../server/server-rows.ts';
import {loadableHere, targetFolder, targetRowsOf, type RestoreScreen} from '../state.ts';

function firstPath(screen: RestoreScreen): string {
	const path = screen.chosen.values().find(({isIncluded}) => isIncluded)?.path ?? '/';
	return path === '/' ? '' : path;
}

/** Where to, as a choice. */
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
		...(targetRowsOf(screen).includes('original') ? [emptyRow, choice(screen.place === 'original', 'The original places', example === '' ? '/' : example), ...explain('Files come back where they were.')] : []),
		...(screen.server ? [emptyRow, ...serverRows(screen.server, loadableHere(screen)!, screen.place === 'server', glyphs)] : []),
	];
}

/** The rows in so many lines: where there is little room, without explanations, and those around the cursor. */
export function fitRows(rows: readonly Row[], lines: number): readonly Row[] {
	if (rows.length <= lines) {
		return rows;
	}

	const short = rows.filter(({cells}) => cells.length > 1);
	const {start, end} = windowOf(short.length, short.findIndex(({isSelected}) => isSelected), lines);
	return short.slice(start, end);
}

/** What happens to files that exist, as a choice. */
export function policyRows({policy, snapshot}: RestoreScreen): Row[] {
	return policies.map(one => {
		const isChosen = one === policy;
		return row(cell(isChosen ? '  (*) ' : '  ( ) ', isChosen ? 'accent' : 'muted'), fitCell(one, 12, {tone: isChosen ? 'strong' : 'plain'}), cell(policyText(one, snapshot), isChosen ? 'plain' : 'muted'));
	});
}
