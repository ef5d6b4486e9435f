import type {SecretReference} from '../../programs/secret-reference.ts';
import type {SourceContext} from '../source-stream.ts';
import type {TableRows} from './table-rows.ts';

/** Where dumps are to be loaded. */
export type DumpTargetPlace = {
	/** `postgresql://user@host:port/database` or `mysql://…`, without a password; without a database, each dump goes where it came from. */
	readonly url: URL;
	/** Where the password is found. @default what the server's own client finds by itself: ~/.pgpass, ~/.my.cnf */
	readonly password?: SecretReference;
};

/** A dump as a snapshot has it. Every call of `read` gives all of it anew. */
export type Dump = {
	/** The database that it was made of. */
	readonly name: string;
	/** Of the dump. */
	readonly bytes: number;
	read(): AsyncIterable<Uint8Array>;
	/** What belongs to no database and was dumped beside it, such as roles; missing where there was nothing. */
	readGlobals?(): AsyncIterable<Uint8Array>;
};

/** What a database has, as far as a load would destroy it. */
export type DatabaseState = {
	/** Tables, views, routines and whatever else was made by somebody. */
	readonly objects: number;
	readonly tables: number;
};

/** A server that dumps can be loaded into. */
export type DumpTarget = {
	/** For people: `PostgreSQL 15.18 on 127.0.0.1:5432`. */
	readonly description: string;
	/** What a database has; `undefined` where there is none of that name. @throws `target-unusable`, `aborted` */
	inspect(database: string): Promise<DatabaseState | undefined>;
	/**
	Create the database where it is missing, and load a dump into it, as a whole or not at all as far as the server allows it.
	@param isReplacing - What the database has is dropped first; otherwise it is empty or missing.
	@returns What the person should know, such as roles that are missing.
	@throws `target-unusable`; what `dump.read` throws; `aborted`
	*/
	load(dump: Dump, database: string, isReplacing: boolean): Promise<readonly string[]>;
	/**
	Every table of a dump, and what it holds there.
	@param hasChecksums - Give the checksums, too, which are those that `tablesOf` gives for the same rows.
	@throws what `dump.read` throws; `target-unusable`; `aborted`
	*/
	tablesOfDump(dump: Dump, hasChecksums: boolean): Promise<readonly TableRows[]>;
	/** Every table of a database, and what it holds. @throws `target-unusable`, `aborted` */
	tablesOf(database: string, hasChecksums: boolean): Promise<readonly TableRows[]>;
	/** Never fails. */
	close(): Promise<void>;
};

/** Reach a server. @throws `usage` for a URL that cannot be meant; `target-unusable` where the client is missing or too old, or the server does not answer; `aborted` */
export type OpenTarget = (place: DumpTargetPlace, context: SourceContext) => Promise<DumpTarget>;
