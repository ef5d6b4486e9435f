import {quoteLiteral} from './identifier.ts';
import type {PostgresServer} from './server.ts';

/** What is known of a server before it is dumped. */
export type ServerState = {
	/** Such as `15.18`. */
	readonly version: string;
	/** As `server_version_num`: 150018. */
	readonly number: number;
	/** Those that can be dumped by themselves. */
	readonly databases: readonly string[];
	/** Of those that were asked for by name, the ones that are there. */
	readonly named: readonly string[];
	/** Whether this user may read the passwords of roles. */
	readonly readsPasswords: boolean;
};

/** The one that nearly every server has. */
export const usualDatabase = 'postgres';

/**
Find out about a server, in whichever database it can be asked.
@param wanted - Names of databases that shall be there.
@throws the code of the server's errors; `aborted`
*/
export async function askState(server: PostgresServer, wanted: readonly string[] | undefined): Promise<ServerState> {
	const first = server.connection.database ?? wanted?.[0] ?? usualDatabase;
	const names = [...wanted ?? [], first].map(name => quoteLiteral(name)).join(', ');
	const sql = `select json_build_object(
		'version', split_part(current_setting('server_version'), ' ', 1), 'number', current_setting('server_version_num')::int,
		'databases', (select coalesce(json_agg(datname order by datname), '[]') from pg_catalog.pg_database where datallowconn and not datistemplate),
		'named', (select coalesce(json_agg(datname), '[]') from pg_catalog.pg_database where datname = any (array[${names}]::text[])),
		'readsPasswords', has_table_privilege('pg_catalog.pg_authid', 'select'));`;
	try {
		return await server.query<ServerState>(first, sql);
	} catch (error) {
		// It may be the one that is missing, which another one can tell.
		const state = first === usualDatabase ? undefined : await server.query<ServerState>(usualDatabase, sql).catch(() => undefined);
		if (!state || state.named.includes(first)) {
			throw error;
		}

		return state;
	}
}
