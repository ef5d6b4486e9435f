import {renameSync} from 'node:fs';
import {CofferError, errorText, systemErrorCode} from '../errors.ts';
import type {Runtime} from '../runtime.ts';
import {StateConnection} from './connection.ts';
import {companions, createDatabase, ForeignSchema, identityOf, isCircumstance, isSound, isSqliteError, openDatabase} from './database-file.ts';
import {UnexpectedShape} from './shapes.ts';

export type StateContext = {
	readonly runtime: Runtime;
	/** Told what a person should know, such as a damaged file that was set aside. */
	readonly warn: (message: string) => void;
};

type Opened = {readonly connection: StateConnection; readonly identity: string; readonly obstacle?: Error};

/** Whether a call of the system or of SQLite failed, or what it brought is of no use; anything else is a mistake in the program. */
function isForeseen(error: unknown): boolean {
	return isSqliteError(error) || error instanceof UnexpectedShape || error instanceof ForeignSchema || (error instanceof Error && 'syscall' in error);
}

/**
The SQLite database in which this host remembers things. Several processes may use it at once. It is opened at the first use and made by the first writing.
A damaged one is set aside (`NAME.damaged-TIME`), with a warning, and begun anew.
*/
export class StateDatabase {
	readonly file: string;
	readonly #context: StateContext;
	#opened: Opened | undefined;
	/** Of the file that was opened last, or could not be. */
	#identity: string | undefined;

	/** @param file - Absolute. */
	constructor(file: string, context: StateContext) {
		this.file = file;
		this.#context = context;
	}

	/**
	@param empty - What is remembered where there is no database.
	@throws `state-failed`; what `action` throws
	*/
	read<Result>(action: (connection: StateConnection) => Result, empty: Result): Result {
		return this.#guard('read', () => {
			const connection = this.#connect();
			return connection === undefined ? empty : action(connection);
		});
	}

	/**
	Change something, all or nothing.
	@param options.isDurable - See `StateConnection.inTransaction`. @default true
	@throws `state-failed`; what `action` throws
	*/
	write<Result>(action: (connection: StateConnection) => Result, {isDurable = true}: {readonly isDurable?: boolean} = {}): Result {
		return this.#guard('written', () => {
			let connection = this.#connect();
			if (connection === undefined) {
				createDatabase(this.file, this.#context.runtime);
				connection = this.#connect()!;
			}

			const {obstacle} = this.#opened!;
			// Before the action, which may do more than write here.
			if (obstacle) {
				throw obstacle;
			}

			const open = connection;
			return open.inTransaction(() => action(open), isDurable);
		});
	}

	/** May be used again afterwards. */
	close(): void {
		const opened = this.#opened;
		this.#opened = undefined;
		opened?.connection.database.close();
	}

	#connect(): StateConnection | undefined {
		const identity = identityOf(this.file);
		// Somebody took the file away, or set it aside: what is remembered from now on must go where others look for it.
		if (this.#opened !== undefined && (this.#opened.identity !== identity || this.#opened.obstacle)) {
			this.close();
		}

		if (this.#opened === undefined && identity !== undefined) {
			this.#identity = identity;
			const {database, obstacle} = openDatabase(this.file);
			this.#opened = {connection: new StateConnection(database), identity, ...(obstacle && {obstacle})};
		}

		return this.#opened?.connection;
	}

	#guard<Result>(participle: string, attempt: () => Result): Result {
		try {
			try {
				return attempt();
			} catch (error) {
				if (!this.#isDamage(error)) {
					throw error;
				}

				this.#setAside(error);
				return attempt();
			}
		} catch (error) {
			throw isForeseen(error) ? this.#failure(participle, error) : error;
		}
	}

	#failure(participle: string, error: unknown): CofferError {
		return new CofferError('state-failed', `What this host remembers could not be ${participle} (${this.file}): ${errorText(error)}`, {context: {file: this.file}, cause: error});
	}

	#isDamage(error: unknown): boolean {
		if (error instanceof UnexpectedShape || error instanceof ForeignSchema || isSqliteError(error, 'CORRUPT', 'NOTADB')) {
			return true;
		}

		return isSqliteError(error) && !isCircumstance(error) && this.#opened !== undefined && !isSound(this.#opened.connection.database);
	}

	#setAside(reason: unknown): void {
		this.close();
		if (identityOf(this.file) !== this.#identity) {
			return;
		}

		const aside = `${this.file}.damaged-${this.#context.runtime.now()}`;
		try {
			// The database last: only then may another process make a new one, whose companions must stay.
			for (const suffix of [...companions, '']) {
				try {
					renameSync(`${this.file}${suffix}`, `${aside}${suffix}`);
				} catch (error) {
					if (systemErrorCode(error) !== 'ENOENT') {
						throw error;
					}
				}
			}
		} catch (error) {
			throw this.#failure('set aside, though it is damaged', error);
		}

		const flaw = reason instanceof ForeignSchema && reason.isLater ? 'was written by a later version of coffer' : 'was damaged';
		this.#context.warn(`What this host remembered in ${this.file} ${flaw}. It was set aside as ${aside} and is begun anew; the repository itself is not touched by this.`);
	}
}
