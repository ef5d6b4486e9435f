import {Buffer} from 'node:buffer';
import path from 'node:path';
import {fromText} from '../../byte-string.ts';
import {CofferError} from '../../errors.ts';
import type {ProgramCall} from '../../programs/program-call.ts';
import {streamProgram} from '../../programs/run-program.ts';
import {namedTables, type DatabaseFacts, type SourceFacts} from '../../source-facts.ts';
import type {StreamedEntry} from '../../streamed-entry.ts';
import {dumpFileOf, globalsFiles} from '../databases/dump-names.ts';
import {createDumpEntry} from '../dump-entry.ts';
import type {PostgresSource} from '../source.ts';
import type {SourceContext, SourceStream} from '../source-stream.ts';
import {withAdvice} from './advice.ts';
import {countTables, readArchiveList} from './archive-list.ts';
import type {ClientPrograms} from './client-programs.ts';
import type {PostgresServer} from './server.ts';
import {usualDatabase, type ServerState} from './server-state.ts';
import {TableReader} from './table-reader.ts';
import {passThrough} from './pass-through.ts';

/** @yields The pieces of a dump as they come; that there are none is a failure. */
async function * whole(pieces: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<Uint8Array, void, undefined> {
	let isEmpty = true;
	try {
		for await (const piece of pieces) {
			isEmpty &&= piece.byteLength === 0;
			yield piece;
		}
	} catch (error) {
		throw withAdvice(error);
	}

	if (isEmpty) {
		throw new CofferError('source-failed', `${what} is empty, though its program reported no error.`);
	}
}

/** What a source is read with. */
export type StreamScene = {
	readonly source: PostgresSource;
	readonly context: SourceContext;
	readonly server: PostgresServer;
	readonly state: ServerState;
	readonly clients: ClientPrograms;
	readonly databases: readonly string[];
	readonly lockTimeoutMs: number;
};

/** Dumps of databases, one after the other, each of which is read back while it is taken. */
export class PostgresStream implements SourceStream {
	readonly paths: readonly string[];
	readonly #scene: StreamScene;
	readonly #facts: DatabaseFacts[] = [];

	constructor(scene: StreamScene) {
		this.#scene = scene;
		this.paths = scene.databases.map(database => `${database} on ${scene.server.connection.place}`);
	}

	/** @yields First what belongs to no database, as it is needed first. */
	async * entries(): AsyncGenerator<StreamedEntry, void, undefined> {
		const {source: {globals = true}, context: {runtime}, databases} = this.#scene;
		if (globals) {
			yield createDumpEntry(fromText(globalsFiles.postgres), this.#dumpGlobals(), runtime);
		}

		for (const database of databases) {
			yield createDumpEntry(fromText(dumpFileOf(database, 'postgres')), this.#dump(database), runtime);
		}
	}

	facts(): SourceFacts {
		return {origin: `PostgreSQL ${this.#scene.state.version}`, databases: this.#facts};
	}

	async close(): Promise<void> {
		this.#scene.server.connection.close();
	}

	async * #dumpGlobals(): AsyncGenerator<Uint8Array, void, undefined> {
		const {source, context, server, state, clients, databases, lockTimeoutMs} = this.#scene;
		const what = `The dump of the roles on ${server.connection.place}`;
		if (!state.readsPasswords) {
			context.warn(`${source.name}: The passwords of roles are not in the snapshot, as this user may not read them. Give it the role pg_read_all_data.`);
		}

		const database = server.connection.database ?? databases[0] ?? usualDatabase;
		const call = server.callOf(clients, {
			program: 'pg_dumpall', database, what,
			arguments: ['--globals-only', `--lock-wait-timeout=${lockTimeoutMs}`, `--database=${database}`, ...(state.readsPasswords ? [] : ['--no-role-passwords'])],
		});
		yield * whole(streamProgram(call, context), what);
	}

	async * #dump(database: string): AsyncGenerator<Uint8Array, void, undefined> {
		const {source: {schemaOnly: isSchemaOnly = false}, context, server, clients, lockTimeoutMs} = this.#scene;
		const what = `The dump of the database "${database}" on ${server.connection.place}`;
		const call = server.callOf(clients, {
			program: 'pg_dump', database, what,
			arguments: ['--format=custom', '--compress=0', `--lock-wait-timeout=${lockTimeoutMs}`, ...(isSchemaOnly ? ['--schema-only'] : [])],
		});
		const reader: ProgramCall = {
			program: path.join(clients.folder, 'pg_restore'), what: `Reading back the dump of the database "${database}"`,
			arguments: isSchemaOnly ? ['--list'] : ['--section=data', '--file=-'],
		};
		const rows = new TableReader(false);
		const list: Buffer[] = [];
		let bytes = 0;
		for await (const piece of whole(passThrough(streamProgram(call, context), reader, context, output => {
			if (isSchemaOnly) {
				list.push(output);
			} else {
				rows.add(output);
			}
		}), what)) {
			bytes += piece.byteLength;
			yield piece;
		}

		const facts = {name: database, file: dumpFileOf(database, 'postgres'), bytes};
		if (isSchemaOnly) {
			this.#facts.push({...facts, tables: countTables(readArchiveList(Buffer.concat(list).toString())), isSchemaOnly});
		} else {
			const tables = rows.finish('source-failed', what);
			this.#facts.push({...facts, tables: tables.length, rows: tables.reduce((sum, table) => sum + table.rows, 0), ...namedTables(tables)});
		}
	}
}
