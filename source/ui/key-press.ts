import type {Key} from 'ink';

/** One key, by the name that the keymap knows it by. */
export type KeyPress = {
	/** A character as it is, or `up`, `enter`, `page-down`, `ctrl-c` …; a space is `space`. */
	readonly name: string;
	/** What it writes into a line of text. */
	readonly text?: string;
};

const named: ReadonlyArray<readonly [flag: keyof Key, name: string]> = [
	['upArrow', 'up'], ['downArrow', 'down'], ['leftArrow', 'left'], ['rightArrow', 'right'], ['pageUp', 'page-up'], ['pageDown', 'page-down'],
	['home', 'home'], ['end', 'end'], ['return', 'enter'], ['escape', 'escape'], ['backspace', 'backspace'], ['delete', 'delete'],
];

/** Control characters that a terminal sends for keys; several keys typed fast arrive as one text. */
const controls: Readonly<Record<string, string>> = {'\r': 'enter', '\n': 'enter', '\t': 'tab', '\u001B': 'escape', '\u007F': 'backspace', '\b': 'backspace', ' ': 'space'};

function ofCharacter(character: string): KeyPress | undefined {
	const name = controls[character];
	if (name !== undefined) {
		return name === 'space' ? {name, text: ' '} : {name};
	}

	const code = character.codePointAt(0)!;
	if (code < 0x20) {
		return {name: `ctrl-${String.fromCodePoint(code + 0x60)}`};
	}

	return code >= 0x7F && code < 0xA0 ? undefined : {name: character, text: character};
}

/** The keys that one event of Ink's stands for. */
export function toKeyPresses(input: string, key: Key): KeyPress[] {
	if (key.eventType === 'release') {
		return [];
	}

	if (key.tab) {
		return [{name: key.shift ? 'shift-tab' : 'tab'}];
	}

	const name = named.find(([flag]) => key[flag] === true)?.[1];
	if (name !== undefined) {
		return [{name}];
	}

	if (key.ctrl) {
		return input === '' ? [] : [{name: `ctrl-${input === ' ' ? 'space' : input.toLowerCase()}`}];
	}

	if (key.meta) {
		return [];
	}

	return [...input].map(character => ofCharacter(character)).filter(press => press !== undefined);
}
