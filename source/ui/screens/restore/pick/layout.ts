import {edgeLines} from '../../../layout.ts';
import type {Size} from '../../../model/state.ts';

/** Lines and columns of the panes of the second step, with their frames. */
export type PickLayout = {
	readonly tree: {readonly width: number; readonly height: number};
	/** Beside the tree; no columns where there is no room. */
	readonly details: {readonly width: number; readonly height: number};
	/** Below both; no lines where there is no room. */
	readonly selection: {readonly width: number; readonly height: number};
};

/** The line that names the steps. */
export const stepLines = 1;

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high));

/** @param size - Of the screen, without header, status line and footer. */
export function layOutPick({columns, rows}: Size): PickLayout {
	const below = rows >= 14 ? (rows >= 26 ? 5 : 4) : 0;
	const height = Math.max(0, rows - stepLines - below);
	const beside = columns < 70 ? 0 : clamp(Math.floor(columns * 0.36), 29, 64);
	return {
		tree: {width: columns - beside, height},
		details: {width: beside, height},
		selection: {width: columns, height: below},
	};
}

/** Lines of a pane that are no part of its list: its frame and the headings. */
export const aroundList = 3;

/** Lines of the tree that are seen. @param size - Of the terminal. */
export function treeLines({columns, rows}: Size): number {
	return Math.max(1, layOutPick({columns, rows: rows - edgeLines}).tree.height - aroundList);
}
