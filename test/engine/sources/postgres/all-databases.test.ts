import {Buffer} from 'node:buffer';
import {spawnSync} from 'node:child_process';
import path from 'node:path';
import {openPostgres} from '../../../../source/engine/sources/postgres/open-postgres.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {zoo, zooRows} from '../../../helpers/postgres-zoo.ts';
import {createSourceContext, readStream} from '../../../helpers/source-context.ts';
import {postgresLack} from '../../../services/postgres.ts';
import {usePostgres} from '../../../services/use-postgres.ts';

const server = usePostgres();

optionalTest(postgresLack, 'every database but templates is dumped, each as pg_restore takes it, with the roles; the facts count what is there', async t => {
	const {host, port, programs} = server();
	server().sql('create database zoo; create database "we/ird ""one""=x\\"; create database closed allow_connections false; create database model is_template true');
	server().sql(zoo, 'zoo');
	server().sql('create table t as select generate_series(1, 7) as id', 'we/ird "one"=x\\');
	const context = createSourceContext({readSecret: async () => Buffer.from(server().url(''))});
	const stream = await openPostgres({kind: 'postgres', name: 'crm', url: {env: 'DATABASE_URL'}}, context);
	const files = await readStream(stream);
	const {databases = [], origin} = stream.facts();
	t.deepEqual([...files.keys()], ['/globals.sql', '/postgres.dump', '/we%2Fird "one"=x\\.dump', '/zoo.dump']);
	t.deepEqual(stream.paths, ['postgres', 'we/ird "one"=x\\', 'zoo'].map(name => `${name} on ${host}:${port}`));
	const rows = Object.values(zooRows).reduce((sum, count) => sum + count, 0);
	const byTable = Object.keys(zooRows).toSorted().map(name => ({name, rows: zooRows[name]}));
	t.deepEqual(databases.find(({name}) => name === 'zoo'), {name: 'zoo', file: '/zoo.dump', tables: Object.keys(zooRows).length, rows, bytes: files.get('/zoo.dump')!.byteLength, byTable});
	t.like(databases.find(({name}) => name.startsWith('we/ird')), {tables: 1, rows: 7});
	t.regex(origin!, /^PostgreSQL \d+\.\d+$/);
	t.regex(files.get('/globals.sql')!.toString(), /CREATE ROLE admin;/);
	const listed = spawnSync(path.join(programs, 'pg_restore'), ['--list'], {input: files.get('/zoo.dump')!, encoding: 'utf8'});
	t.is(listed.status, 0, listed.stderr);
	t.regex(listed.stdout, /Compression: (?:0|none)/);
	t.deepEqual(context.warned, []);
	t.log(`${files.size} files, ${rows} rows in ${Object.keys(zooRows).length} tables`);
});
