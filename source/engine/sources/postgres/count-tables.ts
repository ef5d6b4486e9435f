import {byName} from '../databases/table-digest.ts';
import type {TableRows} from '../databases/table-rows.ts';
import {quoteIdentifier, tableName} from './identifier.ts';
import type {PostgresServer} from './server.ts';

type FoundTable = {
	readonly schema: string;
	readonly name: string;
	/** Which of its rows are dumped, of tables of extensions, as `WHERE …`. */
	readonly condition: string | null;
};

/** The tables whose rows a dump has: those with rows of their own, and of extensions the ones with settings. */
const tablesSql = `select coalesce(json_agg(json_build_object('schema', nspname, 'name', relname, 'condition', setting.condition)), '[]')
	from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
	left join (select unnest(extconfig) as id, unnest(extcondition) as condition from pg_catalog.pg_extension) as setting on setting.id = c.oid
	where relkind = 'r' and relpersistence <> 't' and nspname !~ '^pg_' and nspname <> 'information_schema'
		and (setting.id is not null or not exists (select from pg_catalog.pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'e'));`;
/** Of one query: the parser is no friend of thousands. */
const tablesPerQuery = 200;

/** Every table of a database, and how many rows it has by itself, without those of tables that inherit from it. @throws as `PostgresServer.query` */
export async function countTables(server: PostgresServer, database: string): Promise<readonly TableRows[]> {
	const tables = await server.query<FoundTable[]>(database, tablesSql);
	const counted: TableRows[] = [];
	for (let start = 0; start < tables.length; start += tablesPerQuery) {
		const part = tables.slice(start, start + tablesPerQuery);
		const counts = part.map(({schema, name, condition}, place) => `select ${place} as place, count(*) as rows from only ${quoteIdentifier(schema)}.${quoteIdentifier(name)} ${condition ?? ''}`);
		const rows = await server.query<number[]>(database, `set row_security = off; select json_agg(rows order by place) from (${counts.join(' union all ')}) as counts;`);
		counted.push(...part.map(({schema, name}, place) => ({name: tableName(schema, name), rows: rows[place]!})));
	}

	return byName(counted);
}
