import type {Overlay} from '../model/overlay.ts';
import {textRow, wrapText, type Row} from '../row.ts';

/** What of a message is seen. */
export type ShownMessage = {
	readonly rows: readonly Row[];
	/** Lines above, and the most that there may be. */
	readonly offset: number;
	readonly lastOffset: number;
};

/** @param columns - Of the overlay, with its frame. @param height - Lines that the overlay may take, with its frame. */
export function messageRows({lines, offset = 0}: Pick<Extract<Overlay, {kind: 'message'}>, 'lines' | 'offset'>, {columns, height}: {readonly columns: number; readonly height: number}): ShownMessage {
	const wrapped = lines.flatMap(line => wrapText(line, columns - 4));
	const room = Math.max(1, height - 2);
	const lastOffset = Math.max(0, wrapped.length - room);
	const start = Math.min(offset, lastOffset);
	return {rows: wrapped.slice(start, start + room).map(line => textRow(` ${line}`)), offset: start, lastOffset};
}
