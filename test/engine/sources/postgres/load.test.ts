import {optionalTest} from '../../../helpers/optional-test.ts';
import {PostgresRepository} from '../../../helpers/postgres-repository.ts';
import {zoo, zooRows, zooWitness} from '../../../helpers/postgres-zoo.ts';
import {postgresLack, TestPostgres} from '../../../services/postgres.ts';
import {usePostgres} from '../../../services/use-postgres.ts';

const server = usePostgres();

/** What the dump leaves to the server: owners, privileges, settings, as one text. */
const ownership = `select json_build_array(
	(select json_agg(json_build_array(relname, pg_get_userbyid(relowner), relacl) order by relname) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')),
	(select json_build_array(pg_get_userbyid(datdba), datacl, datconnlimit, datcollate, pg_encoding_to_char(encoding), shobj_description(oid, 'pg_database')) from pg_database where datname = current_database()),
	(select json_agg(json_build_array(setrole::regrole, setconfig) order by setrole::regrole::text) from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())),
	(select json_agg(json_build_array(rolname, rolcanlogin, rolpassword, rolconnlimit) order by rolname) from pg_authid where rolname in ('owner', 'Re ader')),
	(select json_agg(json_build_array(roleid::regrole, member::regrole)) from pg_auth_members where member in (select oid from pg_roles where rolname in ('owner', 'Re ader'))))`;

optionalTest(postgresLack, 'a database of everything comes back on the same server and on a fresh one: rows, checksums, values of sequences, large objects, owners, privileges, roles, settings', async t => {
	const one = server();
	one.sql(`create role owner login password 'x' connection limit 7; create role "Re ader"; grant "Re ader" to owner; comment on role owner is E'o\\\\';
		create database "zoo ""1""" owner owner encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8' template template0 connection limit 9;
		comment on database "zoo ""1""" is 'all kinds'; alter database "zoo ""1""" set work_mem = '8MB'; alter role owner in database "zoo ""1""" set work_mem = '9MB'; grant connect on database "zoo ""1""" to "Re ader";`);
	one.sql(zoo, 'zoo "1"');
	one.sql('alter table parent owner to owner; grant select on parent to "Re ader" with grant option; alter default privileges for role owner grant select on tables to "Re ader"; grant select on plain to "Re ader", owner;', 'zoo "1"');
	const repository = await PostgresRepository.create();
	const {snapshot} = await repository.backUp(one, {databases: ['zoo "1"']});
	t.like(snapshot.facts?.databases?.[0], {name: 'zoo "1"', tables: 10, rows: 84});

	const second = await repository.load(one, snapshot, {database: 'zoo/2'});
	t.deepEqual([second.problems, second.notes], [[], []]);
	t.like(second.databases[0], {into: 'zoo/2', tables: 10, rows: 84, compared: 'checksums'});
	const fresh = await TestPostgres.start();
	try {
		const third = await repository.load(fresh, snapshot);
		t.deepEqual(third.problems, []);
		t.is(third.notes.length, 1);
		t.regex(third.notes[0]!, /Created as the snapshot has them: roles "Re ader", "owner"/);
		const witness = one.sql(zooWitness, 'zoo "1"');
		t.is(one.sql(zooWitness, 'zoo/2'), witness);
		t.is(fresh.sql(zooWitness, 'zoo "1"'), witness);
		t.is(fresh.sql(ownership, 'zoo "1"'), one.sql(ownership, 'zoo "1"'));
		t.is(fresh.sql('select shobj_description(\'owner\'::regrole, \'pg_authid\')'), 'o\\');

		const counted = await repository.load(fresh, snapshot, {database: 'counted', hasChecksums: false});
		t.deepEqual(counted.problems, []);
		t.like(counted.databases[0], {rows: 84, compared: 'rows'});

		const {snapshot: schema} = await repository.backUp(one, {databases: ['zoo "1"'], schemaOnly: true});
		const bare = await repository.load(fresh, schema, {database: 'bare'});
		t.deepEqual(bare.problems, []);
		t.like(bare.databases[0], {rows: 0, tables: 10});
	} finally {
		await fresh.stop();
	}

	t.log(`${Object.keys(zooRows).length} tables, 84 rows, on 2 servers, in 4 databases`);
});

optionalTest(postgresLack, 'a write load runs while the dump is taken: what comes back is one moment of it', async t => {
	server().sql('create database bank');
	server().run('pgbench', ['--initialize', '--quiet', '--scale=1', 'bank']);
	const repository = await PostgresRepository.create();
	const load = server().begin('pgbench', ['--client=3', '--time=600', '--no-vacuum', 'bank']);
	try {
		const transactions = () => Number(server().sql('select count(*) from pgbench_history', 'bank'));
		while (transactions() === 0) {
			// Its first transaction is soon there.
		}

		const before = transactions();
		const {snapshot} = await repository.backUp(server(), {databases: ['bank'], globals: false});
		const during = transactions() - before;
		t.true(during > 0);
		const summary = await repository.load(server(), snapshot, {database: 'bank again'});
		t.deepEqual([summary.problems, summary.notes], [[], []]);
		t.like(summary.databases[0], {rows: snapshot.facts!.databases![0]!.rows, compared: 'checksums'});
		const sums = server().sql('select (select sum(abalance) from pgbench_accounts), (select sum(tbalance) from pgbench_tellers), (select sum(bbalance) from pgbench_branches), (select sum(delta) from pgbench_history)', 'bank again').split('|');
		t.is(new Set(sums).size, 1, sums.join(' '));
		const kept = Number(server().sql('select count(*) from pgbench_history', 'bank again'));
		t.true(kept >= before && kept <= before + during, `${kept}`);
		t.log(`${during} transactions while the dump ran, ${kept} of ${before + during} in it; ${summary.databases[0]!.rows} rows`);
	} finally {
		load.kill('SIGKILL');
	}
});
