import {Buffer} from 'node:buffer';
import path from 'node:path';
import type {ProgramContext} from '../../programs/program-call.ts';
import {pipeProgram} from '../../programs/pipe-program.ts';
import {TableDigests} from '../databases/table-digest.ts';
import type {TableRows} from '../databases/table-rows.ts';
import type {Dump} from '../databases/dump-target.ts';
import {withAdvice} from './advice.ts';
import {readArchiveList, type ArchiveEntry, type ArchiveList} from './archive-list.ts';
import type {ClientPrograms} from './client-programs.ts';
import {readTableName} from './identifier.ts';
import {readStatements} from './statements.ts';
import {TableReader} from './table-reader.ts';

/** A dump as pg_restore reads it. Each call reads it anew, as far as it has to. */
export class Archive {
	readonly #dump: Dump;
	readonly #clients: ClientPrograms;
	readonly #context: ProgramContext;

	constructor(dump: Dump, clients: ClientPrograms, context: ProgramContext) {
		this.#dump = dump;
		this.#clients = clients;
		this.#context = context;
	}

	/** @throws `target-unusable`; what the dump throws; `aborted` */
	async list(): Promise<ArchiveList> {
		return readArchiveList((await this.#collect(['--create', '--list'])).toString());
	}

	/** The statements of some entries, none of which may be a definition with a body, such as a function. @throws as `list` */
	async statementsOf(entries: readonly ArchiveEntry[]): Promise<string[]> {
		const list = Buffer.from(entries.map(({line}) => `${line}\n`).join(''));
		return entries.length === 0 ? [] : readStatements(await this.#collect(['--create', '--file=-', '--use-list=/dev/fd/3'], [list]));
	}

	/** The tables that may have rows of their own, where no rows were dumped. @throws as `list` */
	async emptyTables(list: ArchiveList, hasChecksums: boolean): Promise<readonly TableRows[]> {
		const digests = new TableDigests(hasChecksums);
		for (const statement of await this.statementsOf(list.entries.filter(({text}) => text.startsWith('TABLE ')))) {
			const start = /^CREATE (?:UNLOGGED )?TABLE /.exec(statement)?.[0].length;
			const name = start === undefined || /\nPARTITION BY [^\n]*;$/.test(statement) ? undefined : readTableName(statement, start);
			if (name) {
				digests.table(name.table);
			}
		}

		return digests.all();
	}

	/** @throws as `list` */
	async tables(hasChecksums: boolean): Promise<readonly TableRows[]> {
		const reader = new TableReader(hasChecksums);
		for await (const piece of this.#read(['--section=data', '--file=-'])) {
			reader.add(piece);
		}

		return reader.finish('target-unusable', `The dump of the database "${this.#dump.name}"`);
	}

	async #collect(argv: readonly string[], files: readonly Uint8Array[] = []): Promise<Buffer> {
		const pieces: Buffer[] = await Array.fromAsync(this.#read(argv, files));

		return Buffer.concat(pieces);
	}

	async * #read(argv: readonly string[], files: readonly Uint8Array[] = []): AsyncGenerator<Buffer, void, undefined> {
		try {
			yield * pipeProgram({
				program: path.join(this.#clients.folder, 'pg_restore'), arguments: argv, secretFiles: files,
				what: `Reading the dump of the database "${this.#dump.name}"`, failureCode: 'target-unusable',
			}, this.#context, this.#dump.read(), {mayLeaveInput: true});
		} catch (error) {
			throw withAdvice(error);
		}
	}
}
