/** A text as the name of a source. @param fallback - Where nothing of it can be one. */
export function toSourceName(text: string, fallback: string): string {
	const name = [...text.replaceAll(/[\s/:,\p{Control}]/gu, '-')].slice(0, 90).join('');
	return ['', '.', '..', 'latest'].includes(name) ? fallback : name;
}

/** The same, with a number where another source has the name already. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
	for (let number = 2, candidate = name; ; number++) {
		if (!taken.has(candidate)) {
			return candidate;
		}

		candidate = `${name}-${number}`;
	}
}
