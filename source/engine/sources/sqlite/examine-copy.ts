import {DatabaseSync} from 'node:sqlite';
import {errorText} from '../../errors.ts';
import type {TableFacts} from '../../source-facts.ts';

/** What a copy of a database holds, and what is wrong with it. */
export type Examination = {
	/** What `integrity_check` says, at most five lines; none: it is whole. */
	readonly problems: readonly string[];
	readonly tables: readonly TableFacts[];
};

/** A name in SQL (sqlite.org/lang_keywords.html). */
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** SQLITE_CORRUPT and SQLITE_NOTADB, whatever the details (sqlite.org/rescode.html). */
const isDamage = (error: unknown): boolean => [11, 26].includes(((error as {readonly errcode?: number}).errcode ?? 0) & 0xFF);

/**
Check a copy of a database and count what is in it. Reads all of it: not for a thread that has something else to do.
@throws Error of SQLite
*/
export function examineCopy(file: string): Examination {
	const copy = new DatabaseSync(file, {readOnly: true, allowExtension: false});
	try {
		// Whoever could write to the database could write its schema, too (sqlite.org/security.html).
		copy.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON');
		const problems = copy.prepare('PRAGMA integrity_check(5)').all().map(row => String(row['integrity_check'])).filter(line => line !== 'ok');
		const names = copy.prepare('SELECT name FROM sqlite_schema WHERE type = \'table\' AND name NOT LIKE \'sqlite\\_%\' ESCAPE \'\\\' AND rootpage > 0').all().map(row => String(row['name']));
		if (problems.length > 0) {
			return {problems, tables: []};
		}

		const tables = names.map((name): TableFacts =>
			// Names cannot be parameters of SQL; a quoted one is nothing but a name.
			// eslint-disable-next-line unicorn/no-unsafe-sqlite-interpolation
			({name, rows: Number(copy.prepare(`SELECT count(*) AS n FROM ${quoted(name)}`).get()!['n'])}),
		);
		return {problems, tables};
	} catch (error) {
		// Some damage is so bad that it cannot even be looked for.
		if (isDamage(error)) {
			return {problems: [errorText(error)], tables: []};
		}

		throw error;
	} finally {
		copy.close();
	}
}
