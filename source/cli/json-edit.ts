const space = /\s*/y;
const text = /"(?:[^"\\]|\\.)*"/y;
const scalar = /[^\s,\]}]+/y;
const bracketOrText = /"(?:[^"\\]|\\.)*"|[[\]{}]/g;

/** Where a member of an object stands: offsets into the text. */
type Member = {readonly name: string; readonly nameStart: number; readonly nameEnd: number; readonly valueStart: number; readonly valueEnd: number};

function after(pattern: RegExp, json: string, at: number): number {
	pattern.lastIndex = at;
	return at + (pattern.exec(json)?.[0].length ?? 0);
}

function endOfValue(json: string, start: number): number {
	if (json[start] === '"') {
		return after(text, json, start);
	}

	if (json[start] !== '{' && json[start] !== '[') {
		return after(scalar, json, start);
	}

	let depth = 0;
	bracketOrText.lastIndex = start;
	for (let found = bracketOrText.exec(json); found !== null; found = bracketOrText.exec(json)) {
		depth += found[0] === '{' || found[0] === '[' ? 1 : (found[0] === '}' || found[0] === ']' ? -1 : 0);
		if (depth === 0) {
			return bracketOrText.lastIndex;
		}
	}

	throw new TypeError('The text is not valid JSON.');
}

function membersOf(json: string, objectStart: number): Member[] {
	const members: Member[] = [];
	for (let at = after(space, json, objectStart + 1); json[at] === '"';) {
		const nameEnd = after(text, json, at);
		// Past the colon.
		const valueStart = after(space, json, after(space, json, nameEnd) + 1);
		const valueEnd = endOfValue(json, valueStart);
		members.push({name: JSON.parse(json.slice(at, nameEnd)) as string, nameStart: at, nameEnd, valueStart, valueEnd});
		const comma = after(space, json, valueEnd);
		at = json[comma] === ',' ? after(space, json, comma + 1) : comma;
	}

	return members;
}

/** How the members of an object are written: what stands before each, how much deeper the next level is, and what stands after a name. */
type Manner = {readonly before: string; readonly step: string; readonly colon: string; readonly isBroken: boolean};

/** Of an object without members nothing is known: it is written on one line. */
function mannerOf(json: string, objectStart: number, members: readonly Member[]): Manner {
	const [first, second] = members;
	if (!first) {
		return {before: '', step: '', colon: ': ', isBroken: false};
	}

	const colon = json.slice(first.nameEnd, first.valueStart);
	const gap = json.slice(objectStart + 1, first.nameStart);
	if (!gap.includes('\n')) {
		return {before: second ? json.slice(json.indexOf(',', first.valueEnd) + 1, second.nameStart) : (colon.endsWith(' ') ? ' ' : ''), step: '', colon, isBroken: false};
	}

	const last = members.at(-1)!;
	const own = gap.slice(gap.lastIndexOf('\n') + 1);
	const end = json.slice(last.valueEnd, after(space, json, last.valueEnd));
	const outer = end.slice(end.lastIndexOf('\n') + 1);
	return {before: `${gap.includes('\r\n') ? '\r\n' : '\n'}${own}`, step: own.startsWith(outer) && own.length > outer.length ? own.slice(outer.length) : '\t', colon, isBroken: true};
}

function write(path: readonly string[], value: boolean | number | string, manner: Manner): string {
	const [name, ...rest] = path;
	const start = `${JSON.stringify(name)}${manner.colon}`;
	if (rest.length === 0) {
		return start + JSON.stringify(value);
	}

	const {before, step, isBroken} = manner;
	const inner = `${before}${step}`;
	return isBroken ? `${start}{${inner}${write(rest, value, {...manner, before: inner})}${before}}` : `${start}{${write(rest, value, manner)}}`;
}

/**
The text of a JSON object with one member set to another value, or added in the manner of those around it; every other byte stays as it is.
@param json - Valid, an object, and no name twice in one of its objects.
@param path - Names of members from the outermost on; those that are missing are added.
@throws TypeError where something on the way is no object
*/
export function setJsonMember(json: string, path: readonly string[], value: boolean | number | string): string {
	let start = after(space, json, 0);
	for (const [depth, name] of path.entries()) {
		if (json[start] !== '{') {
			throw new TypeError(`There is no object at ${JSON.stringify(path.slice(0, depth))}.`);
		}

		const members = membersOf(json, start);
		const member = members.find(candidate => candidate.name === name);
		if (!member) {
			const manner = mannerOf(json, start, members);
			const written = write(path.slice(depth), value, manner);
			const last = members.at(-1);
			return last
				? `${json.slice(0, last.valueEnd)},${manner.before}${written}${json.slice(last.valueEnd)}`
				: `${json.slice(0, start + 1)}${written}${json.slice(start + 1)}`;
		}

		if (depth === path.length - 1) {
			return `${json.slice(0, member.valueStart)}${JSON.stringify(value)}${json.slice(member.valueEnd)}`;
		}

		start = member.valueStart;
	}

	return json;
}
