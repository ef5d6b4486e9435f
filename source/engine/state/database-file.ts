import {closeSync, fchmodSync, linkSync, openSync, renameSync, rmSync, statSync} from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {DatabaseSync} from 'node:sqlite';
import {systemErrorCode} from '../errors.ts';
import {makeFolders} from '../make-folders.ts';
import type {Runtime} from '../runtime.ts';
import {canBringForward, readPragma} from './migration.ts';
import {fileMark, schema, schemaVersion} from './schema.ts';

/** So long another process is waited for, in milliseconds. None holds the database for longer than a few. */
const busyTimeoutMs = 3000;

/** What SQLite keeps beside a database while it is in use. */
export const companions = ['-wal', '-shm'] as const;

/** Primary result codes (sqlite.org/rescode.html). */
const codes = {PERM: 3, BUSY: 5, LOCKED: 6, NOMEM: 7, READONLY: 8, INTERRUPT: 9, IOERR: 10, CORRUPT: 11, FULL: 13, CANTOPEN: 14, NOTADB: 26} as const;
type CodeName = keyof typeof codes;

/** Whether SQLite failed with one of these results. */
export function isSqliteError(error: unknown, ...names: readonly CodeName[]): boolean {
	const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xFF : undefined;
	return code !== undefined && (names.length === 0 || names.some(name => codes[name] === code));
}

/** Whether the surroundings failed, and not the file: it says nothing against what is in it. */
export function isCircumstance(error: unknown): boolean {
	return isSqliteError(error, 'PERM', 'BUSY', 'LOCKED', 'NOMEM', 'READONLY', 'INTERRUPT', 'IOERR', 'FULL', 'CANTOPEN');
}

/** A database with tables that this version does not know. */
export class ForeignSchema extends Error {
	override readonly name = 'ForeignSchema';
	/** Whether a later version of this program made it. */
	readonly isLater: boolean;

	constructor(isLater: boolean) {
		super(isLater ? 'written by a later version of coffer' : 'not a database of coffer');
		this.isLater = isLater;
	}
}

/** Which file lies at a path; `undefined` where there is none. */
export function identityOf(file: string): string | undefined {
	try {
		const {dev, ino} = statSync(file, {bigint: true});
		return `${dev}:${ino}`;
	} catch (error) {
		if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) {
			return undefined;
		}

		throw error;
	}
}

function fill(file: string): void {
	const database = new DatabaseSync(file);
	try {
		// Nobody sees this file yet, so it needs no journal; the change to WAL writes a header only.
		database.exec('PRAGMA journal_mode = MEMORY');
		database.exec(schema);
		database.exec('PRAGMA journal_mode = WAL');
	} finally {
		database.close();
	}
}

/** What a database that is gone has left beside it: SQLite would take it for the new one's. */
function removeLeftovers(file: string): void {
	for (const suffix of companions) {
		if (identityOf(file) === undefined) {
			rmSync(`${file}${suffix}`, {force: true});
		}
	}
}

/** Give the file its name, unless there is one already. */
function publish(temporary: string, file: string): void {
	try {
		linkSync(temporary, file);
	} catch (error) {
		if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(systemErrorCode(error) ?? '')) {
			throw error;
		}

		// This file system has no hard links.
		renameSync(temporary, file);
	}
}

/**
Make an empty database of mode 0600, its folders 0700. It appears with all its tables or not at all; one that another process made meanwhile is left as it is.
@throws what the system and SQLite throw
*/
export function createDatabase(file: string, runtime: Runtime): void {
	makeFolders(path.dirname(file));
	const temporary = `${file}.${runtime.randomBytes(8).toString('hex')}.tmp`;
	try {
		const descriptor = openSync(temporary, 'wx', 0o600);
		try {
			fchmodSync(descriptor, 0o600);
		} finally {
			closeSync(descriptor);
		}

		fill(temporary);
		removeLeftovers(file);
		publish(temporary, file);
	} catch (error) {
		if (systemErrorCode(error) !== 'EEXIST') {
			throw error;
		}
	} finally {
		for (const suffix of ['', ...companions, '-journal']) {
			rmSync(`${temporary}${suffix}`, {force: true});
		}
	}
}

/** See that the tables are ours, and bring those of an earlier version forward. */
function prepare(database: DatabaseSync, isMakeshift: boolean): void {
	const isOurs = readPragma(database, 'application_id') === fileMark;
	const version = readPragma(database, 'user_version');
	if (!isOurs || version > schemaVersion || !canBringForward(database, isMakeshift)) {
		throw new ForeignSchema(isOurs && version > schemaVersion);
	}
}

export type OpenedDatabase = {
	readonly database: DatabaseSync;
	/** Why it is only for reading, and perhaps not what other processes write from now on. @default it is not */
	readonly obstacle?: Error;
};

/**
Open a database that is there; one of an earlier version is brought forward. Where nothing can be written beside it, it is opened for reading only; where that needs a file beside it, too, as it is.
@throws ForeignSchema; what SQLite throws
*/
export function openDatabase(file: string): OpenedDatabase {
	const asItIs = pathToFileURL(file);
	asItIs.search = '?immutable=1';
	const ways = [
		() => new DatabaseSync(file, {timeout: busyTimeoutMs}),
		() => new DatabaseSync(file, {timeout: busyTimeoutMs, readOnly: true}),
		() => new DatabaseSync(asItIs, {readOnly: true}),
	];
	let obstacle: Error | undefined;
	for (const [index, open] of ways.entries()) {
		let database: DatabaseSync | undefined;
		try {
			database = open();
			prepare(database, index > 0);
			// A megabyte is brought over at a time; SQLite's default lets the file beside grow to four.
			database.exec('PRAGMA wal_autocheckpoint = 256');
			return {database, ...(obstacle && {obstacle})};
		} catch (error) {
			database?.close();
			if (index === ways.length - 1 || !isSqliteError(error, 'CANTOPEN', 'READONLY', 'PERM', 'IOERR', 'FULL')) {
				throw error;
			}

			obstacle ??= error as Error;
		}
	}

	throw new RangeError('No way to open a database');
}

function tablesOf(database: DatabaseSync): string {
	return JSON.stringify(database.prepare('SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').all());
}

/** Whether SQLite finds nothing wrong with a database, and it has our tables. Reads all of it: only for when an error suggests damage. */
export function isSound(database: DatabaseSync): boolean {
	const pattern = new DatabaseSync(':memory:');
	try {
		pattern.exec(schema);
		const [verdict] = database.prepare('PRAGMA quick_check(1)').all();
		return Object.values(verdict ?? {})[0] === 'ok' && tablesOf(database) === tablesOf(pattern);
	} catch (error) {
		return isCircumstance(error);
	} finally {
		pattern.close();
	}
}
