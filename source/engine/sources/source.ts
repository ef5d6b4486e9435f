import type {Classification} from '../classification.ts';
import type {AnomalyWatch} from '../incident.ts';
import type {SecretReference} from '../programs/secret-reference.ts';

/** A program of the administrator's that is run beside a backup. */
export type Hook = ({readonly command: readonly string[]} | {
	/** For `/bin/sh -c`: only who asks for a shell gets one. */
	readonly shell: string;
}) & {
	/** @default 10 minutes */
	readonly timeoutMs?: number;
};

/** What every source has, whatever its kind. */
type SourceBase = {
	/** What snapshots are called after; the snapshots of one source on one host form a chain. */
	readonly name: string;
	/** Recorded in its snapshots. @default none */
	readonly classification?: Classification;
	/** The longest that a run may take. @default no limit */
	readonly maximumDurationMs?: number;
	/** The most that a snapshot may hold. @default no limit */
	readonly maximumBytes?: number;
	/** Run before anything is read; where it fails, nothing is. @default none */
	readonly before?: Hook;
	/** Run afterwards, however the backup went, unless `before` has failed. @default none */
	readonly after?: Hook;
	/** What has to be odd about a backup before it is told. @default 'normal' */
	readonly anomalies?: AnomalyWatch;
};

/** A source of files: one or more trees of the file system, backed up together in one snapshot. */
export type FilesSource = SourceBase & {
	readonly kind: 'files';
	/** Absolute. Symbolic links in them are followed; those found below are not. */
	readonly paths: readonly string[];
	/** In gitignore's syntax, relative to each path. @default none */
	readonly excludes?: readonly string[];
	/** Names of files whose lines are excludes for the directory that holds them, as git treats `.gitignore`. @default none */
	readonly ignoreFiles?: readonly string[];
	/** Stay on the file system of each path; mount points are recorded as empty directories, as those of /proc, /sys and their like always are. @default false */
	readonly oneFileSystem?: boolean;
	/** Leave out the content of directories with a valid CACHEDIR.TAG. @default true */
	readonly excludeCaches?: boolean;
	/** Absolute: files that nobody is to touch. Each backup tells of those that hold something else than they did, or are gone. @default none */
	readonly canaries?: readonly string[];
};

/** Git repositories, bare or not. */
export type GitSource = SourceBase & {
	readonly kind: 'git';
	/** Absolute: of the folder of each, or of its `.git`. */
	readonly paths: readonly string[];
	/** Take the working tree, too, with what is not tracked and without what is ignored. @default false */
	readonly workingTree?: boolean;
};

/** What both kinds of database servers are told. */
type DatabaseSource = SourceBase & {
	/** @default all of the server */
	readonly databases?: readonly string[];
	/** Tables, views and routines without rows. @default false */
	readonly schemaOnly?: boolean;
	readonly host?: string;
	readonly port?: number;
	readonly user?: string;
	/** Instead of the other parts of the connection: `postgresql://user:password@host:port/database` or `mysql://…`, with the password in it. */
	readonly url?: SecretReference;
};

/** Databases of a PostgreSQL server. What is not named is found as libpq finds it: service, environment aside, `~/.pgpass`. */
export type PostgresSource = DatabaseSource & {
	readonly kind: 'postgres';
	/** A name in the service file. */
	readonly service?: string;
	/** Absolute. @default libpq's: ~/.pg_service.conf, else the system's */
	readonly serviceFile?: string;
	/** Absolute: a file as `~/.pgpass`. @default ~/.pgpass */
	readonly passFile?: string;
	/** Roles and other things that belong to no database. @default true */
	readonly globals?: boolean;
};

/** Databases of a MariaDB or MySQL server. */
export type MysqlSource = DatabaseSource & {
	readonly kind: 'mysql';
	/** Absolute: a file with user and password in `[client]`, which nobody else may read. */
	readonly defaultsFile?: string;
	/** Absolute: of a Unix socket. */
	readonly socket?: string;
};

/** SQLite databases, which may be written to meanwhile. */
export type SqliteSource = SourceBase & {
	readonly kind: 'sqlite';
	/** Absolute. */
	readonly paths: readonly string[];
};

/** What a program writes to its standard output, as one file with the name of the source. */
export type CommandSource = SourceBase & {
	readonly kind: 'command';
	/** The program and its arguments; no shell. */
	readonly command: readonly string[];
	/** Less output is taken for a failure. @default 1 */
	readonly minimumBytes?: number;
	/** Absolute. @default `/` */
	readonly workingFolder?: string;
};

/** The kinds that are read as a stream. */
export type StreamSource = GitSource | PostgresSource | MysqlSource | SqliteSource | CommandSource;
export type Source = FilesSource | StreamSource;
