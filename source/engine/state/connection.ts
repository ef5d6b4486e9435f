import type {DatabaseSync, StatementSync} from 'node:sqlite';

/** As SQLite gives it. */
export type Row = Readonly<Record<string, unknown>>;
/** `undefined` becomes NULL. */
export type Cell = string | number | undefined;

/** An open database, with each statement prepared once. */
export class StateConnection {
	readonly database: DatabaseSync;
	readonly #statements = new Map<string, StatementSync>();

	constructor(database: DatabaseSync) {
		this.database = database;
	}

	/** All rows of a query. */
	all(sql: string, ...cells: readonly Cell[]): Row[] {
		return this.#prepare(sql).all(...toNull(cells));
	}

	/** How many rows a statement changed. */
	run(sql: string, ...cells: readonly Cell[]): number {
		return Number(this.#prepare(sql).run(...toNull(cells)).changes);
	}

	/**
	Do everything or nothing. No other process writes meanwhile.
	@param isDurable - Whether it is to outlast a power cut at once; else that comes with the next checkpoint.
	*/
	inTransaction<Result>(action: () => Result, isDurable: boolean): Result {
		const {database} = this;
		database.exec(`PRAGMA synchronous = ${isDurable ? 'FULL' : 'NORMAL'}; BEGIN IMMEDIATE`);
		try {
			const result = action();
			database.exec('COMMIT');
			return result;
		} catch (error) {
			// After some errors, such as a full disk, SQLite has done it itself.
			if (database.isTransaction) {
				database.exec('ROLLBACK');
			}

			throw error;
		}
	}

	#prepare(sql: string): StatementSync {
		let statement = this.#statements.get(sql);
		if (statement === undefined) {
			statement = this.database.prepare(sql);
			this.#statements.set(sql, statement);
		}

		return statement;
	}
}

function toNull(cells: readonly Cell[]): Array<string | number | null> {
	return cells.map(cell => cell ?? null);
}
