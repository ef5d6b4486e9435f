import {Buffer} from 'node:buffer';
import {setTimeout as after} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';
import type {Dump, DumpTarget} from '../../../../source/engine/sources/databases/dump-target.ts';
import {openPostgres} from '../../../../source/engine/sources/postgres/open-postgres.ts';
import {createPostgresTargetOpener} from '../../../../source/engine/sources/postgres/open-postgres-target.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createClients, ofVersion} from '../../../helpers/postgres-clients.ts';
import {zoo, zooRows} from '../../../helpers/postgres-zoo.ts';
import {createSourceContext, readStream} from '../../../helpers/source-context.ts';
import {findFreePort} from '../../../services/free-port.ts';
import {postgresLack} from '../../../services/postgres.ts';
import {usePostgres} from '../../../services/use-postgres.ts';

const server = usePostgres();

type Place = {readonly user?: string; readonly password?: string; readonly port?: number; readonly signal?: AbortSignal; readonly clients?: string};

async function openTarget({user = server().user, password = server().password, port = server().port, signal, clients}: Place = {}): Promise<DumpTarget> {
	const context = createSourceContext({readSecret: async () => Buffer.from(password), signal});
	return createPostgresTargetOpener(clients === undefined ? {} : {clientFolders: [clients]})({url: new URL(`postgresql://${user}@127.0.0.1:${port}`), password: {env: 'P'}}, context);
}

const postgresTest = (title: string, implementation: (t: ExecutionContext, target: DumpTarget) => Promise<void>) => {
	optionalTest(postgresLack, title, async t => {
		const target = await openTarget();
		try {
			await implementation(t, target);
		} finally {
			await target.close();
		}
	});
};

/** A dump of a database, as a snapshot gives it. */
async function dumpOf(database: string, globals?: string): Promise<Dump> {
	const source = await openPostgres({kind: 'postgres', name: 'crm', url: {env: 'U'}, databases: [database], globals: false}, createSourceContext({readSecret: async () => Buffer.from(server().url())}));
	const bytes = [...(await readStream(source)).values()][0]!;
	return {
		name: database, bytes: bytes.byteLength,
		async * read() {
			for (let start = 0; start < bytes.byteLength; start += 10_000) {
				yield bytes.subarray(start, start + 10_000);
			}
		},
		...(globals !== undefined && {async * readGlobals() {
			yield Buffer.from(globals);
		}}),
	};
}

/** A dump that can be looked at, and breaks off in the middle where all of it is read. @param error - Thrown there; otherwise it just ends. */
function breakOff(dump: Dump, error?: Error): Dump & {readonly reads: number} {
	let reads = 0;
	return {
		...dump,
		get reads() {
			return reads;
		},
		async * read() {
			reads++;
			let bytes = 0;
			for await (const piece of dump.read()) {
				// What is in it is looked at first, twice.
				if (reads > 2 && bytes > dump.bytes / 2) {
					if (error) {
						throw error;
					}

					return;
				}

				bytes += piece.byteLength;
				yield piece;
			}
		},
	};
}

function createDatabase(name: string, statements: string): void {
	server().sql(`create database ${name}`);
	server().sql(statements, name);
}

/** Every database but those of other tests, to see that nothing is left behind. */
const leftBehind = () => server().sql('select datname from pg_database where datname like \'coffer%\'');

const quiet = 'create table t as select generate_series(1, 20000) as id';

postgresTest('what a database has is counted, without what the server and its extensions brought', async (t, target) => {
	t.is(await target.inspect('nothing here'), undefined);
	t.regex(target.description, /^PostgreSQL \d+\.\d+ on 127\.0\.0\.1:\d+$/);
	createDatabase('inspected', 'create extension pgcrypto; create extension pg_stat_statements');
	t.deepEqual(await target.inspect('inspected'), {objects: 0, tables: 0});
	const steps: ReadonlyArray<readonly [statement: string, objects: number, tables: number]> = [
		['create table t (id serial)', 2, 1],
		['create view v as select 1 as one', 1, 0],
		['create function f() returns int language sql as \'select 1\'', 1, 0],
		['create type e as enum (\'a\')', 1, 0],
		['create type c as (a int)', 1, 0],
		['create domain d as int', 1, 0],
		['create schema s', 1, 0],
		['select lo_create(0)', 1, 0],
		['create table p (id int) partition by range (id)', 1, 1],
		['create materialized view m as select 1 as one', 1, 0],
		['create publication pub', 1, 0],
	];
	let expected = {objects: 0, tables: 0};
	for (const [statement, objects, tables] of steps) {
		server().sql(statement, 'inspected');
		expected = {objects: expected.objects + objects, tables: expected.tables + tables};
		t.deepEqual(await target.inspect('inspected'), expected, statement);
	}

	t.log(`${steps.length} kinds of objects`);
});

postgresTest('tables are named and counted the same in a dump and in a database, however they are read', async (t, target) => {
	createDatabase('compared', zoo);
	const dump = await dumpOf('compared');
	const expected = Object.entries(zooRows).map(([name, rows]) => ({name, rows})).toSorted(({name: a}, {name: b}) => (a < b ? -1 : Number(a > b)));
	t.deepEqual(await target.tablesOfDump(dump, false), expected);
	t.deepEqual(await target.tablesOf('compared', false), expected);
	const summed = await target.tablesOfDump(dump, true);
	t.deepEqual(await target.tablesOf('compared', true), summed);
	t.is(new Set(summed.map(({checksum}) => checksum)).size, expected.length);
	server().sql('update typed set n = 2e-30 where n = 1e-30', 'compared');
	const changed = await target.tablesOf('compared', true);
	t.deepEqual(changed.filter((table, index) => table.checksum !== summed[index]!.checksum).map(({name}) => name), ['public.typed']);
});

postgresTest('a database is replaced only by one that was loaded whole; sessions that use it are ended, and named', async (t, target) => {
	createDatabase('fresh_one', quiet);
	createDatabase('kept', 'create table mine as select 1 as id');
	const dump = await dumpOf('fresh_one');
	const session = server().begin('psql', ['-X', '-q', '-A', '-t'], 'kept');
	t.teardown(() => {
		session.kill('SIGKILL');
	});
	const ready = new Promise(resolve => {
		session.stdout!.once('data', resolve);
	});
	session.stdin!.write('select 1;\n');
	await ready;
	await refusesAsync(t, async () => target.load(breakOff(dump), 'kept', true), 'target-unusable', /Loading the dump of "fresh_one" into the database "coffer_load_\w+" on .* failed/);
	await t.throwsAsync(async () => target.load(breakOff(dump, new RangeError('the repository is damaged')), 'kept', true), {instanceOf: RangeError});
	t.is(server().sql('select count(*) from mine', 'kept'), '1');
	t.is(leftBehind(), '');
	t.is(session.exitCode, null);

	const notices = await target.load(dump, 'kept', true);
	t.deepEqual(notices, ['1 session that used the old database "kept" was ended.']);
	t.is(server().sql('select count(*) from t', 'kept'), '20000');
	t.is(server().sql('select count(*) from pg_class where relname = \'mine\'', 'kept'), '0');
	t.is(leftBehind(), '');
});

postgresTest('a load that fails or is interrupted leaves no database that was not there, and an empty one empty', async (t, target) => {
	createDatabase('whole', quiet);
	const dump = await dumpOf('whole');
	const controller = new AbortController();
	const interrupted = await openTarget({signal: controller.signal});
	await refusesAsync(t, async () => interrupted.load({...dump, async * read() {
		let pieces = 0;
		for await (const piece of dump.read()) {
			yield piece;
			pieces++;
			if (!(server().sql('select count(*) from pg_database where datname = \'never\'') === '1' && pieces > 1)) {
				continue;
			}

			controller.abort();
			await after(0);
		}
	}}, 'never', false), 'aborted');
	await interrupted.close();
	t.is(await target.inspect('never'), undefined);
	server().sql('create database vacant');
	await refusesAsync(t, async () => target.load(breakOff(dump), 'vacant', false), 'target-unusable', /Loading the dump/);
	await refusesAsync(t, async () => target.load(breakOff(dump), 'never', false), 'target-unusable', /Loading the dump/);
	t.deepEqual([await target.inspect('vacant'), await target.inspect('never')], [{objects: 0, tables: 0}, undefined]);
	t.deepEqual(await target.load(dump, 'vacant', false), []);
	t.is(server().sql('select count(*) from t', 'vacant'), '20000');
});

postgresTest('roles that are missing are created or named; roles that are there stay as they are', async (t, target) => {
	server().sql(`create role mine; create role "the other one"; create role there login password 'x'; create role creator login createdb password '${server().password}'`);
	createDatabase('owned', 'create table a (id int); create table b (id int); alter table a owner to mine; grant select on b to "the other one"; alter table b owner to there');
	const globals = server().run('pg_dumpall', ['--globals-only']);
	const dump = await dumpOf('owned', globals.replace('ALTER ROLE there ', 'ALTER ROLE there CONNECTION LIMIT 3 '));
	const {name, bytes, read} = dump;
	server().sql('drop database owned; drop role mine; drop role "the other one"');
	const owners = (database: string) => server().sql('select relname, pg_get_userbyid(relowner) from pg_class where relname in (\'a\', \'b\') order by 1', database);

	t.deepEqual(await target.load({name, bytes, read}, 'unowned', false), ['Missing on the server: roles "mine", "the other one". So everything belongs to "admin", and nobody else was granted anything.']);
	t.is(owners('unowned'), 'a|admin\nb|admin');
	const limited = await openTarget({user: 'creator'});
	const notices = await limited.load(dump, 'limited', false);
	t.deepEqual(notices, ['Missing on the server: roles "mine", "the other one". So everything belongs to "creator", and nobody else was granted anything.']);
	t.is(owners('limited'), 'a|creator\nb|creator');
	t.deepEqual(await target.load(dump, 'owned again', false), ['Created as the snapshot has them: roles "mine", "the other one".']);
	t.is(owners('owned again'), 'a|mine\nb|there');
	t.is(server().sql('select rolconnlimit from pg_roles where rolname = \'there\''), '-1');
	t.deepEqual(await limited.load(dump, 'limited again', false), ['"creator" is no superuser and cannot give anything to roles "admin", "mine", "the other one", "there". So everything belongs to "creator", and nobody else was granted anything.']);
	await limited.close();
});

postgresTest('servers that cannot take a dump say why, and what to do', async (t, target) => {
	createDatabase('modern', 'create extension pgcrypto');
	const dump = await dumpOf('modern');
	const clients = (script: string) => createClients(t, server().programs, {pg_restore: `case " $* " in *" --list "*) "$REAL/pg_restore" "$@" | ${script};; *) exec "$REAL/pg_restore" "$@";; esac`});
	const cases: ReadonlyArray<readonly [script: string, message: RegExp]> = [
		['sed "s/from database version: [0-9]*/from database version: 99/"', /is of PostgreSQL 99, and cannot be loaded into PostgreSQL \d+\.\d+ on .* which is older/],
		['sed "s/by pg_dump version: [0-9]*/by pg_dump version: 99/"', /is PostgreSQL 99; the newest programs here .*postgresql-client-99/],
		['sed "s/EXTENSION - pgcrypto/EXTENSION - nosuch/"', /needs the extension "nosuch", which .* does not have/],
	];
	for (const [script, message] of cases) {
		const other = await openTarget({clients: clients(script)});
		await refusesAsync(t, async () => other.load(dump, 'modern_2', false), 'target-unusable', message);
		await other.close();
	}

	t.is(await target.inspect('modern_2'), undefined);
	await refusesAsync(t, async () => openTarget({clients: createClients(t, server().programs, {pg_dump: ofVersion('pg_dump', '9.6')})}), 'target-unusable', /newest programs here are of version 9\.6/);
	await refusesAsync(t, async () => openTarget({password: 'wrong'}), 'target-unusable', /password authentication failed/);
	await refusesAsync(t, async () => openTarget({port: await findFreePort()}), 'target-unusable', /Connection refused.*Check that the server runs/);
	await refusesAsync(t, async () => target.load({...dump, async * read() {
		yield Buffer.from('no archive at all');
	}}, 'modern_2', false), 'target-unusable', /Reading the dump of the database "modern" failed/);
	t.log(`${cases.length + 4} refusals`);
});
