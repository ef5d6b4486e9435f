import {edgeLines} from '../../layout.ts';
import type {Size} from '../../model/state.ts';

/** From so many columns on the snapshot at the cursor is described at the side; below, it takes the place of everything else while it has the keys. */
const sideFrom = 110;
const sideColumns = 44;

/** Columns of the screen of a source: the list and, where there is room, the snapshot beside it. */
export type SourceLayout = {readonly left: number; readonly side: number};

export function layOutSource(columns: number): SourceLayout {
	const side = columns >= sideFrom ? Math.max(sideColumns, Math.floor(columns / 3)) : 0;
	return {left: columns - side, side};
}

/** Columns and lines of the snapshot that is described, without its frame. @param size - Of the terminal. */
export function detailsRoom({columns, rows}: Size): {readonly columns: number; readonly lines: number} {
	const {left, side} = layOutSource(columns);
	return {columns: (side > 0 ? side : left) - 2, lines: Math.max(0, rows - edgeLines - 2)};
}
