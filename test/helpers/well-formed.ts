/** An element with what stands in it. */
export type Element = {readonly name: string; readonly attributes: Readonly<Record<string, string>>; readonly children: Array<Element | string>};

const entities: Readonly<Record<string, string>> = {amp: '&', lt: '<', gt: '>', quot: '"', '#39': '\''};

/** @throws Error for a reference that there is not, or a raw ampersand */
function decode(text: string): string {
	return text.replaceAll(/&(?:(?<name>[#\w]+);)?/g, (whole, name: string | undefined) => {
		if (name === undefined || !Object.hasOwn(entities, name)) {
			throw new Error(`no reference: ${whole} in ${text.slice(0, 80)}`);
		}

		return entities[name]!;
	});
}

/**
Take a document apart that is well-formed (XML 1.0, less what our pages have no need of): every element is closed, every attribute quoted and there once, every `<` and `&` in a text is a reference.
@throws Error for whatever breaks it
*/
export function parseWellFormed(text: string): Element {
	const root: Element = {name: '', attributes: {}, children: []};
	const open: Element[] = [root];
	for (const [token] of text.replace(/^<!DOCTYPE html>\n/, '').matchAll(/<[^>]*>?|[^<]+/g)) {
		const current = open.at(-1)!;
		if (!token.startsWith('<')) {
			if (token.includes('>')) {
				throw new Error(`a raw > in: ${token.slice(0, 80)}`);
			}

			current.children.push(decode(token));
			continue;
		}

		const closing = /^<\/(?<name>[a-z][a-z\d]*)>$/i.exec(token)?.groups?.['name'];
		if (closing !== undefined) {
			if (open.length < 2 || current.name !== closing) {
				throw new Error(`</${closing}> closes <${current.name}>`);
			}

			open.pop();
			continue;
		}

		const tag = /^<(?<name>[a-z][a-z\d]*)(?<attributes>(?: [a-z-]+="[^"<]*")*)(?<end>\/?)>$/i.exec(token)?.groups;
		if (tag === undefined) {
			throw new Error(`no tag: ${token.slice(0, 80)}`);
		}

		const pairs = [...tag['attributes']!.matchAll(/ (?<key>[a-z-]+)="(?<value>[^"]*)"/gi)].map(({groups}) => [groups!['key']!, decode(groups!['value']!)] as const);
		if (new Set(pairs.map(([key]) => key)).size !== pairs.length) {
			throw new Error(`an attribute twice: ${token.slice(0, 80)}`);
		}

		const element: Element = {name: tag['name']!, attributes: Object.fromEntries(pairs), children: []};
		current.children.push(element);
		if (tag['end'] === '') {
			open.push(element);
		}
	}

	if (open.length > 1) {
		throw new Error(`<${open.at(-1)!.name}> is not closed`);
	}

	return root;
}

/** All elements, in their order. */
export function elementsOf(element: Element): Element[] {
	return element.children.flatMap(child => typeof child === 'string' ? [] : [child, ...elementsOf(child)]);
}

/** What stands in an element, without its tags. */
export function textOf(element: Element): string {
	return element.children.map(child => typeof child === 'string' ? child : textOf(child)).join('');
}
