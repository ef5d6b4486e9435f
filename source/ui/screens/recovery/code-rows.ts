import {Buffer} from 'node:buffer';
import {cell, emptyRow, fitCell, row, textRow, wrapText, type Row} from '../../row.ts';
import type {Glyphs} from '../../theme.ts';
import type {RecoveryScreen} from './state.ts';

const dash = 0x2D;

/** The groups of a code, as views. */
export function groupsOf(code: Uint8Array): Uint8Array[] {
	const groups: Uint8Array[] = [];
	for (let start = 0; start < code.byteLength;) {
		const end = code.indexOf(dash, start);
		const stop = end === -1 ? code.byteLength : end;
		groups.push(code.subarray(start, stop));
		start = stop + 1;
	}

	return groups;
}

/** The code, large: numbered groups in two columns; marks instead of it while it is covered. */
function codeRows(code: Uint8Array, isCovered: boolean): Row[] {
	const groups = groupsOf(code).map(group => isCovered ? '* * * * *' : [...Buffer.from(group).toString('latin1')].join(' '));
	const half = Math.ceil(groups.length / 2);
	return groups.slice(0, half).map((group, index) => row(
		fitCell(`${index + 1}`, 6, {align: 'right', tone: 'muted'}), cell(' '.repeat(3)), fitCell(group, 14, {tone: 'strong'}), fitCell(`${half + index + 1}`, 4, {align: 'right', tone: 'muted'}), cell(' '.repeat(3)), cell(groups[half + index] ?? '', 'strong'),
	));
}

/** @param isCovered - Something lies over the screen, such as the question for what stands on the paper. */
export function recoveryRows({step, code, file}: RecoveryScreen, {columns, glyphs, isCovered}: {readonly columns: number; readonly glyphs: Glyphs; readonly isCovered: boolean}): Row[] {
	const wrap = (text: string): Row[] => wrapText(text, columns - 3).map(line => textRow(` ${line}`));
	switch (step.name) {
		case 'making': {
			return [textRow(' Making the key slot, and telling every other one…', 'muted')];
		}

		case 'failed': {
			return [row(cell(` ${glyphs.critical} `, 'critical'), cell('No recovery key that could be used was made.', 'critical')), ...wrap(step.failure.message), emptyRow, textRow(' Enter or Esc goes back; l shows the log.', 'muted')];
		}

		case 'shown': {
			return [
				textRow(' Write this code on paper now. It is shown only once.', 'warning'), emptyRow, ...codeRows(code, isCovered), emptyRow,
				...wrap('Digits 0 and 1, never the letters O, I, L. The fifth character of each group checks the others.'),
				...wrap('With it and the repository everything can be read, on any machine: "coffer key import". Keep it away from here, and apart from this file, which stands in where the repository\'s own copy of the key is damaged:'),
				...wrapText(file, columns - 5).map(line => textRow(`   ${line}`, 'strong')), emptyRow,
				textRow(' Enter, when it is written down: you are asked for the first group.', 'accent'),
			];
		}
	}
}
