import type {KeyPress} from './key-press.ts';

/** A line that is being typed. */
export type LineEdit = {
	/** Without control characters. */
	readonly text: string;
	/** Where the next character goes: a count of characters, not of code units. */
	readonly cursor: number;
};

export const emptyLine: LineEdit = {text: '', cursor: 0};

export function createLine(text: string): LineEdit {
	return {text, cursor: [...text].length};
}

const maximumLength = 4096;

/** Insert text at the cursor; line ends and other control characters in it are left out. */
export function insertText({text, cursor}: LineEdit, inserted: string): LineEdit {
	const characters = [...text];
	const clean = [...inserted.replaceAll(/[\p{Control}\u{2028}\u{2029}]/gu, '')].slice(0, Math.max(0, maximumLength - characters.length));
	return {text: [...characters.slice(0, cursor), ...clean, ...characters.slice(cursor)].join(''), cursor: cursor + clean.length};
}

function withoutRange({text}: LineEdit, from: number, to: number): LineEdit {
	const characters = [...text];
	return {text: [...characters.slice(0, from), ...characters.slice(to)].join(''), cursor: from};
}

function startOfWord({text, cursor}: LineEdit): number {
	const characters = [...text];
	const isGap = (at: number): boolean => /[\s/]/.test(characters[at]!);
	let at = cursor;
	while (at > 0 && isGap(at - 1)) {
		at--;
	}

	while (at > 0 && !isGap(at - 1)) {
		at--;
	}

	return at;
}

/**
The line after a key, with the keys of a shell's line: arrows, Home, End, Ctrl-A, Ctrl-E, Backspace, Delete, Ctrl-W, Ctrl-U, Ctrl-K.
@returns `undefined` for a key that does not edit
*/
export function editLine(line: LineEdit, press: KeyPress): LineEdit | undefined {
	const {length} = [...line.text];
	switch (press.name) {
		case 'left': {
			return {...line, cursor: Math.max(0, line.cursor - 1)};
		}

		case 'right': {
			return {...line, cursor: Math.min(length, line.cursor + 1)};
		}

		case 'home':
		case 'ctrl-a': {
			return {...line, cursor: 0};
		}

		case 'end':
		case 'ctrl-e': {
			return {...line, cursor: length};
		}

		case 'backspace': {
			return line.cursor === 0 ? line : withoutRange(line, line.cursor - 1, line.cursor);
		}

		case 'delete': {
			return withoutRange(line, line.cursor, line.cursor + 1);
		}

		case 'ctrl-w': {
			return withoutRange(line, startOfWord(line), line.cursor);
		}

		case 'ctrl-u': {
			return withoutRange(line, 0, line.cursor);
		}

		case 'ctrl-k': {
			return withoutRange(line, line.cursor, length);
		}

		default: {
			return press.text === undefined ? undefined : insertText(line, press.text);
		}
	}
}
