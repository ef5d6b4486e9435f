import {cell, type Cell, type Tone} from '../row.ts';
import type {Glyphs} from '../theme.ts';

/** A bar of so many columns, with its brackets. @param share - From 0 to 1; beyond is cut. */
export function bar(share: number, columns: number, {full, empty}: Glyphs, tone: Tone = 'plain'): Cell[] {
	const inner = Math.max(0, columns - 2);
	const filled = Math.max(0, Math.min(inner, Math.round(share * inner)));
	return [cell('[', 'muted'), cell(full.repeat(filled), tone), cell(empty.repeat(inner - filled), 'muted'), cell(']', 'muted')];
}
