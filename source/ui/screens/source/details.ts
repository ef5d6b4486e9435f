import type {StoredSnapshot} from '../../../engine/index.ts';
import {emptyRow, textRow, type Row} from '../../row.ts';
import {contentRows} from './content-rows.ts';
import {snapshotFacts} from './source-rows.ts';

/** All that is known of a snapshot: of itself, and of what is in it. */
export function detailRows(snapshot: StoredSnapshot, columns: number): Row[] {
	const contents = contentRows(snapshot, columns);
	return [...snapshotFacts(snapshot, columns), ...(contents.length > 0 ? [emptyRow, ...contents] : [])];
}

/** The most lines that may be above what is seen. */
export const lastOffset = (count: number, height: number): number => Math.max(0, count - height);

/** The part of details that is seen, from a line on; where there are more below, the last line says how many, and how one gets there. */
export function shownDetails(rows: readonly Row[], {from = 0, height, way}: {readonly from?: number; readonly height: number; readonly way: string}): Row[] {
	const start = Math.min(from, lastOffset(rows.length, height));
	const below = rows.length - start - height;
	return below <= 0 || height < 2 ? rows.slice(start, start + height) : [...rows.slice(start, start + height - 1), textRow(` … ${below + 1} more lines: ${way}`, 'muted')];
}
