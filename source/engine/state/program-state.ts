import path from 'node:path';
import type {StateConnection} from './connection.ts';
import {StateDatabase, type StateContext} from './database.ts';
import {databaseName} from './database-name.ts';
import {parseJson, toRecord, toText, toTime} from './shapes.ts';

/** The files of this program, as this host has seen them first under one version. */
export type SeenProgram = {
	readonly version: string;
	/** SHA-256 in hexadecimal digits, by the path below the program's folder. */
	readonly files: ReadonlyMap<string, string>;
	/** When: RFC 3339. */
	readonly time: string;
};

function readProgram(connection: StateConnection, folder: string): SeenProgram | undefined {
	const [row] = connection.all('SELECT * FROM program_seen WHERE folder = ?', folder);
	return row && {
		version: toText(row['version']),
		files: new Map(Object.entries(toRecord(parseJson(row['files']))).map(([name, digest]) => [name, toText(digest)])),
		time: toTime(row['time']),
	};
}

/**
What this host remembers of the program itself: a door of this folder, which needs no repository.
*/
export class ProgramState {
	readonly #database: StateDatabase;
	readonly #folder: string;

	/**
	@param stateFolder - Absolute; made when something is first written.
	@param folder - Of the program: absolute.
	*/
	constructor(stateFolder: string, folder: string, context: StateContext) {
		this.#database = new StateDatabase(path.join(stateFolder, databaseName), context);
		this.#folder = folder;
	}

	/** `undefined` where it was never seen. @throws `state-failed` */
	read(): SeenProgram | undefined {
		return this.#database.read(connection => readProgram(connection, this.#folder), undefined);
	}

	/** Remember it in the place of what was seen before. @throws `state-failed` */
	write({version, files, time}: SeenProgram): void {
		this.#database.write(connection => {
			connection.run('INSERT OR REPLACE INTO program_seen (folder, version, files, time) VALUES (?, ?, ?, ?)', this.#folder, version, JSON.stringify(Object.fromEntries(files)), time);
		});
	}

	/** May be used again afterwards. */
	close(): void {
		this.#database.close();
	}
}
