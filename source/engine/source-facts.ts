/** What is known of a Git repository in a snapshot. Texts are the repository's own: strip them before they are shown. */
export type RepositoryFacts = {
	/** Of the repository on the machine. */
	readonly path: string;
	/** Branches, tags, notes, stash and all others. */
	readonly refs: number;
	/** What HEAD stands on: a branch, or the id of a commit. */
	readonly head: string;
	/** The newest commit that any ref names; missing where there is none. */
	readonly lastCommit?: {readonly id: string; /** RFC 3339. */ readonly time: string; readonly subject: string};
	/** What the snapshot does not have though the repository refers to it, for people: submodules, LFS objects, history beyond a shallow clone. */
	readonly absent?: readonly string[];
};

/** How many rows a table has; none where only the schema was dumped. */
export type TableFacts = {readonly name: string; readonly rows: number};

/** Of a database with more tables none are named. */
export const maximumNamedTables = 500;

/** What is known of a dump in a snapshot. */
export type DatabaseFacts = {
	readonly name: string;
	/** Path of the dump in the snapshot, such as `/crm.dump`. */
	readonly file: string;
	readonly tables: number;
	/** Missing where only the schema was dumped. */
	readonly rows?: number;
	/** Of the dump. */
	readonly bytes: number;
	readonly isSchemaOnly?: boolean;
	/** By name; missing where there are more than `maximumNamedTables`, or the source does not know them. */
	readonly byTable?: readonly TableFacts[];
};

/** What a source said of itself when it was read. A part of the snapshot, and signed with it. */
export type SourceFacts = {
	/** What gave the data, such as `PostgreSQL 15.18` or `git 2.39.5`. */
	readonly origin?: string;
	readonly repositories?: readonly RepositoryFacts[];
	readonly databases?: readonly DatabaseFacts[];
};

/** The tables of a database, as far as they are named. @param tables - In any order. */
export function namedTables(tables: readonly TableFacts[]): Pick<DatabaseFacts, 'byTable'> {
	return tables.length > maximumNamedTables ? {} : {byTable: tables.map(({name, rows}) => ({name, rows})).toSorted((a, b) => a.name < b.name ? -1 : Number(a.name > b.name))};
}
