import type {IBufferCell, Terminal as Emulator} from '@xterm/headless';

/** A colour of the theme by its number (0 to 255), or a true colour as #rrggbb; `undefined` is the terminal's own. */
export type CellColour = number | string | undefined;

/** One place of the screen. */
export type Cell = {
	/** What stands there; empty where nothing does, and behind a wide character. */
	readonly text: string;
	/** 2: takes the next place, too. 0: is that place. */
	readonly width: 0 | 1 | 2;
	readonly foreground: CellColour;
	readonly background: CellColour;
	readonly isBold: boolean;
	readonly isDim: boolean;
	readonly isItalic: boolean;
	readonly isUnderlined: boolean;
	readonly isStruck: boolean;
	/** Foreground and background change places. */
	readonly isInverse: boolean;
	readonly isInvisible: boolean;
};

const toHex = (colour: number): string => `#${colour.toString(16).padStart(6, '0')}`;

function toCell(cell: IBufferCell): Cell {
	return {
		text: cell.getChars(),
		width: cell.getWidth() as Cell['width'],
		foreground: cell.isFgDefault() ? undefined : (cell.isFgRGB() ? toHex(cell.getFgColor()) : cell.getFgColor()),
		background: cell.isBgDefault() ? undefined : (cell.isBgRGB() ? toHex(cell.getBgColor()) : cell.getBgColor()),
		isBold: cell.isBold() !== 0,
		isDim: cell.isDim() !== 0,
		isItalic: cell.isItalic() !== 0,
		isUnderlined: cell.isUnderline() !== 0,
		isStruck: cell.isStrikethrough() !== 0,
		isInverse: cell.isInverse() !== 0,
		isInvisible: cell.isInvisible() !== 0,
	};
}

/** The lines of the screen, without what has scrolled out of it, each with a cell for every column. */
export function readCells({buffer: {active}, rows, cols}: Emulator): Cell[][] {
	return Array.from({length: rows}, (_line, y) => {
		const line = active.getLine(active.baseY + y)!;
		return Array.from({length: cols}, (_cell, x) => toCell(line.getCell(x)!));
	});
}
