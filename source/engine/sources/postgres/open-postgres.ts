import {CofferError} from '../../errors.ts';
import type {PostgresSource} from '../source.ts';
import type {OpenStream} from '../source-stream.ts';
import {ClientFinder, usualClientFolders} from './client-programs.ts';
import {PostgresConnection} from './connection.ts';
import {PostgresStream} from './postgres-stream.ts';
import {PostgresServer} from './server.ts';
import {askState} from './server-state.ts';

export type PostgresOptions = {
	/** Where PostgreSQL's programs are looked for. @default where its packages put them, then where every program is */
	readonly clientFolders?: readonly string[];
	/** How long a dump waits for the lock on a table, such as one that an ALTER TABLE holds. @default 5 minutes */
	readonly lockTimeoutMs?: number;
};

/** How sources of this kind are opened, with what is not configured. */
export function createPostgresOpener({clientFolders, lockTimeoutMs = 5 * 60 * 1000}: PostgresOptions = {}): OpenStream<PostgresSource> {
	return async (source, context) => {
		const finder = new ClientFinder(context, clientFolders ?? usualClientFolders(context.runtime), 'source-failed');
		const psql = finder.findPsql();
		const connection = await PostgresConnection.ofSource(source, context);
		const wanted = source.databases ?? (connection.database === undefined ? undefined : [connection.database]);
		try {
			const server = new PostgresServer(connection, psql, 'source-failed', context);
			const state = await askState(server, wanted);
			const missing = (wanted ?? []).filter(database => !state.named.includes(database));
			if (missing.length > 0) {
				throw new CofferError('source-missing', `There is no database ${missing.map(database => `"${database}"`).join(', ')} on ${connection.place}. It has: ${state.databases.join(', ')}.`);
			}

			const clients = await finder.find(Math.floor(state.number / 10_000), `The server on ${connection.place}`);
			context.log(`PostgreSQL ${state.version} on ${connection.place} is read with the programs of ${clients.version} in ${clients.folder}.`);
			return new PostgresStream({source, context, server, state, clients, databases: wanted ?? state.databases, lockTimeoutMs});
		} catch (error) {
			connection.close();
			throw error;
		}
	};
}

export const openPostgres: OpenStream<PostgresSource> = async (source, context) => createPostgresOpener()(source, context);
