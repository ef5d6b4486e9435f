/** Where a screen is drawn: what header, status line and footer leave of the terminal, in columns and lines. */
export type ScreenProps<OfScreen> = {
	readonly screen: OfScreen;
	readonly width: number;
	readonly height: number;
};
