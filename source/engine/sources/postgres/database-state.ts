import type {DatabaseState} from '../databases/dump-target.ts';
import {quoteLiteral} from './identifier.ts';
import type {PostgresServer} from './server.ts';

/** Objects below this number came with the server (FirstNormalObjectId). */
const firstOwnId = 16_384;

const kinds = [
	'select oid, \'pg_class\'::regclass as class from pg_catalog.pg_class where relkind in (\'r\', \'p\', \'v\', \'m\', \'S\', \'f\') and relpersistence <> \'t\'',
	'select oid, \'pg_type\'::regclass from pg_catalog.pg_type where typtype in (\'e\', \'d\', \'r\') or (typtype = \'c\' and (select relkind from pg_catalog.pg_class where oid = typrelid) = \'c\')',
	...['pg_proc', 'pg_namespace', 'pg_operator', 'pg_collation', 'pg_ts_config', 'pg_ts_dict', 'pg_cast', 'pg_event_trigger', 'pg_publication', 'pg_foreign_server']
		.map(name => `select oid, '${name}'::regclass from pg_catalog.${name}`),
	'select oid, \'pg_largeobject_metadata\'::regclass from pg_catalog.pg_largeobject_metadata',
];

const sql = `with own as (
	select * from (${kinds.join(' union all ')}) as everything
	where oid >= ${firstOwnId} and not exists (select from pg_catalog.pg_depend where classid = class and objid = oid and deptype = 'e')
		and not (class = 'pg_namespace'::regclass and exists (select from pg_catalog.pg_namespace as n where n.oid = everything.oid and nspname ~ '^pg_(toast_)?temp_'))
)
select json_build_object('objects', (select count(*) from own), 'tables', (
	select count(*) from own join pg_catalog.pg_class as c on own.class = 'pg_class'::regclass and c.oid = own.oid where relkind in ('r', 'p', 'f')
));`;

/** Whether there is a database of that name. @param from - A database that is there. */
export async function hasDatabase(server: PostgresServer, from: string, name: string): Promise<boolean> {
	return server.query<boolean>(from, `select to_json(exists (select from pg_catalog.pg_database where datname = ${quoteLiteral(name)}));`);
}

/** What somebody has made in a database: neither what came with the server nor what extensions brought. */
export async function askDatabaseState(server: PostgresServer, database: string): Promise<DatabaseState> {
	return server.query<DatabaseState>(database, sql);
}
