import {Buffer} from 'node:buffer';
import {chmodSync, chownSync, existsSync, readFileSync, symlinkSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {createSystemRuntime, type Runtime} from '../../../../source/engine/runtime.ts';
import {openMysqlTarget} from '../../../../source/engine/sources/mysql/open-mysql-target.ts';
import type {MysqlSource} from '../../../../source/engine/sources/source.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {readSource} from '../../../helpers/read-source.ts';
import {createSourceContext} from '../../../helpers/source-context.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {findFreePort} from '../../../services/free-port.ts';
import {mariadbLack, TestMariadb} from '../../../services/mariadb.ts';

const source: MysqlSource = {kind: 'mysql', name: 'shop', databases: ['shop']};
let server: TestMariadb;

test.before(async () => {
	if (mariadbLack === undefined) {
		server = await TestMariadb.start();
		server.sql('CREATE DATABASE shop; USE shop; CREATE TABLE t (x int); INSERT INTO t VALUES (1), (2);');
	}
});
test.after.always(async () => {
	await server?.stop();
});

type Started = {readonly program: string; readonly arguments: readonly string[]; readonly environment: Readonly<Record<string, string | undefined>>};

/** The real surroundings with another home, of which every program that is started is kept. */
function watch(home: string): {readonly runtime: Runtime; readonly started: Started[]} {
	const system = createSystemRuntime();
	const started: Started[] = [];
	const spawn: Runtime['spawn'] = ((program: string, argv: readonly string[], options: {readonly env: Record<string, string>}) => {
		started.push({program, arguments: argv, environment: options.env});
		return system.spawn(program, argv, options);
	}) as Runtime['spawn'];
	return {runtime: {...system, spawn, environment: {...system.environment, HOME: home, SECRET: 'canary'}}, started};
}

const optionFile = (): string => readFileSync(server.optionFile, 'utf8');

/** Dump by a way to connect, and see that the password was nowhere. */
async function connect(t: ExecutionContext, {home = createFolder(t), url, ...more}: Partial<MysqlSource> & {readonly home?: string}, secret = server.url()): Promise<void> {
	const {runtime, started} = watch(home);
	const secrets: Buffer[] = [];
	const context = createSourceContext({runtime, async readSecret() {
		secrets.push(Buffer.from(secret));
		return secrets.at(-1)!;
	}});
	const {files, facts, paths} = await readSource({...source, ...more, ...(url && {url})}, context);
	t.like(facts.databases![0], {name: 'shop', tables: 1, rows: 2});
	t.true(files.has('/shop.sql') && files.has('/grants.sql'));
	t.true(started.length >= 4);
	const said = JSON.stringify([started, context.logged, context.warned, facts, paths]);
	for (const form of [server.password, encodeURIComponent(server.password), JSON.stringify(server.password).slice(1, -1)]) {
		t.false(said.includes(form), said);
	}

	t.false(said.includes('canary'));
	t.true(secrets.every(bytes => bytes.every(byte => byte === 0)), 'secrets are wiped');
	t.log(`${started.length} programs, as ${paths.join(', ')}`);
}

optionalTest(mariadbLack, 'by a URL that is a secret', async t => {
	await connect(t, {url: {env: 'URL'}});
	await connect(t, {url: {env: 'URL'}}, server.url().replace('mysql:', 'mariadb:').replace('127.0.0.1', 'localhost'));
	const {databases: _databases, ...whole} = source;
	const {facts} = await readSource({...whole, url: {env: 'URL'}}, createSourceContext({readSecret: async () => Buffer.from(server.url('shop'))}));
	t.deepEqual(facts.databases!.map(({name}) => name), ['shop'], 'the database of the URL');
});

optionalTest(mariadbLack, 'by ~/.my.cnf with host and port, or with the socket, beside the settings', async t => {
	const home = createFolder(t, {'.my.cnf': optionFile().replace(/host=.*\n/, '').replace(/port=.*\n/, '')});
	await connect(t, {home, host: server.host, port: server.port});
	await connect(t, {home, host: 'localhost', port: server.port});
	await connect(t, {home, socket: server.socket});
	await connect(t, {home: createFolder(t, {'.my.cnf': optionFile().replace(/user=.*\n/, '')}), user: server.user});
});

optionalTest(mariadbLack, 'by an option file of its own; ~/.my.cnf is not read beside it, nor beside a URL', async t => {
	const home = createFolder(t, {'.my.cnf': '[client]\nuser=nobody\npassword=wrong\n[mysqldump]\nwhere=1=0\n'});
	await connect(t, {home, defaultsFile: server.optionFile});
	await connect(t, {home, url: {env: 'URL'}});
});

optionalTest(mariadbLack, 'an option file that others may read is refused, as is what is no file', async t => {
	const folder = createFolder(t, {'a.cnf': optionFile()});
	const file = path.join(folder, 'a.cnf');
	const refuse = async (name: string, message: RegExp) => refusesAsync(t, async () => readSource({...source, defaultsFile: path.join(folder, name)}, createSourceContext()), 'source-failed', message);
	for (const mode of [0o644, 0o640, 0o602, 0o601]) {
		chmodSync(file, mode);
		await refuse('a.cnf', /others may read it.*chmod 600/);
	}

	chmodSync(file, 0o600);
	symlinkSync('a.cnf', path.join(folder, 'link.cnf'));
	await refuse('link.cnf', /symbolic link/);
	await refuse('none.cnf', /There is no option file/);
	await refuse('.', /not a regular file/);
	if (process.getuid?.() === 0) {
		chownSync(file, 4711, 4711);
		await refuse('a.cnf', /belongs to another user/);
	}
});

optionalTest(mariadbLack, 'options of mysqldump that make dumps less than whole are refused by name; those that can be taken back are', async t => {
	const result = path.join(createFolder(t), 'result');
	const refused = ['where="id < 5"', 'ignore-table=shop.t', 'ignore_table_data=shop.t', 'no-data', `result-file=${result}`, 'force', 'xml', 'compact', 'loose-no-create-info'];
	for (const option of refused) {
		const home = createFolder(t, {'.my.cnf': `${optionFile()}[mysqldump]\n${option}\n`});
		const {message} = await refusesAsync(t, async () => readSource({...source}, createSourceContext({runtime: watch(home).runtime})), 'source-failed', /An option file of .*dump sets "/);
		t.false(message.includes(server.password));
		t.false(existsSync(result));
	}

	await connect(t, {home: createFolder(t, {'.my.cnf': `${optionFile()}[mysqldump]\nskip-comments\nskip-extended-insert\nskip-triggers\nskip-routines\nskip-hex-blob\ndump-date\nskip-quote-names\ncomplete-insert\nskip-add-drop-table\n[mysql]\nsafe-updates\nselect-limit=1\ntable\n`})});
	t.log(`${refused.length} options`);
});

optionalTest(mariadbLack, 'what cannot be reached is named, without the password', async t => {
	const cases: ReadonlyArray<readonly [Partial<MysqlSource>, string, RegExp]> = [
		[{}, server.url().replace(encodeURIComponent(server.password), 'wr0ng-pass'), /login at 127\.0\.0\.1:\d+ failed: .*Access denied for user 'admin'/],
		[{}, `mysql://u:wr0ng-pass@127.0.0.1:${await findFreePort()}/shop`, /login at 127\.0\.0\.1:\d+ failed: .*Can't connect/],
		[{}, 'mysql://u:wr0ng-pass@host.invalid/shop', /login at host\.invalid failed/],
		[{}, 'wr0ng-pass', /it is no URL/],
		[{}, 'postgresql://u:wr0ng-pass@h/d', /begins neither with/],
		[{}, 'mysql://u:wr0ng-pass@h/d?ssl=1', /nothing may follow the database/],
		[{}, 'mysql://u:wr0ng-pass%E0@h/d', /percent sign/],
		[{}, 'mysql://u:wr0ng-pass%00@h/d', /NUL/],
	];
	for (const [more, url, message] of cases) {
		const context = createSourceContext({readSecret: async () => Buffer.from(url)});
		const error = await refusesAsync(t, async () => readSource({...source, ...more, url: {env: 'URL'}}, context), 'source-failed', message);
		t.false(JSON.stringify([error.message, error.context, String(error.cause), context.logged]).includes('wr0ng-pass'));
	}

	await refusesAsync(t, async () => readSource({...source, socket: '/nowhere/mysql.sock'}, createSourceContext()), 'source-failed', /login at \/nowhere\/mysql\.sock failed/);
	const readSecret = async () => Buffer.from(server.url());
	await refusesAsync(t, async () => readSource({...source, databases: ['shop', 'shop2', 'x'], url: {env: 'URL'}}, createSourceContext({readSecret})), 'source-missing', /has no database "shop2", "x", or this user may not see it/);
	t.log(`${cases.length + 2} cases`);
});

optionalTest(mariadbLack, 'a user that may see little is warned of what is missing in the dump', async t => {
	server.sql('CREATE USER little@\'%\' IDENTIFIED BY \'l\'; GRANT SELECT, SHOW VIEW, EVENT ON shop.* TO little@\'%\'; CREATE USER enough@\'%\' IDENTIFIED BY \'e\'; GRANT SELECT, SHOW VIEW, EVENT, TRIGGER ON `sh_p`.* TO enough@\'%\'; GRANT SELECT ON mysql.* TO enough@\'%\'; CREATE USER none@\'%\';');
	const read = async (user: string) => {
		const context = createSourceContext({readSecret: async () => Buffer.from(`mysql://${user}@127.0.0.1:${server.port}`)});
		const result = await readSource({...source, url: {env: 'URL'}}, context);
		return {...result, warnings: context.warned};
	};

	const little = await read('little:l');
	t.deepEqual([...little.files.keys()], ['/shop.sql']);
	t.is(little.warnings.length, 3);
	t.regex(little.warnings[0]!, /lacks the privilege TRIGGER on "shop".*GRANT TRIGGER ON `shop`\.\*/);
	t.regex(little.warnings[1]!, /may not read the routines/);
	t.regex(little.warnings[2]!, /Users and their privileges are not in the snapshot/);
	const enough = await read('enough:e');
	t.deepEqual([[...enough.files.keys()].toSorted(), enough.warnings], [['/grants.sql', '/shop.sql'], []]);
	const {databases: _databases, ...whole} = source;
	await refusesAsync(t, async () => readSource({...whole, url: {env: 'URL'}}, createSourceContext({readSecret: async () => Buffer.from(`mysql://none@127.0.0.1:${server.port}`)})), 'source-missing', /no database that this user may see/);
});

optionalTest(mariadbLack, 'a target is reached in the same ways', async t => {
	const place = new URL(`mysql://${server.user}@${server.host}:${server.port}/x`);
	const secret = Buffer.from(server.password);
	const {runtime, started} = watch(createFolder(t));
	const target = await openMysqlTarget({url: place, password: {env: 'P'}}, createSourceContext({runtime, readSecret: async () => secret}));
	t.regex(target.description, /^MariaDB \d+\.\d+\.\d+ on 127\.0\.0\.1:\d+$/);
	t.deepEqual(await target.inspect('shop'), {objects: 1, tables: 1});
	t.is(await target.inspect('nothing'), undefined);
	await target.close();
	t.false(JSON.stringify(started).includes('ss\'w'));
	t.true(secret.every(byte => byte === 0));
	const byFile = await openMysqlTarget({url: place}, createSourceContext({runtime: watch(createFolder(t, {'.my.cnf': optionFile()})).runtime}));
	t.deepEqual(await byFile.tablesOf('shop', false), [{name: 't', rows: 2}]);
	await byFile.close();
	await refusesAsync(t, async () => openMysqlTarget({url: place, password: {env: 'P'}}, createSourceContext({readSecret: async () => Buffer.from('wrong')})), 'target-unusable', /Access denied/);
	await refusesAsync(t, async () => openMysqlTarget({url: new URL('mysql:///x')}, createSourceContext()), 'usage', /names no host/);
	const closed = new AbortController();
	closed.abort();
	await refusesAsync(t, async () => openMysqlTarget({url: place}, createSourceContext({signal: closed.signal})), 'aborted');
});

