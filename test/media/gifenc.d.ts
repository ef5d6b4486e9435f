/** What is used of gifenc, which brings no types. */
declare module 'gifenc' {
	type Format = 'rgb565' | 'rgba4444';

	type Encoder = {
		/** @param options.palette - Of the first frame the one of all. @param options.delay - Milliseconds. @param options.dispose - 1: the frame stays below the next one. */
		writeFrame(index: Uint8Array, width: number, height: number, options: {
			readonly palette?: number[][];
			readonly delay?: number;
			readonly transparent?: boolean;
			readonly transparentIndex?: number;
			readonly dispose?: number;
		}): void;
		finish(): void;
		bytes(): Uint8Array;
	};

	const gifenc: {
		/** At most so many colours: red, green, blue and, where the format has it, opacity. @param pixels - Four bytes each. */
		quantize(pixels: Uint8Array, maximumColours: number, options?: {readonly format?: Format; readonly oneBitAlpha?: boolean}): number[][];
		/** The index of the nearest colour for each pixel. */
		applyPalette(pixels: Uint8Array, palette: number[][], format?: Format): Uint8Array;
		// eslint-disable-next-line @typescript-eslint/naming-convention
		readonly GIFEncoder: () => Encoder;
	};
	export = gifenc;
}
