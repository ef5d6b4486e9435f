import type {Cell} from '../helpers/screen-cells.ts';
import type {Terminal} from '../helpers/terminal.ts';
import {drawBox, type Look} from './box-drawing.ts';
import {background, foreground, mixColours, resolveColour} from './theme.ts';

/** A screen at one moment. */
export type Screen = {
	readonly cells: readonly Cell[][];
	/** Left out where it is hidden. */
	readonly cursor?: {readonly x: number; readonly y: number};
};

/** What a terminal shows now. */
export function screenOf(terminal: Terminal): Screen {
	const {x, y, isVisible} = terminal.cursor;
	return {cells: terminal.cells(), ...(isVisible && {cursor: {x, y}})};
}

/** Pixels. */
export const cellWidth = 11;
export const cellHeight = 22;
export const margin = 14;

/** A character of DejaVu Sans Mono is 1,233 of 2,048 units wide. */
const fontSize = cellWidth * 2048 / 1233;
/** From a line's top: the font's ascent and descent in the middle of it. */
const baseline = (cellHeight + fontSize * (1901 - 483) / 2048) / 2;

const escapes: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;'};
const escape = (text: string): string => text.replaceAll(/[&<>]/g, character => escapes[character]!);

function lookOf({foreground: own, background: ownPaper, isInverse, isDim, isInvisible}: Cell, isUnderCursor: boolean): Look {
	const ink = resolveColour(own, foreground);
	const paper = resolveColour(ownPaper, background);
	const [above, below] = isInverse === isUnderCursor ? [ink, paper] : [paper, ink];
	return {ink: isInvisible ? below : (isDim ? mixColours(above, below, 0.45) : above), paper: below};
}

function drawText(text: string, x: number, y: number, cell: Cell, ink: string): string {
	const style = `${cell.isBold ? ' font-weight="bold"' : ''}${cell.isItalic ? ' font-style="italic"' : ''}`;
	return `<text x="${x}" y="${y + baseline}" fill="${ink}"${style}>${escape(text)}</text>`;
}

/** Runs of plain letters of one look are one text; everything else stands in its own cell, wherever a font would put it. */
function drawLine(line: readonly Cell[], y: number, cursorX: number | undefined): string {
	const papers: string[] = [];
	const inks: string[] = [];
	let run: {text: string; x: number; cell: Cell; ink: string} | undefined;
	const endRun = () => {
		if (run !== undefined && run.text.trim() !== '') {
			inks.push(drawText(run.text.replaceAll(' ', '\u00A0'), run.x, y, run.cell, run.ink));
		}

		run = undefined;
	};

	for (const [column, cell] of line.entries()) {
		const x = margin + column * cellWidth;
		const width = cellWidth * Math.max(1, cell.width);
		const {ink, paper} = lookOf(cell, column === cursorX);
		if (paper !== background && cell.width > 0) {
			papers.push(`<rect x="${x}" y="${y}" width="${width}" height="${cellHeight}" fill="${paper}"/>`);
		}

		const text = cell.text === '' ? ' ' : cell.text;
		if (/^\p{ASCII}$/v.test(text)) {
			if (run?.ink !== ink || run.cell.isBold !== cell.isBold || run.cell.isItalic !== cell.isItalic) {
				endRun();
				run = {text: '', x, cell, ink};
			}

			run.text += text;
		} else {
			endRun();
			inks.push(drawBox(text, {x, y, width, height: cellHeight}, {ink, paper}) ?? drawText(text, x, y, cell, ink));
		}

		for (const [isDrawn, at] of [[cell.isUnderlined, baseline + 2], [cell.isStruck, baseline - fontSize * 0.28]] as const) {
			if (isDrawn) {
				inks.push(`<rect x="${x}" y="${y + at}" width="${width}" height="1.5" fill="${ink}"/>`);
			}
		}
	}

	endRun();
	return [...papers, ...inks].join('');
}

/**
A screen as SVG: a grid of cells on the terminal's background.
@param options.radius - Of the corners, beyond which nothing is drawn; 0 for formats without opacity. @default 9
*/
export function drawScreen({cells, cursor}: Screen, {radius = 9}: {readonly radius?: number} = {}): string {
	const width = cells[0]!.length * cellWidth + 2 * margin;
	const height = cells.length * cellHeight + 2 * margin;
	const lines = cells.map((line, row) => drawLine(line, margin + row * cellHeight, cursor?.y === row ? cursor.x : undefined));
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
		`<rect width="${width}" height="${height}" rx="${radius}" fill="${background}"/>`,
		`<g font-family="DejaVu Sans Mono, DejaVu Sans" font-size="${fontSize}">`,
		...lines,
		'</g></svg>',
	].join('\n');
}
