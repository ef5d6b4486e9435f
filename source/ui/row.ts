import {displayWidth, splitText, toSafeText, truncateText} from '../text/display-text.ts';

/** What a piece of text means; a theme gives it a look. */
export type Tone = 'plain' | 'muted' | 'strong' | 'accent' | 'ok' | 'running' | 'warning' | 'critical' | 'title' | 'key';

/** A piece of a line. */
export type Cell = {
	readonly text: string;
	readonly tone?: Tone;
	/** The cursor of a line that is typed: shown inverse. */
	readonly isCursor?: boolean;
};

/** One line of a pane. */
export type Row = {
	readonly cells: readonly Cell[];
	/** The cursor stands here. */
	readonly isSelected?: boolean;
};

/** Texts may hold anything from a disk: they are made safe here, on their way to the terminal. */
export function cell(text: string, tone: Tone = 'plain'): Cell {
	return {text: toSafeText(text), tone};
}

export const row = (...cells: readonly Cell[]): Row => ({cells});

/** A line of one tone. */
export const textRow = (text: string, tone: Tone = 'plain'): Row => row(cell(text, tone));

export const emptyRow: Row = {cells: []};

/** The text in exactly so many columns: cut with an ellipsis, or padded. */
export function fitText(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
	if (columns <= 0) {
		return '';
	}

	const cut = truncateText(text, columns);
	const padding = ' '.repeat(Math.max(0, columns - displayWidth(cut)));
	return align === 'left' ? cut + padding : padding + cut;
}

/** A cell in exactly so many columns. */
export function fitCell(text: string, columns: number, {tone = 'plain', align = 'left'}: {readonly tone?: Tone; readonly align?: 'left' | 'right'} = {}): Cell {
	return {text: fitText(toSafeText(text), columns, align), tone};
}

export function widthOf(cells: readonly Cell[]): number {
	return cells.reduce((sum, {text}) => sum + displayWidth(text), 0);
}

/** The cells in exactly so many columns: those beyond are cut, what is missing is blank. */
export function fitCells(cells: readonly Cell[], columns: number): Cell[] {
	const fitted: Cell[] = [];
	let left = columns;
	for (const one of cells) {
		const width = displayWidth(one.text);
		if (width > left) {
			fitted.push({...one, text: fitText(one.text, left)});
			return fitted;
		}

		fitted.push(one);
		left -= width;
	}

	return left > 0 ? [...fitted, {text: ' '.repeat(left), tone: 'plain'}] : fitted;
}

/** Two groups of cells, one at each end of a line; the left one gives way. */
export function spread(left: readonly Cell[], right: readonly Cell[], columns: number): Cell[] {
	const width = Math.min(columns, widthOf(right));
	return [...fitCells(left, columns - width), ...fitCells(right, width)];
}

/** A text broken into lines of at most so many columns, at spaces where there are any. @param limit - Of lines; a text that has more ends with an ellipsis. @default all */
export function wrapText(text: string, columns: number, limit = Number.POSITIVE_INFINITY): string[] {
	const lines: string[] = [];
	let line: string | undefined;
	let width = 0;
	for (const word of toSafeText(text).split(' ')) {
		const wordWidth = displayWidth(word);
		if (line !== undefined && width + 1 + wordWidth <= columns) {
			line += ` ${word}`;
			width += 1 + wordWidth;
			continue;
		}

		if (line !== undefined) {
			lines.push(line);
		}

		const pieces: string[] = wordWidth > columns ? splitText(word, columns) : [word];
		line = pieces.pop()!;
		width = displayWidth(line);
		lines.push(...pieces);
	}

	lines.push(line ?? '');
	return lines.length <= limit ? lines : [...lines.slice(0, limit - 1), fitText(`${lines[limit - 1]}…`, columns).trimEnd()];
}
