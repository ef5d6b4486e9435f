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

/** Columns that a safe text takes on a terminal; exact for ASCII, for others after `prepareWidths`. */
export function displayWidth(text: string): number {
	return beyondAscii.test(text) ? (stringWidth?.(text) ?? [...stripVTControlCharacters(text)].length) : text.length;
}

/** The text, or as much of it as fits with an ellipsis at its end. */
export function truncateText(text: string, columns: number): string {
	if (displayWidth(text) <= columns) {
		return text;
	}

	const characters = [...text];
	let kept = '';
	for (const character of characters) {
		if (displayWidth(kept + character) > columns - 1) {
			break;
		}

		kept += character;
	}

	return `${kept}…`;
}

/** The text, or as much of its end as fits with an ellipsis before it: for paths, whose ends tell them apart. */
export function truncateStart(text: string, columns: number): string {
	if (displayWidth(text) <= columns) {
		return text;
	}

	let kept = '';
	for (const character of [...text].reverse()) {
		if (displayWidth(character + kept) > columns - 1) {
			break;
		}

		kept = character + kept;
	}

	return `…${kept}`;
}
