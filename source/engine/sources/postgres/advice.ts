import {CofferError, isCofferError} from '../../errors.ts';

/** What PostgreSQL's programs say, and what helps. Messages of the server may be in its own language: then its words stand alone. */
const advice: ReadonlyArray<readonly [said: RegExp, advice: string, forTargets?: string]> = [
	[/database ".*" does not exist/, 'Check the names of the databases.'],
	[/no password supplied/, 'Give the password by "url", "passFile" or ~/.pgpass.', 'Name a file with the password (--into-password-file), or put it into ~/.pgpass.'],
	[/password authentication failed|Peer authentication failed|Ident authentication failed/, 'Check user and password, and what pg_hba.conf of the server asks for.'],
	[/no pg_hba\.conf entry/, 'Allow this user and host in pg_hba.conf of the server.'],
	[/Connection refused|No such file or directory|could not translate host name|timeout expired|No route to host|Connection timed out/, 'Check that the server runs, and that host and port are right.'],
	[/definition of service|service file .* not found/, 'Check "service" and "serviceFile".'],
	[/row-level security|row security/, 'The role does not see all rows: give it BYPASSRLS.'],
	[/permission denied for large object/, 'Large objects can be read by their owner and by superusers only.'],
	[/permission denied/, 'The role may not read everything: GRANT pg_read_all_data to it.'],
	[/due to (?:statement|lock) timeout/, 'Another session holds a lock on a table, such as an ALTER TABLE that does not end: look into pg_locks, and run this again.'],
	[/invalid locale name|locale provider|could not create locale/, 'The locale of the database is missing on the server: generate it there (locale-gen), or create the database by hand.'],
	[/unrecognized configuration parameter|unsupported version/, 'The server or its programs are older than what made the dump.'],
	[/is being accessed by other users/, 'End the sessions that use the database, and run this again.'],
	[/out of shared memory/, 'Raise max_locks_per_transaction of the server: a load is one transaction, and takes a lock for each object.'],
	[/No space left on device/, 'The disk of the server is full.'],
];

/** The same error, with what helps at its end where that is known. */
export function withAdvice(error: unknown): unknown {
	if (!isCofferError(error, 'source-failed', 'target-unusable')) {
		return error;
	}

	const [, forSources, forTargets = forSources] = advice.find(([said]) => said.test(error.message)) ?? [];
	const found = error.code === 'target-unusable' ? forTargets : forSources;
	return found === undefined ? error : new CofferError(error.code, `${error.message}${/[.?]$/.test(error.message) ? '' : '.'} ${found}`, {context: error.context, cause: error});
}
