const name = /\s*"(?:[^"\\]|\\.)*"\s*:/y;
const scalar = /\s*(?:"(?:[^"\\]|\\.)*"|[^\s,\]}]+)/y;
const opening = /\s*[[{]/y;
const separator = /\s*,/y;
const closing = /\s*[\]}]/y;
const space = /\s*/y;

/** What lies deeper is not looked for. */
const maximumDepth = 100;

/** Where things stand in a JSON text. */
export type JsonPlaces = {
	/** Offset of each member's name, or of each element, by its path as `placeOf` writes it. */
	readonly offsets: ReadonlyMap<string, number>;
	/** Paths of members whose name stands twice in their object, where the parser silently takes the last. */
	readonly repeated: readonly string[];
};

/** A path into a JSON value for people: `sources[0].paths`. */
export function placeOf(path: readonly PropertyKey[]): string {
	let place = '';
	for (const part of path) {
		place += typeof part === 'number' ? `[${part}]` : `${place === '' ? '' : '.'}${String(part)}`;
	}

	return place;
}

/** Line and column, from 1. */
export function describeOffset(json: string, offset: number): string {
	const before = json.slice(0, offset).split('\n');
	return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

/** Find every place in a JSON text. @param json - Valid: `JSON.parse` has taken it. */
export function findJsonPlaces(json: string): JsonPlaces {
	const offsets = new Map<string, number>();
	const repeated: string[] = [];
	let at = 0;
	const take = (pattern: RegExp): string | undefined => {
		pattern.lastIndex = at;
		const found = pattern.exec(json)?.[0];
		at += found?.length ?? 0;
		return found?.trim();
	};

	let isTooDeep = false;
	const visit = (path: readonly PropertyKey[]): void => {
		const bracket = take(opening);
		if (bracket === undefined) {
			take(scalar);
			return;
		}

		isTooDeep ||= path.length > maximumDepth;
		for (let index = 0; !isTooDeep && take(closing) === undefined; index++) {
			take(space);
			const offset = at;
			const inner = [...path, bracket === '[' ? index : JSON.parse(take(name)!.slice(0, -1)) as string];
			const place = placeOf(inner);
			if (offsets.has(place)) {
				repeated.push(place);
			}

			offsets.set(place, offset);
			visit(inner);
			take(separator);
		}
	};

	visit([]);
	return {offsets, repeated};
}
