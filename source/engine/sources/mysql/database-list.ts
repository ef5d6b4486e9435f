import {CofferError} from '../../errors.ts';
import type {MysqlSource} from '../source.ts';
import type {SourceContext} from '../source-stream.ts';
import {sqlName, sqlText, type MysqlServer} from './mysql-server.ts';
import {hasPrivilege, readPrivileges} from './privileges.ts';

const systemDatabases = ['information_schema', 'performance_schema', 'sys', 'mysql'] as const;

const quoted = (names: readonly string[]): string => names.map(name => `"${name}"`).join(', ');

/**
The databases that are to be dumped.
@param wanted - @default all but the server's own
@throws `source-missing` where one is not there, or none is; `source-failed`, `aborted`
*/
export async function listDatabases(server: MysqlServer, wanted: MysqlSource['databases']): Promise<readonly string[]> {
	const there = await server.queryNames('SELECT HEX(schema_name) FROM information_schema.schemata ORDER BY schema_name;', `The list of the databases at ${server.place}`);
	if (wanted === undefined) {
		const own = there.filter(name => !systemDatabases.includes(name.toLowerCase() as typeof systemDatabases[number]));
		if (own.length === 0) {
			throw new CofferError('source-missing', `The server at ${server.place} has no database that this user may see. Grant it what docs/sources/mysql.md lists, or name the databases.`);
		}

		return own;
	}

	const missing = wanted.filter(name => !there.includes(name));
	if (missing.length > 0) {
		throw new CofferError('source-missing', `The server at ${server.place} has no database ${quoted(missing)}, or this user may not see it. It shows: ${quoted(there)}.`);
	}

	return [...new Set(wanted)];
}

/** Warn of what a dump of these databases cannot hold, or not as of one moment. @throws `source-failed`, `aborted` */
export async function warnOfGaps(server: MysqlServer, databases: readonly string[], {warn}: SourceContext): Promise<void> {
	const what = `The look at the databases at ${server.place}`;
	const list = databases.map(name => sqlText(name)).join(', ');
	const rows = await server.query(`SELECT HEX(t.table_schema), COUNT(*) FROM information_schema.tables t LEFT JOIN information_schema.engines e ON e.engine = t.engine
		WHERE t.table_schema IN (${list}) AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') AND COALESCE(e.transactions, 'NO') <> 'YES' GROUP BY t.table_schema;`, what);
	for (const [hex = '', count = ''] of rows) {
		warn(`${count} ${count === '1' ? 'table' : 'tables'} of the database "${Buffer.from(hex, 'hex').toString()}" cannot be read as of one moment, as their storage engine has no transactions (such as MyISAM and Aria): what is written to them during the dump may be in it by halves. "ALTER TABLE … ENGINE=InnoDB" changes that.`);
	}

	const privileges = readPrivileges((await server.query('SHOW GRANTS;', what)).map(([grant = '']) => grant));
	const lacking = (name: string) => databases.filter(database => !hasPrivilege(privileges, name, database));
	const hidden = lacking('TRIGGER');
	if (hidden.length > 0) {
		warn(`The user of the backup lacks the privilege TRIGGER on ${quoted(hidden)}: triggers are hidden from it, and missing in the dump. Run: ${hidden.map(name => `GRANT TRIGGER ON ${sqlName(name)}.* TO …;`).join(' ')}`);
	}

	const isSeesRoutines = [['SELECT', 'mysql'], ['SHOW_ROUTINE', '*'], ['SHOW CREATE ROUTINE', '*']].some(([name, database]) => hasPrivilege(privileges, name!, database!));
	if (!isSeesRoutines) {
		warn(`The user of the backup may not read the routines of others, so that procedures and functions may be missing in the dump. Run: ${server.version.isMariaDb ? 'GRANT SELECT ON mysql.proc TO …;' : 'GRANT SHOW_ROUTINE ON *.* TO …;'}`);
	}
}
