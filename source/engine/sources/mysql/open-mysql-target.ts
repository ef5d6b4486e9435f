import {CofferError, errorText, isCofferError} from '../../errors.ts';
import type {ProgramContext} from '../../programs/program-call.ts';
import {streamProgram} from '../../programs/run-program.ts';
import type {DatabaseState, Dump, DumpTarget, OpenTarget} from '../databases/dump-target.ts';
import type {TableRows} from '../databases/table-rows.ts';
import type {SourceContext} from '../source-stream.ts';
import {closeConnection, connectByUrl, readUrl} from './connection.ts';
import {DumpProgram} from './dump-program.ts';
import {readTables} from './dump-tally.ts';
import {readState} from './database-state.ts';
import {loadDump} from './load.ts';
import {MysqlServer, sqlName, sqlText} from './mysql-server.ts';

const code = 'target-unusable';

/** A MariaDB or MySQL server that dumps are loaded into. */
class MysqlTarget implements DumpTarget {
	readonly description: string;
	readonly #server: MysqlServer;
	readonly #context: SourceContext;

	constructor(server: MysqlServer, context: SourceContext) {
		this.#server = server;
		this.#context = context;
		this.description = `${server.version.text} on ${server.place}`;
	}

	async inspect(database: string): Promise<DatabaseState | undefined> {
		return readState(this.#server, database);
	}

	async load(dump: Dump, database: string, isReplacing: boolean): Promise<readonly string[]> {
		return loadDump({server: this.#server, dump, database, isReplacing, runtime: this.#context.runtime});
	}

	async tablesOfDump(dump: Dump, hasChecksums: boolean): Promise<readonly TableRows[]> {
		const {tables, isWhole} = await readTables(dump.read(), hasChecksums);
		if (!isWhole) {
			throw new CofferError(code, `The dump of the database "${dump.name}" ends without its last line, "-- Dump completed": it is not whole. Take another snapshot.`);
		}

		return tables;
	}

	async tablesOf(database: string, hasChecksums: boolean): Promise<readonly TableRows[]> {
		return hasChecksums ? this.#checksums(database) : this.#counts(database);
	}

	async close(): Promise<void> {
		closeConnection(this.#server.connection);
	}

	async #counts(database: string): Promise<readonly TableRows[]> {
		const what = `The count of the rows of the database "${database}" at ${this.#server.place}`;
		const names = await this.#server.queryNames(`SELECT HEX(table_name) FROM information_schema.tables WHERE table_schema = ${sqlText(database)} AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED');`, what);
		const counts = await this.#server.query(names.map(name => `SELECT COUNT(*) FROM ${sqlName(database)}.${sqlName(name)};\n`).join(''), what);
		const rows = new Map(names.map((name, index) => [name, Number(counts[index]![0])]));
		return names.toSorted().map(name => ({name, rows: rows.get(name)!}));
	}

	/** By another dump, read as the first was: what the same rows look like depends on who writes them. */
	async #checksums(database: string): Promise<readonly TableRows[]> {
		const program = await DumpProgram.find(this.#server, this.#context, code);
		const call = program.dump(database, {failureCode: code});
		const {tables, isWhole} = await readTables(streamProgram(call, this.#context), true);
		if (!isWhole) {
			throw new CofferError(code, `${call.what} was cut short.`);
		}

		return tables;
	}
}

/** Reach a MariaDB or MySQL server that dumps shall be loaded into. */
export const openMysqlTarget: OpenTarget = async ({url, password}, context) => {
	const {runtime, signal, log} = context;
	const program: ProgramContext = {runtime, signal, log};
	const address = readUrl(url.href, 'usage');
	if (address.host === undefined) {
		throw new CofferError('usage', 'The URL of the database server names no host. It looks like this: mysql://user@host:3306/database.');
	}

	const secret = password && await context.readSecret(password);
	const connection = (() => {
		try {
			return connectByUrl({...address, ...(secret && {password: secret.toString('utf8')})});
		} catch (error) {
			throw isCofferError(error, 'source-failed') ? new CofferError(code, errorText(error), {cause: error}) : error;
		} finally {
			secret?.fill(0);
		}
	})();
	try {
		return new MysqlTarget(await MysqlServer.reach(connection, program, code), context);
	} catch (error) {
		closeConnection(connection);
		throw error;
	}
};
