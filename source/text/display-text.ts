import {stripVTControlCharacters} from 'node:util';

/*
Names from disk may hold anything. What reaches a terminal or a log holds no control character (C0, DEL, C1), nothing that turns the direction of writing, no line separator and no invisible tag:
each such character stands as its escape, so that two names that differ still look different.
*/
const unsafe = /[\u{0}-\u{1F}\u{7F}-\u{9F}\u{61C}\u{200B}-\u{200F}\u{2028}-\u{202E}\u{2060}-\u{206F}\u{FEFF}\u{E0000}-\u{E007F}\p{Surrogate}]/gu;

function escapeOf(character: string): string {
	const code = character.codePointAt(0)!;
	return code < 0x1_00 ? String.raw`\x${code.toString(16).padStart(2, '0')}` : String.raw`\u{${code.toString(16)}}`;
}

/** A text that is safe on one line of a terminal. */
export function toSafeText(text: string): string {
	return text.replaceAll(unsafe, character => escapeOf(character));
}

/** JSON on one line that is safe on a terminal, too, and says the same. */
export function toSafeJson(value: unknown): string {
	return JSON.stringify(value).replaceAll(unsafe, character => character.split('').map(unit => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''));
}

const beyondAscii = /[^\u0020-\u007E]/;

/** Loaded only when a text needs it, as its tables cost more to load than everything else that prints. */
let stringWidth: ((text: string) => number) | undefined;

/** Make `displayWidth` exact for these texts. */
export async function prepareWidths(texts: Iterable<string>): Promise<void> {
	for (const text of texts) {
		if (stringWidth === undefined && beyondAscii.test(text)) {
			({default: stringWidth} = await import('string-width'));
		}
	}
}

let segmenter: Intl.Segmenter | undefined;

/** What a reader takes for one character, one after the other; their widths add up to that of the text. */
function segmentsOf(text: string): Intl.Segments {
	segmenter ??= new Intl.Segmenter();
	return segmenter.segment(text);
}

/** Widths that were asked for before: finding one out takes longer than all else that is done with a text. */
const knownWidths = new Map<string, number>();
const maximumKnown = 4000;
const longestKnown = 16;

function segmentWidth(segment: string): number {
	if (stringWidth === undefined || !beyondAscii.test(segment)) {
		return [...segment].length;
	}

	const known = knownWidths.get(segment);
	if (known !== undefined) {
		return known;
	}

	const width = stringWidth(segment);
	if (segment.length <= longestKnown) {
		if (knownWidths.size >= maximumKnown) {
			knownWidths.clear();
		}

		knownWidths.set(segment, width);
	}

	return width;
}

/** Columns that a safe text takes on a terminal; exact for ASCII, for others after `prepareWidths`. */
export function displayWidth(text: string): number {
	if (!beyondAscii.test(text)) {
		return text.length;
	}

	let width = 0;
	for (const {segment} of segmentsOf(text.includes('\u001B') ? stripVTControlCharacters(text) : text)) {
		width += segmentWidth(segment);
	}

	return width;
}

/** The text, or as much of it as fits with an ellipsis at its end. */
export function truncateText(text: string, columns: number): string {
	if (!beyondAscii.test(text)) {
		return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
	}

	let width = 0;
	let end = 0;
	for (const {segment, index} of segmentsOf(text)) {
		width += segmentWidth(segment);
		if (width > columns) {
			return `${text.slice(0, end)}…`;
		}

		if (width < columns) {
			end = index + segment.length;
		}
	}

	return text;
}

/** Characters that invisible ones may add to each that is seen; beyond that a text counts as longer than its line. */
const charactersPerColumn = 8;

/** The text, or as much of its end as fits with an ellipsis before it: for paths, whose ends tell them apart. */
export function truncateStart(text: string, columns: number): string {
	const tail = text.slice(-Math.max(1, columns * charactersPerColumn));
	if (tail.length === text.length && displayWidth(text) <= columns) {
		return text;
	}

	// Of a text that was cut the first character may be a part of one.
	const segments = [...segmentsOf(tail)].slice(tail.length < text.length ? 1 : 0).reverse();
	let width = 1;
	let start = tail.length;
	for (const {segment, index} of segments) {
		width += segmentWidth(segment);
		if (width > columns) {
			break;
		}

		start = index;
	}

	return `…${tail.slice(start)}`;
}

/** The text in pieces of at most so many columns; a character that is wider stands alone. */
export function splitText(text: string, columns: number): string[] {
	const pieces: string[] = [];
	let start = 0;
	let width = 0;
	for (const {segment, index} of segmentsOf(text)) {
		const added = segmentWidth(segment);
		if (width + added > columns && index > start) {
			pieces.push(text.slice(start, index));
			start = index;
			width = 0;
		}

		width += added;
	}

	return [...pieces, text.slice(start)];
}
