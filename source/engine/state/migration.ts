import type {DatabaseSync} from 'node:sqlite';
import {migrations, schemaVersion} from './schema.ts';

/** What is written in the header of a database. */
export function readPragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
	return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}

/** @returns `undefined` where some version in between is not known */
function stepsFrom(version: number): string[] | undefined {
	const steps = Array.from({length: schemaVersion - version}, (_, index) => migrations.get(version + index + 1));
	return steps.every(step => step !== undefined) ? steps : undefined;
}

/**
Bring the tables of an earlier version to this one, all of them or none; of several processes that try it at once, one does. Where nothing can be written, the new tables are there, empty, for this connection alone.
@returns Whether they are of this version now
@throws what SQLite throws
*/
export function canBringForward(database: DatabaseSync, isReadOnly: boolean): boolean {
	if (readPragma(database, 'user_version') === schemaVersion) {
		return true;
	}

	if (isReadOnly) {
		const steps = stepsFrom(readPragma(database, 'user_version'));
		database.exec(steps?.join('').replaceAll('CREATE TABLE', 'CREATE TEMP TABLE').replaceAll(/^CREATE INDEX .*$/gm, '') ?? '');
		return steps !== undefined;
	}

	database.exec('PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
	try {
		const steps = stepsFrom(readPragma(database, 'user_version'));
		database.exec(steps === undefined ? '' : `${steps.join('')}; PRAGMA user_version = ${schemaVersion}`);
		database.exec('COMMIT');
		return steps !== undefined;
	} finally {
		if (database.isTransaction) {
			database.exec('ROLLBACK');
		}
	}
}
