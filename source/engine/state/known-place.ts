import path from 'node:path';
import type {RepositoryId} from '../ids.ts';
import {StateDatabase, type StateContext} from './database.ts';
import {databaseName} from './database-name.ts';
import {readPlace} from './places.ts';

/**
Which repository this host knows at a URL, for when that cannot be opened.
@returns `undefined` where it knows none
@throws `state-failed`
*/
export function readKnownPlace(stateFolder: string, url: string, context: StateContext): RepositoryId | undefined {
	const database = new StateDatabase(path.join(stateFolder, databaseName), context);
	try {
		return database.read(connection => readPlace(connection, url), undefined);
	} finally {
		database.close();
	}
}
