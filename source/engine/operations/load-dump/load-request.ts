import type {SecretReference} from '../../programs/secret-reference.ts';
import type {StoredSnapshot} from '../../repository/repository.ts';
import type {DatabaseState} from '../../sources/databases/dump-target.ts';

export type LoadRequest = {
	readonly snapshot: StoredSnapshot;
	/** `postgresql://user@host:port/database` or `mysql://…`, without a password; without a database, each dump goes into one of its own name. */
	readonly into: string;
	/** Where the password is found. @default what the server's own client finds by itself: ~/.pgpass, ~/.my.cnf */
	readonly password?: SecretReference;
	/** Only the dumps of these databases. @default all that the snapshot has */
	readonly databases?: readonly string[];
	/** What to do with a database that has something: `never` refuses, `always` replaces all of it. @default 'never' */
	readonly overwrite?: 'never' | 'always';
	/** Compare a checksum of every table besides the number of its rows. @default false */
	readonly hasChecksums?: boolean;
	/** Say what would be done; the server is asked, and nothing is changed. @default false */
	readonly isDryRun?: boolean;
};

/** One dump, and where it goes. */
export type LoadedDatabase = {
	/** The database that was dumped. */
	readonly name: string;
	readonly into: string;
	/** What was there before; missing where there was no such database. */
	readonly existing?: DatabaseState;
	/** Of the dump. */
	readonly bytes: number;
	readonly tables: number;
	/** Compared with what the dump has; not for a dry run. */
	readonly rows?: number;
	/** What was compared of every table. */
	readonly compared?: 'rows' | 'checksums';
};

export type LoadSummary = {
	/** `PostgreSQL 15.18 on 127.0.0.1:5432`. */
	readonly server: string;
	/** Those that were loaded, in a dry run those that would be. */
	readonly databases: readonly LoadedDatabase[];
	readonly bytes: number;
	/** Databases that could not be loaded, or do not have what the dump has. */
	readonly problems: ReadonlyArray<{readonly database: string; readonly message: string}>;
	/** What else is worth knowing, in sentences: roles that are missing. */
	readonly notes: readonly string[];
	readonly durationMs: number;
};
