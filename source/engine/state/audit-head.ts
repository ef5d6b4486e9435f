import path from 'node:path';
import type {AuditHead} from '../audit-head.ts';
import type {RepositoryId} from '../ids.ts';
import type {StateConnection} from './connection.ts';
import {StateDatabase, type StateContext} from './database.ts';
import {databaseName} from './database-name.ts';
import {readPlace} from './places.ts';
import {toCount, toText} from './shapes.ts';

function readHead(connection: StateConnection, repository: RepositoryId): AuditHead | undefined {
	const [row] = connection.all('SELECT number, mac FROM audit_head WHERE repository = ?', repository);
	return row && {number: toCount(row['number']), mac: toText(row['mac'])};
}

/** The end of a repository's audit log on this host, as the state remembers it: a door of this folder, as `HostState` is. It also keeps processes from writing to the log at once. */
export class AuditHeadState {
	readonly #database: StateDatabase;
	readonly #repository: RepositoryId;
	readonly #context: StateContext;

	/** @param stateFolder - Absolute; made when something is first written. */
	constructor(stateFolder: string, repository: RepositoryId, context: StateContext) {
		this.#database = new StateDatabase(path.join(stateFolder, databaseName), context);
		this.#repository = repository;
		this.#context = context;
	}

	/** `undefined` before the first entry. @throws `state-failed` */
	read(): AuditHead | undefined {
		return this.#database.read(connection => readHead(connection, this.#repository), undefined);
	}

	/**
	Do something while no other process does, and remember the end that it gives. That need not outlast a power cut at once: the log itself does.
	@param append - Is given the end that is remembered.
	@throws `state-failed`; what `append` throws, and nothing is remembered then
	*/
	advance(append: (known: AuditHead | undefined) => AuditHead): AuditHead {
		return this.#database.write(connection => {
			const head = append(readHead(connection, this.#repository));
			const time = new Date(this.#context.runtime.now()).toISOString();
			connection.run('INSERT OR REPLACE INTO audit_head (repository, number, mac, time) VALUES (?, ?, ?, ?)', this.#repository, head.number, head.mac, time);
			return head;
		}, {isDurable: false});
	}

	/** Do something while no other process writes to the log. @param look - Is given the end that is remembered. @throws `state-failed`; what `look` throws */
	look<Result>(look: (known: AuditHead | undefined) => Result): Result {
		return this.#database.write(connection => look(readHead(connection, this.#repository)), {isDurable: false});
	}

	/** May be used again afterwards. */
	close(): void {
		this.#database.close();
	}
}

/**
The end of the audit log of the repository at a URL, as this host remembers it, for messages that leave this host.
@returns `undefined` where there is none yet
@throws `state-failed`
*/
export function readAuditHead(stateFolder: string, url: string, context: StateContext): AuditHead | undefined {
	const database = new StateDatabase(path.join(stateFolder, databaseName), context);
	try {
		return database.read(connection => {
			const repository = readPlace(connection, url);
			return repository && readHead(connection, repository);
		}, undefined);
	} finally {
		database.close();
	}
}
