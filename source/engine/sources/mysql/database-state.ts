import type {DatabaseState} from '../databases/dump-target.ts';
import {sqlText, type MysqlServer} from './mysql-server.ts';

/** What a database has; `undefined` where there is none of that name. @throws the server's failure code, `aborted` */
export async function readState(server: MysqlServer, database: string): Promise<DatabaseState | undefined> {
	const name = sqlText(database);
	const rows = await server.query(`
		SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = ${name};
		SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = ${name} AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED');
		SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = ${name};
		SELECT COUNT(*) FROM information_schema.routines WHERE routine_schema = ${name};
		SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema = ${name};
		SELECT COUNT(*) FROM information_schema.events WHERE event_schema = ${name};
	`, `The look at the database "${database}" at ${server.place}`);
	const [databases = 0, tables = 0, ...others] = rows.map(([count]) => Number(count));
	return databases === 0 ? undefined : {tables, objects: others.reduce((sum, count) => sum + count, 0)};
}

/** The accounts that views, triggers, routines and events of a database run as and that are not there; none where this user may not read who is. @throws the server's failure code, `aborted` */
export async function findMissingDefiners(server: MysqlServer, database: string): Promise<readonly string[]> {
	const name = sqlText(database);
	const readable = await server.query('SHOW GRANTS;', `The privileges of this user at ${server.place}`);
	if (readable.every(([grant = '']) => !/^GRANT (?:.*\bSELECT\b.*|ALL PRIVILEGES) ON (?:\*|`mysql`)\.\* /.test(grant))) {
		return [];
	}

	return server.queryNames(`
		SELECT HEX(d.definer) FROM (
			SELECT definer FROM information_schema.views WHERE table_schema = ${name}
			UNION SELECT definer FROM information_schema.triggers WHERE trigger_schema = ${name}
			UNION SELECT definer FROM information_schema.routines WHERE routine_schema = ${name}
			UNION SELECT definer FROM information_schema.events WHERE event_schema = ${name}
		) d WHERE NOT EXISTS (SELECT 1 FROM mysql.user u WHERE CONVERT(CONCAT(u.user, IF(u.host = '', '', CONCAT('@', u.host))) USING utf8mb4) = CONVERT(d.definer USING utf8mb4)) ORDER BY 1;
	`, `The look at the definers of the database "${database}" at ${server.place}`);
}
