import type {Buffer} from 'node:buffer';
import {fromText} from '../../byte-string.ts';
import {CofferError} from '../../errors.ts';
import {streamProgram} from '../../programs/run-program.ts';
import {namedTables, type DatabaseFacts} from '../../source-facts.ts';
import type {StreamedEntry} from '../../streamed-entry.ts';
import {sizeText} from '../../size-text.ts';
import {dumpFileOf, globalsFiles} from '../databases/dump-names.ts';
import {createDumpEntry} from '../dump-entry.ts';
import {onePiece} from '../pieces.ts';
import type {MysqlSource} from '../source.ts';
import type {OpenStream, SourceContext} from '../source-stream.ts';
import {closeConnection, connectBySettings, connectByUrl, readUrl, type Connection} from './connection.ts';
import {listDatabases, warnOfGaps} from './database-list.ts';
import {DumpProgram} from './dump-program.ts';
import {DumpTally} from './dump-tally.ts';
import {MysqlServer} from './mysql-server.ts';
import {readUsers} from './users.ts';

async function connect(source: MysqlSource, context: SourceContext): Promise<Connection> {
	if (source.url === undefined) {
		return connectBySettings(source);
	}

	const secret = await context.readSecret(source.url);
	try {
		return connectByUrl(readUrl(secret.toString('utf8'), 'source-failed'));
	} finally {
		secret.fill(0);
	}
}

/** A dump on its way into the repository, counted as it passes. */
class PassingDump {
	readonly #program: DumpProgram;
	readonly #database: string;
	readonly #isSchemaOnly: boolean;
	readonly #context: SourceContext;
	readonly #tally = new DumpTally(false);

	constructor(program: DumpProgram, database: string, isSchemaOnly: boolean, context: SourceContext) {
		this.#program = program;
		this.#database = database;
		this.#isSchemaOnly = isSchemaOnly;
		this.#context = context;
	}

	async * content(): AsyncGenerator<Buffer, void> {
		const call = this.#program.dump(this.#database, {schemaOnly: this.#isSchemaOnly});
		for await (const piece of streamProgram(call, this.#context)) {
			this.#tally.push(piece);
			yield piece;
		}

		if (!this.#tally.end()) {
			throw new CofferError('source-failed', `${call.what} was cut short: it has ${sizeText(this.#tally.bytes)} and not the last line, "-- Dump completed". Run ${call.program} by hand to see why.`);
		}
	}

	facts(): DatabaseFacts {
		const {tables, bytes} = this.#tally;
		return {
			name: this.#database,
			file: dumpFileOf(this.#database, 'mysql'),
			tables: tables.length,
			...(this.#isSchemaOnly ? {isSchemaOnly: true} : {rows: tables.reduce((sum, {rows}) => sum + rows, 0)}),
			bytes,
			...namedTables(tables),
		};
	}
}

/** Get ready to dump databases of a MariaDB or MySQL server, each as one file of SQL, and its users as another. */
export const openMysql: OpenStream<MysqlSource> = async (source, context) => {
	const {runtime, signal, log} = context;
	const connection = await connect(source, context);
	try {
		const server = await MysqlServer.reach(connection, {runtime, signal, log}, 'source-failed');
		const program = await DumpProgram.find(server, context);
		const databases = await listDatabases(server, source.databases ?? (connection.database === undefined ? undefined : [connection.database]));
		await warnOfGaps(server, databases, context);
		const done: PassingDump[] = [];
		const entry = (name: string, content: AsyncIterable<Uint8Array>): StreamedEntry => createDumpEntry(fromText(name), content, runtime);
		return {
			paths: databases.map(name => `${name} on ${server.place}`),
			async * entries() {
				const users = await readUsers(server, program, context);
				if (users) {
					yield entry(globalsFiles.mysql, onePiece(users));
				}

				for (const database of databases) {
					const dump = new PassingDump(program, database, source.schemaOnly ?? false, context);
					yield entry(dumpFileOf(database, 'mysql'), dump.content());
					done.push(dump);
				}
			},
			facts: () => ({origin: server.version.text, databases: done.map(dump => dump.facts())}),
			async close() {
				closeConnection(connection);
			},
		};
	} catch (error) {
		closeConnection(connection);
		throw error;
	}
};
