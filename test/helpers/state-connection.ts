import {DatabaseSync} from 'node:sqlite';
import {StateConnection} from '../../source/engine/state/connection.ts';

/** Work on the tables of a state database themselves. */
export function withStateConnection<Result>(file: string, action: (connection: StateConnection) => Result): Result {
	const database = new DatabaseSync(file);
	try {
		return action(new StateConnection(database));
	} finally {
		database.close();
	}
}
