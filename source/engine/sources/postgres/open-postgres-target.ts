import {streamProgram} from '../../programs/run-program.ts';
import type {DatabaseState, Dump, DumpTarget, DumpTargetPlace, OpenTarget} from '../databases/dump-target.ts';
import type {TableRows} from '../databases/table-rows.ts';
import {CofferError} from '../../errors.ts';
import type {SourceContext} from '../source-stream.ts';
import {withAdvice} from './advice.ts';
import {Archive} from './archive.ts';
import {ClientFinder, usualClientFolders} from './client-programs.ts';
import {PostgresConnection} from './connection.ts';
import {countTables} from './count-tables.ts';
import {askDatabaseState, hasDatabase} from './database-state.ts';
import {loadArchive} from './load-archive.ts';
import type {PostgresOptions} from './open-postgres.ts';
import {PostgresServer} from './server.ts';
import {askState, usualDatabase, type ServerState} from './server-state.ts';
import {TableReader} from './table-reader.ts';

/** The database that every server has besides. */
const otherDatabase = 'template1';

class PostgresTarget implements DumpTarget {
	readonly description: string;
	readonly #server: PostgresServer;
	readonly #major: number;
	readonly #finder: ClientFinder;
	readonly #context: SourceContext;

	constructor(server: PostgresServer, {version, number}: ServerState, finder: ClientFinder, context: SourceContext) {
		this.description = `PostgreSQL ${version} on ${server.connection.place}`;
		this.#server = server;
		this.#major = Math.floor(number / 10_000);
		this.#finder = finder;
		this.#context = context;
	}

	async inspect(database: string): Promise<DatabaseState | undefined> {
		return await hasDatabase(this.#server, this.#besides(database), database) ? askDatabaseState(this.#server, database) : undefined;
	}

	async load(dump: Dump, database: string, isReplacing: boolean): Promise<readonly string[]> {
		const archive = await this.#archiveOf(dump);
		const list = await archive.list();
		if (list.serverMajor > this.#major) {
			throw new CofferError('target-unusable', `The dump of "${dump.name}" is of PostgreSQL ${list.serverMajor}, and cannot be loaded into ${this.description}, which is older. Choose a server of version ${list.serverMajor} or later.`);
		}

		const clients = await this.#finder.find(Math.max(this.#major, list.dumpMajor), `What the dump of "${dump.name}" is loaded by`);
		return loadArchive({server: this.#server, clients, context: this.#context, dump, archive, list, database, from: this.#besides(database)}, isReplacing);
	}

	async tablesOfDump(dump: Dump, hasChecksums: boolean): Promise<readonly TableRows[]> {
		const archive = await this.#archiveOf(dump);
		const list = await archive.list();
		const hasRows = list.entries.some(({text}) => text.startsWith('TABLE DATA '));
		return hasRows ? archive.tables(hasChecksums) : archive.emptyTables(list, hasChecksums);
	}

	async tablesOf(database: string, hasChecksums: boolean): Promise<readonly TableRows[]> {
		if (!hasChecksums) {
			return countTables(this.#server, database);
		}

		const what = `Reading the tables of the database "${database}" on ${this.#server.connection.place}`;
		const clients = await this.#finder.find(this.#major, this.description);
		const reader = new TableReader(true);
		try {
			for await (const piece of streamProgram(this.#server.callOf(clients, {program: 'pg_dump', database, what, arguments: ['--section=data']}), this.#context)) {
				reader.add(piece);
			}
		} catch (error) {
			throw withAdvice(error);
		}

		return reader.finish('target-unusable', what);
	}

	async close(): Promise<void> {
		this.#server.connection.close();
	}

	/** A database to work from on another one. */
	#besides(database: string): string {
		return database === usualDatabase ? otherDatabase : usualDatabase;
	}

	/** The newest programs read archives of all versions. */
	async #archiveOf(dump: Dump): Promise<Archive> {
		return new Archive(dump, await this.#finder.newest(), this.#context);
	}
}

async function connect({url, password}: DumpTargetPlace, {readSecret}: SourceContext): Promise<PostgresConnection> {
	const secret = password && await readSecret(password);
	try {
		return PostgresConnection.ofUrl(url, secret);
	} finally {
		secret?.fill(0);
	}
}

/** How servers are opened, with what is not configured. */
export function createPostgresTargetOpener({clientFolders}: Pick<PostgresOptions, 'clientFolders'> = {}): OpenTarget {
	return async (place, context) => {
		const finder = new ClientFinder(context, clientFolders ?? usualClientFolders(context.runtime), 'target-unusable');
		const connection = await connect(place, context);
		try {
			const server = new PostgresServer(connection, finder.findPsql(), 'target-unusable', context);
			const state = await askState(server, undefined);
			await finder.find(Math.floor(state.number / 10_000), `The server on ${connection.place}`);
			return new PostgresTarget(server, state, finder, context);
		} catch (error) {
			connection.close();
			throw error;
		}
	};
}

export const openPostgresTarget: OpenTarget = async (place, context) => createPostgresTargetOpener()(place, context);
