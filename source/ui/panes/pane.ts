/** Where a pane is drawn, and how. */
export type PaneProps = {
	/** Columns and lines of the whole, with its frame. */
	readonly width: number;
	readonly height: number;
	readonly isFocused: boolean;
	/** What it shows is old. */
	readonly isDimmed: boolean;
};
