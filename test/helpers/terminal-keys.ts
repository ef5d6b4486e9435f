const named = {
	enter: '\r',
	escape: '\u001B',
	tab: '\t',
	'shift-tab': '\u001B[Z',
	backspace: '\u007F',
	space: ' ',
	insert: '\u001B[2~',
	delete: '\u001B[3~',
	'page-up': '\u001B[5~',
	'page-down': '\u001B[6~',
} as const;

/** Keys whose bytes depend on a mode that the program chooses (DECCKM). */
const cursor = {up: 'A', down: 'B', right: 'C', left: 'D', home: 'H', end: 'F'} as const;

/** A key with a name, with Ctrl, or one that gives a single character. */
export type Key = keyof typeof named | keyof typeof cursor | `ctrl-${string}` | (string & {});

const isKeyOf = <Table extends object>(table: Table, key: PropertyKey): key is keyof Table => Object.hasOwn(table, key);

/**
The bytes that an xterm sends for a key.
@param hasOwnCursorKeys - Whether the program has asked for the cursor keys of applications.
@throws TypeError for what is no key.
*/
export function encodeKey(key: Key, hasOwnCursorKeys: boolean): string {
	if (isKeyOf(named, key)) {
		return named[key];
	}

	if (isKeyOf(cursor, key)) {
		return `\u001B${hasOwnCursorKeys ? 'O' : '['}${cursor[key]}`;
	}

	const letter = /^ctrl-([a-z\\])$/.exec(key)?.[1];
	if (letter !== undefined) {
		return String.fromCharCode(letter.toUpperCase().charCodeAt(0) & 0x1F);
	}

	if ([...key].length !== 1) {
		throw new TypeError(`"${key}" is no key; texts are for type()`);
	}

	return key;
}
