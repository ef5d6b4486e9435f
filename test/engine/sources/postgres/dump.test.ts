import {Buffer} from 'node:buffer';
import {writeFileSync} from 'node:fs';
import {spawnSync} from 'node:child_process';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {createPostgresOpener, openPostgres, type PostgresOptions} from '../../../../source/engine/sources/postgres/open-postgres.ts';
import type {PostgresSource} from '../../../../source/engine/sources/source.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createClients, ofVersion} from '../../../helpers/postgres-clients.ts';
import {createSourceContext, readStream, type TestContext} from '../../../helpers/source-context.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {createRealRuntime} from '../../../helpers/system-runtime.ts';
import {findFreePort} from '../../../services/free-port.ts';
import {postgresLack} from '../../../services/postgres.ts';
import {usePostgres} from '../../../services/use-postgres.ts';

const server = usePostgres();

const postgresTest = (title: string, implementation: (t: ExecutionContext) => Promise<void>) => {
	optionalTest(postgresLack, title, implementation);
};

const source = (more: Partial<PostgresSource> = {}): PostgresSource => ({kind: 'postgres', name: 'crm', url: {env: 'DATABASE_URL'}, ...more});
const contextOf = (url: string): TestContext => createSourceContext({readSecret: async () => Buffer.from(url)});

/** Read a source to its end. */
async function dump(more: Partial<PostgresSource> = {}, {context = contextOf(server().url()), ...options}: PostgresOptions & {readonly context?: TestContext} = {}) {
	const stream = await createPostgresOpener(options)(source(more), context);
	const files = await readStream(stream);
	return {files, facts: stream.facts(), paths: stream.paths, context};
}

/** A database of the test's own. */
function createDatabase(name: string, statements: string): string {
	server().sql(`create database ${name}`);
	server().sql(statements, name);
	return name;
}

postgresTest('databases by name, without roles, without rows', async t => {
	createDatabase('bare', 'create table a (id int); insert into a values (1); create table b (id int) partition by range (id); create function f() returns text language sql as $$select \'TABLE x\'$$;');
	const {files, facts} = await dump({databases: ['bare'], globals: false, schemaOnly: true});
	t.deepEqual([...files.keys()], ['/bare.dump']);
	t.deepEqual(facts.databases, [{name: 'bare', file: '/bare.dump', bytes: files.get('/bare.dump')!.byteLength, tables: 2, isSchemaOnly: true}]);
});

postgresTest('the ways to a server: a service, a password file, ~/.pgpass, a URL, a socket', async t => {
	const {host, port, user, password, folder} = server();
	const line = `${host}:${port}:*:${user}:${password.replaceAll(/[:\\]/g, String.raw`\$&`)}\n`;
	const home = createFolder(t);
	const write = (name: string, content: string) => {
		const file = path.join(home, name);
		writeFileSync(file, content, {mode: 0o600});
		return file;
	};

	const passFile = write('passwords', `${line}localhost:*:*:*:wrong\n${line.replace(host, 'localhost')}`);
	const socketPassFile = write('socket-passwords', line.replace(`${host}:${port}`, '*:*'));
	const serviceFile = write('services', `[crm]\nhost=${host}\nport=${port}\nuser=${user}\ndbname=postgres\n`);
	write('.pgpass', line);
	const atHome = createSourceContext({runtime: createRealRuntime({HOME: home})});
	const one = {databases: ['postgres']};
	const ways: ReadonlyArray<readonly [Partial<PostgresSource>, TestContext]> = [
		[{...one, service: 'crm', serviceFile, passFile}, createSourceContext()],
		[{...one, host, port, user, passFile}, createSourceContext()],
		[{...one, host: folder, port, user, passFile: socketPassFile}, createSourceContext()],
		[{...one, host, port, user}, atHome],
		[{url: {env: 'U'}}, contextOf(server().url('postgres'))],
		[{url: {env: 'U'}}, contextOf(server().url('postgres').replace(`${host}:${port}/`, '/') + `?host=${encodeURIComponent(folder)}&port=${port}`)],
	];
	for (const [more, context] of ways) {
		const stream = await openPostgres({kind: 'postgres', name: 'crm', ...more}, context);
		const files = await readStream(stream);
		t.deepEqual([...files.keys()], ['/globals.sql', '/postgres.dump'], JSON.stringify(more));
	}

	t.log(`${ways.length} ways`);
});

postgresTest('what cannot be read is said with the reason, what to do, and without the password', async t => {
	const {user, password} = server();
	const closed = await findFreePort();
	const good = server().url();
	const cases: ReadonlyArray<readonly [url: string, more: Partial<PostgresSource>, code: 'source-failed' | 'source-missing', message: RegExp]> = [
		[good.replace('only', 'ONLY'), {}, 'source-failed', /password authentication failed for user "admin".*Check user and password/],
		[good.replace(/:only[^@]*/, ''), {}, 'source-failed', /no password supplied.*Give the password/],
		[good.replace(/:\d+\//, () => `:${closed}/`), {}, 'source-failed', new RegExp(`${closed} failed: Connection refused.*Check that the server runs`)],
		[good, {databases: ['postgres', 'gone']}, 'source-missing', /There is no database "gone" on 127\.0\.0\.1:\d+\. It has: .*postgres/],
		[good, {databases: ['gone']}, 'source-missing', /There is no database "gone"/],
		[server().url('gone'), {databases: ['gone too']}, 'source-missing', /"gone too"/],
	];
	for (const [url, more, code, message] of cases) {
		const context = contextOf(url);
		const error = await refusesAsync(t, async () => dump(more, {context}), code, message);
		for (const text of [error.message, ...context.logged, ...context.warned]) {
			t.false(text.includes(password) || text.includes(encodeURIComponent(password)), text);
		}
	}

	server().sql(`create role plain login password '${password}'; create role reader login password '${password}' in role pg_read_all_data`);
	createDatabase('kept', 'create table secret (id int); create table rows (id int); insert into rows values (1); alter table rows enable row level security; revoke all on secret from public');
	const asUser = (name: string) => contextOf(good.replace(`${user}:`, () => `${name}:`));
	await refusesAsync(t, async () => dump({databases: ['kept']}, {context: asUser('plain')}), 'source-failed', /permission denied.*pg_read_all_data/);
	await refusesAsync(t, async () => dump({databases: ['kept']}, {context: asUser('reader')}), 'source-failed', /row-level security policy for table "rows".*BYPASSRLS/);
	server().sql('alter role reader bypassrls');
	const {facts} = await dump({databases: ['kept']}, {context: asUser('reader')});
	t.like(facts.databases![0], {tables: 2, rows: 1});
	const withoutPasswords = asUser('plain');
	const {files} = await dump({databases: ['postgres']}, {context: withoutPasswords});
	t.notRegex(files.get('/globals.sql')!.toString(), /SCRAM-SHA-256/);
	t.is(withoutPasswords.warned.length, 1);
	t.regex(withoutPasswords.warned[0]!, /passwords of roles are not in the snapshot/);
	t.log(`${cases.length + 3} refusals`);
});

postgresTest('a table that stays locked ends the dump when its time is over', async t => {
	createDatabase('locked', 'create table busy (id int)');
	const holder = server().begin('psql', ['-X', '-q', '-A', '-t'], 'locked');
	try {
		const held = new Promise(resolve => {
			holder.stdout!.once('data', resolve);
		});
		holder.stdin!.write('begin; lock table busy; select 1;\n');
		await held;
		await refusesAsync(t, async () => dump({databases: ['locked']}, {lockTimeoutMs: 200}), 'source-failed', /timeout.*Another session holds a lock/);
	} finally {
		holder.kill('SIGKILL');
	}
});

const minimal = {databases: ['postgres'], globals: false};

postgresTest('older programs are refused before anything is read; of several versions the one that fits is taken', async t => {
	const {programs} = server();
	const older = createClients(t, programs, {pg_dump: ofVersion('pg_dump', '13.4')});
	const newer = createClients(t, programs, {pg_dump: ofVersion('pg_dump', '99.1')});
	const own = createClients(t, programs, {});
	await refusesAsync(t, async () => dump(minimal, {clientFolders: [older]}), 'source-failed', /The server on .* is PostgreSQL \d+; the newest programs here are of version 13\.4 .*Install the package postgresql-client-\d+/);
	await refusesAsync(t, async () => dump(minimal, {clientFolders: [createFolder(t)]}), 'source-failed', /are not on this machine.*postgresql-client/);
	const silent = createClients(t, programs, {pg_dump: 'echo nothing'});
	await refusesAsync(t, async () => dump(minimal, {clientFolders: [silent]}), 'source-failed', /does not tell its version/);
	const {context} = await dump(minimal, {clientFolders: [newer, older, own]});
	t.true(context.logged.some(text => text.includes(own)), context.logged.join('\n'));
	const other = await dump(minimal, {clientFolders: [older, newer]});
	t.true(other.context.logged.some(text => text.includes(newer)));
});

postgresTest('a dump that fails, is killed, cut, empty or no archive is a failure, also where its program says it went well', async t => {
	const database = createDatabase('large', 'create table t as select id, md5(id::text) from generate_series(1, 20000) as id');
	const scripts: ReadonlyArray<readonly [script: string, message: RegExp]> = [
		['"$REAL/pg_dump" "$@" | head -c 300000; echo its words >&2; exit 3', /exit code 3: .*its words/],
		['"$REAL/pg_dump" "$@" | head -c 300000; kill -9 $$', /ended by the signal SIGKILL/],
		['"$REAL/pg_dump" "$@" | head -c 300000', /Reading back the dump of the database "large" failed: .*end of file/],
		['"$REAL/pg_dump" "$@" | head -c 2000', /Reading back the dump/],
		['exit 0', /Reading back the dump|is empty/],
		['echo hello', /Reading back the dump/],
		['"$REAL/pg_dump" "$@"; exit 1', /exit code 1/],
	];
	for (const [script, message] of scripts) {
		const clients = createClients(t, server().programs, {pg_dump: `[ "$1" = --version ] && exec "$REAL/pg_dump" --version; ${script}`});
		await refusesAsync(t, async () => dump({databases: [database], globals: false}, {clientFolders: [clients]}), 'source-failed', message);
	}

	const empty = createClients(t, server().programs, {pg_dumpall: 'exit 0'});
	await refusesAsync(t, async () => dump({databases: [database]}, {clientFolders: [empty]}), 'source-failed', /The dump of the roles on .* is empty/);
	const whole = createClients(t, server().programs, {});
	t.like((await dump({databases: [database], globals: false}, {clientFolders: [whole]})).facts.databases![0], {rows: 20_000});
	t.log(`${scripts.length + 1} ways to fail`);
});

postgresTest('a dump whose connection the server ends is a failure', async t => {
	const database = createDatabase('ended', 'create table t as select id, repeat(md5(id::text), 20) from generate_series(1, 60000) as id');
	const stream = await openPostgres(source({databases: [database], globals: false}), contextOf(server().url()));
	await refusesAsync(t, async () => {
		let bytes = 0;
		try {
			for await (const {content} of stream.entries(() => undefined)) {
				for await (const piece of content!) {
					bytes += piece.byteLength;
					if (bytes > 0 && bytes === piece.byteLength) {
						t.regex(server().sql(`select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '${database}' and application_name = 'coffer'`), /^1$/);
					}
				}
			}
		} finally {
			await stream.close();
		}
	}, 'source-failed', /terminat|closed the connection/);
});

postgresTest('the password is in no argument and no environment of any program', async t => {
	const folder = createFolder(t);
	const record = (name: string) => `{ tr '\\0' '\\n' < /proc/$$/cmdline; tr '\\0' '\\n' < /proc/$$/environ; ls -l /proc/$$/fd; } >> ${folder}/seen; exec "$REAL/${name}" "$@"`;
	const clients = createClients(t, server().programs, Object.fromEntries(['psql', 'pg_dump', 'pg_dumpall', 'pg_restore'].map(name => [name, record(name)])));
	await dump({databases: ['postgres']}, {clientFolders: [clients]});
	const seen = spawnSync('cat', [path.join(folder, 'seen')], {encoding: 'utf8'}).stdout;
	const {password} = server();
	t.true(seen.includes('pg_dump\n') && seen.includes('PGPASSFILE=/dev/fd/3') && seen.includes('--no-password'));
	for (const secret of [password, encodeURIComponent(password), password.slice(5), 'PGPASSWORD', 'DATABASE_URL']) {
		t.false(seen.includes(secret), secret);
	}

	t.regex(seen, /\/dev\/shm\/coffer-\w+ \(deleted\)/);
	t.log(`${seen.split('\n').length} lines of arguments and environments`);
});
