import {cell, emptyRow, fitCell, row, textRow, wrapText, type Row} from '../../row.ts';

const explanations = {
	keys: 'The old key file opens nothing here any more, wherever copies of it are.',
	packs: 'After a leak: data keys that were kept with it open nothing here, either.',
} as const;

/** What is rotated, and what that is good for. @param isDecided - It was begun, and goes on so. */
export function choiceRows(isReencrypting: boolean, {columns, isDecided}: {readonly columns: number; readonly isDecided: boolean}): Row[] {
	const option = (isChosen: boolean, name: string, cost: string): Row => row(cell(` (${isChosen ? '*' : ' '}) `, isChosen ? 'accent' : 'muted'), fitCell(name, 15, {tone: isChosen ? 'strong' : 'muted'}), cell(cost, 'muted'));
	const explanation = `${explanations[isReencrypting ? 'packs' : 'keys']} What somebody has copied stays readable.`;
	return [
		...(isDecided
			? [textRow(' A rotation was begun and has not ended: it goes on as it was begun.', 'warning')]
			: [option(!isReencrypting, 'keys only', 'seconds, whatever the size'), option(isReencrypting, 'keys and data', 'reads and writes everything once: Space chooses')]),
		...wrapText(explanation, columns - 6).map(line => textRow(`     ${line}`)), emptyRow,
	];
}
