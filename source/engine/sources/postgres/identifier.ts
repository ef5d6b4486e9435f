/** A name as people and PostgreSQL write it: quoted where it has to be; a word of the language may stand without quotes here, so this is for people. */
function quoteForPeople(name: string): string {
	return /^[a-z_][a-z\d_$]*$/.test(name) ? name : quoteIdentifier(name);
}

/** The name of a table with its schema, for people, such as `public.customer`. Equal for equal tables, wherever the names come from. */
export function tableName(schema: string, table: string): string {
	return `${quoteForPeople(schema)}.${quoteForPeople(table)}`;
}

/** A name for a statement. */
export function quoteIdentifier(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}

/** A text for a statement, whatever `standard_conforming_strings` says. */
export function quoteLiteral(text: string): string {
	return `E'${text.replaceAll('\\', '\\\\').replaceAll('\'', '\'\'')}'`;
}

const identifier = /"(?:[^"]|"")*"|[^\s"'(),.;]+/y;

/** Read a name out of a statement. @returns The name without its quotes, and where it ends; `undefined` where there is none. */
export function readIdentifier(statement: string, position: number): {readonly name: string; readonly end: number} | undefined {
	identifier.lastIndex = position;
	const text = identifier.exec(statement)?.[0];
	if (text === undefined) {
		return undefined;
	}

	return {name: text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text, end: position + text.length};
}

/** Read `schema.table` out of a statement. @returns The name as `tableName` gives it, and where it ends */
export function readTableName(statement: string, position: number): {readonly table: string; readonly end: number} | undefined {
	const schema = readIdentifier(statement, position);
	const table = schema && statement[schema.end] === '.' ? readIdentifier(statement, schema.end + 1) : undefined;
	return schema && table && {table: tableName(schema.name, table.name), end: table.end};
}
