/** One object of an archive. */
export type ArchiveEntry = {
	/** Its line, as `pg_restore --use-list` takes it. */
	readonly line: string;
	/** What it is and of whom: `TABLE public customer crm`. Names are not quoted, so where one ends cannot be told for sure. */
	readonly text: string;
};

/** What `pg_restore --list` tells of an archive. */
export type ArchiveList = {
	/** The major version of the server that it was made of, and of the pg_dump that made it. */
	readonly serverMajor: number;
	readonly dumpMajor: number;
	readonly entries: readonly ArchiveEntry[];
};

/** Read what `pg_restore --list` writes. */
export function readArchiveList(text: string): ArchiveList {
	const major = (by: string) => Number(new RegExp(`^; +${by}: (\\d+)`, 'm').exec(text)?.[1] ?? 0);
	const entries = text.split('\n').flatMap(line => {
		const match = /^\d+; \d+ \d+ (.*)$/.exec(line);
		return match ? [{line, text: match[1]!}] : [];
	});
	return {serverMajor: major('Dumped from database version'), dumpMajor: major('Dumped by pg_dump version'), entries};
}

/** How many tables an archive has. */
export function countTables({entries}: ArchiveList): number {
	return entries.filter(({text}) => /^(?:FOREIGN )?TABLE (?!DATA |ATTACH )/.test(text)).length;
}
