const scalar = /"(?:[^"\\\u0000-\u001F]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[Ee][+-]?\d+)?|true|false|null/y;
const text = /"(?:[^"\\\u0000-\u001F]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/y;
const space = /[\t\n\r ]*/y;

type Expectation = 'value' | 'value or ]' | 'name' | 'name or }' | 'colon' | 'comma or end';

/** Where the text stops being JSON: `JSON.parse` does not always tell. @returns The offset; the length where the text ends too early. */
export function findJsonError(json: string): number {
	const open: string[] = [];
	let expected: Expectation = 'value';
	let at = 0;
	const hasSkipped = (pattern: RegExp): boolean => {
		pattern.lastIndex = at;
		const found = pattern.exec(json);
		at += found?.[0].length ?? 0;
		return found !== null;
	};

	for (;;) {
		hasSkipped(space);
		const character: string | undefined = json[at];
		if (character === undefined || (expected === 'comma or end' && open.length === 0)) {
			return at;
		}

		const isClosing: boolean = character === (open.at(-1) === '{' ? '}' : ']') && ['comma or end', open.at(-1) === '{' ? 'name or }' : 'value or ]'].includes(expected);
		if (isClosing) {
			open.pop();
			at++;
			expected = 'comma or end';
		} else if (expected === 'comma or end' && character === ',') {
			at++;
			expected = open.at(-1) === '{' ? 'name' : 'value';
		} else if (expected === 'colon' && character === ':') {
			at++;
			expected = 'value';
		} else if (expected.startsWith('name') && hasSkipped(text)) {
			expected = 'colon';
		} else if (expected.startsWith('value') && (character === '{' || character === '[')) {
			open.push(character);
			at++;
			expected = character === '{' ? 'name or }' : 'value or ]';
		} else if (expected.startsWith('value') && hasSkipped(scalar)) {
			expected = 'comma or end';
		} else {
			return at;
		}
	}
}
