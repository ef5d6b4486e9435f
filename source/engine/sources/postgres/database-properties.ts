import type {Archive} from './archive.ts';
import type {ArchiveList} from './archive-list.ts';
import {quoteIdentifier, readIdentifier} from './identifier.ts';
import {readGrantees} from './roles.ts';

/** How a database itself is made anew: what `pg_restore --create` would do, under another name. */
export type DatabaseProperties = {
	/** The part of `CREATE DATABASE` after the name: encoding, locale, template. */
	readonly creation: string;
	/** Settings and comment of the database. */
	readonly settings: readonly string[];
	/** Owner and privileges of the database, settings of roles in it. */
	readonly ownership: readonly string[];
	/** Roles that are granted something, in the database or on it. */
	readonly grantees: ReadonlySet<string>;
};

const ofDatabase = /^(?:DATABASE|DATABASE PROPERTIES|(?:COMMENT|ACL) - DATABASE) /;
const ofPrivileges = /^(?:ACL|DEFAULT ACL) /;
const beforeName = /^(?:(?:CREATE|ALTER) DATABASE |COMMENT ON DATABASE |(?:GRANT|REVOKE) [^"']* ON DATABASE |ALTER ROLE (?:"(?:[^"]|"")*"|\S+) IN DATABASE )/;

/** @param name - Of the database that is to be made. @throws as `Archive.list` */
export async function readDatabaseProperties(archive: Archive, {entries}: ArchiveList, name: string): Promise<DatabaseProperties> {
	const statements = await archive.statementsOf(entries.filter(({text}) => ofDatabase.test(text) || ofPrivileges.test(text)));
	let creation = ' WITH TEMPLATE = template0;';
	const settings: string[] = [];
	const ownership: string[] = [];
	for (const statement of statements) {
		const start = beforeName.exec(statement)?.[0];
		const database = start === undefined ? undefined : readIdentifier(statement, start.length);
		if (start === undefined || !database) {
			continue;
		}

		const rest = statement.slice(database.end);
		const renamed = `${start}${quoteIdentifier(name)}${rest}`;
		if (start.startsWith('CREATE ')) {
			creation = rest.replace(/ TABLESPACE = (?:"(?:[^"]|"")*"|[^\s;]+)/, '');
		} else if (/^(?:GRANT|REVOKE|ALTER ROLE) /.test(start) || rest.startsWith(' OWNER TO ')) {
			ownership.push(renamed);
		} else if (!rest.startsWith(' IS_TEMPLATE ')) {
			settings.push(renamed);
		}
	}

	return {creation, settings, ownership, grantees: readGrantees(statements)};
}
