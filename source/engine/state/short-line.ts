const maximumLength = 500;

/** A text for people as it is kept in a table: one line of at most 500 characters. */
export function toShortLine(text: string): string {
	const line = text.replaceAll(/\s+/g, ' ').trim();
	return line.length > maximumLength ? `${line.slice(0, maximumLength - 1)}…` : line;
}
