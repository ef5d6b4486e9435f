import {edgeLines} from '../../../layout.ts';
import type {Size} from '../../../model/state.ts';
import {stepLines} from '../pick/layout.ts';

/** Lines of the panes of the fourth step, one above the other, with their frames. */
export type PreviewLayout = {readonly counts: number; readonly list: number; readonly question: number};

/** @param rows - Of the screen, without header, status line and footer. */
export function layOutPreview(rows: number): PreviewLayout {
	const room = Math.max(0, rows - stepLines);
	const question = room >= 9 ? 4 : 0;
	const counts = room - question >= 12 ? 8 : 0;
	return {counts, question, list: room - question - counts};
}

/** Lines of the list that are seen. @param size - Of the terminal. */
export function listLines({rows}: Size): number {
	return Math.max(1, layOutPreview(rows - edgeLines).list - 2);
}
