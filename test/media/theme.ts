import type {CellColour} from '../helpers/screen-cells.ts';

/** The terminal's own colours in pictures, #rrggbb. */
export const background = '#161a21';
export const foreground = '#d3d9e3';

/** The 16 colours that terminals let their users choose: black to white, then the bright ones. */
const named = [
	'#2a303b', '#f0717b', '#8fcf7a', '#e6c06c', '#6cb0f5', '#c990e8', '#5fc7cf', '#c3cad5',
	'#67707f', '#ff8f97', '#aee69b', '#f5d58e', '#93c7ff', '#dcb0f5', '#87dde3', '#f3f6fa',
];

const levels = [0, 95, 135, 175, 215, 255];

function toHex(red: number, green: number, blue: number): string {
	return `#${[red, green, blue].map(part => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

/** A number of xterm's palette: 16 named colours, a cube of 6 × 6 × 6, 24 greys. */
function paletteColour(index: number): string {
	if (index < 16) {
		return named[index]!;
	}

	if (index < 232) {
		const cube = index - 16;
		return toHex(levels[Math.trunc(cube / 36)]!, levels[Math.trunc(cube / 6) % 6]!, levels[cube % 6]!);
	}

	const grey = 8 + (index - 232) * 10;
	return toHex(grey, grey, grey);
}

/** @param fallback - Where the program chose none. */
export function resolveColour(colour: CellColour, fallback: string): string {
	return colour === undefined ? fallback : (typeof colour === 'string' ? colour : paletteColour(colour));
}

/** @param share - 0 gives `from`, 1 gives `to`. */
export function mixColours(from: string, to: string, share: number): string {
	const parts = (colour: string) => [1, 3, 5].map(start => Number.parseInt(colour.slice(start, start + 2), 16));
	const target = parts(to);
	const [red, green, blue] = parts(from).map((part, index) => part + (target[index]! - part) * share);
	return toHex(red!, green!, blue!);
}
