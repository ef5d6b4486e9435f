import type {TextProps} from 'ink';
import type {Tone} from './row.ts';

/** The characters that frames, marks and bars are drawn with. */
export type Glyphs = {
	readonly horizontal: string;
	readonly vertical: string;
	readonly corners: readonly [topLeft: string, topRight: string, bottomLeft: string, bottomRight: string];
	/** The same for the pane that has the focus. */
	readonly focused: {readonly horizontal: string; readonly vertical: string; readonly corners: Glyphs['corners']};
	readonly cursor: string;
	readonly ok: string;
	readonly running: string;
	readonly warning: string;
	readonly critical: string;
	readonly none: string;
	readonly full: string;
	readonly empty: string;
	readonly open: string;
	readonly closed: string;
	readonly ellipsis: string;
	readonly up: string;
	readonly down: string;
	/** Bars from the lowest to the highest. */
	readonly levels: readonly string[];
};

const unicodeGlyphs: Glyphs = {
	horizontal: '─', vertical: '│', corners: ['┌', '┐', '└', '┘'], focused: {horizontal: '━', vertical: '┃', corners: ['┏', '┓', '┗', '┛']}, cursor: '▸',
	ok: '✔', running: '●', warning: '▲', critical: '✖', none: '·', full: '█', empty: '░', open: '▾', closed: '▸', ellipsis: '…', up: '↑', down: '↓', levels: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
};

const asciiGlyphs: Glyphs = {
	horizontal: '-', vertical: '|', corners: ['+', '+', '+', '+'], focused: {horizontal: '=', vertical: '|', corners: ['+', '+', '+', '+']}, cursor: '>',
	ok: '.', running: '*', warning: '!', critical: 'x', none: ' ', full: '#', empty: '-', open: 'v', closed: '>', ellipsis: '~', up: '^', down: 'v', levels: ['_', '.', ':', '-', '=', '+', '*', '#'],
};

type Look = Pick<TextProps, 'color' | 'bold' | 'dimColor' | 'inverse'>;

const colorLooks: Readonly<Record<Tone, Look>> = {
	plain: {}, muted: {dimColor: true}, strong: {bold: true}, accent: {color: 'cyan'}, ok: {color: 'green'}, running: {color: 'cyan', bold: true},
	warning: {color: 'yellow'}, critical: {color: 'red', bold: true}, title: {bold: true}, key: {color: 'cyan', bold: true},
};

const monoLooks: Readonly<Record<Tone, Look>> = {
	plain: {}, muted: {}, strong: {bold: true}, accent: {}, ok: {}, running: {bold: true}, warning: {bold: true}, critical: {bold: true}, title: {bold: true}, key: {bold: true},
};

/** How the screen looks; state is always a word or glyph besides. */
export type Theme = {
	readonly glyphs: Glyphs;
	readonly looks: Readonly<Record<Tone, Look>>;
	readonly hasColor: boolean;
};

export function createTheme({hasColor, hasUnicode}: {readonly hasColor: boolean; readonly hasUnicode: boolean}): Theme {
	return {glyphs: hasUnicode ? unicodeGlyphs : asciiGlyphs, looks: hasColor ? colorLooks : monoLooks, hasColor};
}

/** Whether the terminal's locale says UTF-8: the first of LC_ALL, LC_CTYPE and LANG that is set (POSIX, 8.2). */
export function hasUnicodeLocale(environment: Readonly<Record<string, string | undefined>>): boolean {
	const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
	return /utf-?8/i.test(locale) && environment['TERM'] !== 'linux';
}
