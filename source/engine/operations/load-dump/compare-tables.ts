import type {TableRows} from '../../sources/databases/table-rows.ts';

const maximumNamed = 5;

/**
What a database lacks of what a dump has, or has differently; none: every table is there with the same rows.
@returns Sentences, for people.
*/
export function compareTables(dump: readonly TableRows[], database: readonly TableRows[]): string[] {
	const found = new Map(database.map(table => [table.name, table]));
	const expected = new Set(dump.map(({name}) => name));
	const differences = dump.flatMap(({name, rows, checksum}) => {
		const table = found.get(name);
		if (table === undefined) {
			return [`the table ${name} is missing`];
		}

		if (table.rows !== rows) {
			return [`the table ${name} has ${table.rows} rows instead of ${rows}`];
		}

		return table.checksum === checksum ? [] : [`the rows of the table ${name} differ from the dump's, though there are as many (${rows})`];
	});
	differences.push(...database.filter(({name}) => !expected.has(name)).map(({name}) => `the table ${name} is not in the dump`));
	return differences.length <= maximumNamed ? differences : [...differences.slice(0, maximumNamed), `and ${differences.length - maximumNamed} more differences`];
}
