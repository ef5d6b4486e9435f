import {Buffer} from 'node:buffer';
import {existsSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {createSystemRuntime, type Runtime} from '../../../../source/engine/runtime.ts';
import type {Dump, DumpTarget} from '../../../../source/engine/sources/databases/dump-target.ts';
import {openMysqlTarget} from '../../../../source/engine/sources/mysql/open-mysql-target.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createSourceContext} from '../../../helpers/source-context.ts';
import {replacePrograms} from '../../../helpers/replaced-program.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {mariadbLack, TestMariadb} from '../../../services/mariadb.ts';

let server: TestMariadb;

test.before(async () => {
	if (mariadbLack === undefined) {
		server = await TestMariadb.start(['--max-allowed-packet=2M']);
	}
});
test.after.always(async () => {
	await server?.stop();
});

/** A dump as `mariadb-dump --databases` makes it. */
function dumpOf(statements: string): string {
	return String.raw`/*M!999999\- enable the sandbox mode */ ` + `\n-- MariaDB dump\n\nCREATE DATABASE /*!32312 IF NOT EXISTS*/ \`origin\` /*!40100 DEFAULT CHARACTER SET latin1 */;\n\nUSE \`origin\`;\n${statements}\n-- Dump completed\n`;
}

const good = 'CREATE TABLE `t` (`x` int);\nINSERT INTO `t` VALUES (1),\n(2);\nCREATE VIEW `v` AS SELECT `x` FROM `t`;\n';
const bad = `${good}CREATE TABLE \`u\` (\`x\` nonsense);\n`;

/** @param contents - What each reading gives; the last one goes for all further ones. */
function createDump(...contents: readonly string[]): Dump {
	let readings = 0;
	return {name: 'origin', bytes: contents[0]!.length, async * read() {
		const content = Buffer.from(dumpOf(contents[Math.min(readings++, contents.length - 1)]!));
		for (let start = 0; start < content.byteLength; start += 1000) {
			yield content.subarray(start, start + 1000);
		}
	}};
}

type Options = {readonly user?: string; readonly password?: string; readonly runtime?: Runtime; readonly signal?: AbortSignal};

async function withTarget<Result>(options: Options, action: (target: DumpTarget) => Promise<Result>): Promise<Result> {
	const {user = server.user, password = server.password, runtime = createSystemRuntime(), signal} = options;
	const context = createSourceContext({runtime, signal, readSecret: async () => Buffer.from(password)});
	const target = await openMysqlTarget({url: new URL(`mysql://${user}@${server.host}:${server.port}`), password: {env: 'P'}}, context);
	try {
		return await action(target);
	} finally {
		await target.close();
	}
}

async function load(dump: Dump, database: string, isReplacing = false, options: Options = {}): Promise<readonly string[]> {
	return withTarget(options, async target => target.load(dump, database, isReplacing));
}

const databases = (like: string): string[] => server.sql(`SHOW DATABASES LIKE '${like}%';`).split('\n').filter(name => name !== '');
const collation = (database: string): string => server.sql(`SELECT default_collation_name FROM information_schema.schemata WHERE schema_name = '${database}';`);

optionalTest(mariadbLack, 'a missing database is made with the character set of the dump; an empty one keeps its own', async t => {
	t.deepEqual(await load(createDump(good), 'fresh'), []);
	t.is(collation('fresh'), 'latin1_swedish_ci');
	t.is(server.sql('SELECT count(*) FROM fresh.v'), '2');
	server.sql('CREATE DATABASE hollow CHARACTER SET latin2;');
	await load(createDump(good), 'hollow');
	t.is(collation('hollow'), 'latin2_general_ci');
	t.deepEqual(databases('origin'), []);
	await refusesAsync(t, async () => load(createDump(good), 'fresh'), 'target-unusable', /"fresh" at .* is not empty\. Nothing was loaded/);
});

optionalTest(mariadbLack, 'a load that fails leaves a missing database missing and an empty one empty', async t => {
	await refusesAsync(t, async () => load(createDump(bad), 'gone'), 'target-unusable', /into the database "gone".*'nonsense'\. The database "gone" is not there, as before\./);
	t.deepEqual(databases('gone'), []);
	server.sql('CREATE DATABASE vain CHARACTER SET latin2 COLLATE latin2_croatian_ci;');
	await refusesAsync(t, async () => load(createDump(bad), 'vain'), 'target-unusable', /The database "vain" is empty, as before\./);
	t.deepEqual(await withTarget({}, async target => target.inspect('vain')), {objects: 0, tables: 0});
	t.is(collation('vain'), 'latin2_croatian_ci');
});

optionalTest(mariadbLack, 'what is to be replaced is touched only by a dump that can be loaded', async t => {
	server.sql('CREATE DATABASE full; USE full; CREATE TABLE old (x int); INSERT INTO old VALUES (7); CREATE FUNCTION f() RETURNS int RETURN 1;');
	t.deepEqual(await withTarget({}, async target => target.inspect('full')), {objects: 2, tables: 1});
	await refusesAsync(t, async () => load(createDump(bad), 'full', true), 'target-unusable', /nonsense.* The database "full" is as it was\.$/);
	t.is(server.sql('SELECT x, full.f() FROM full.old'), '7\t1');
	t.deepEqual(databases('full'), ['full']);
	const error = await refusesAsync(t, async () => load(createDump(good, bad), 'full', true), 'target-unusable', /"full_coffer_[\da-f]{8}" before, which is kept.*"full" is not whole/);
	const [beside] = databases('full\\_coffer');
	t.true(error.message.includes(beside!));
	t.is(server.sql(`SELECT count(*) FROM ${beside}.v`), '2');
	server.sql(`DROP DATABASE ${beside};`);
	await load(createDump(good), 'full', true);
	t.is(server.sql('SELECT count(*) FROM full.v; SHOW TABLES IN full;'), '2\nt\nv');
	t.deepEqual(databases('full'), ['full']);
	const long = 'l'.repeat(64);
	server.sql(`CREATE DATABASE ${long}; CREATE TABLE ${long}.old (x int);`);
	await load(createDump(good), long, true);
	t.is(server.sql(`SHOW TABLES IN ${long};`), 't\nv');
});

optionalTest(mariadbLack, 'events do not run in the database beside', async t => {
	server.sql('CREATE DATABASE timed; CREATE TABLE timed.old (x int);');
	const dump = createDump(`${good}/*!50106 CREATE*/ /*!50117 DEFINER=CURRENT_USER*/ /*!50106 EVENT \`e\` ON SCHEDULE EVERY 1 DAY DO SELECT 1 */ ;`, `${good}SELECT concat('events elsewhere: ', count(*)) FROM information_schema.events WHERE event_name = 'e' INTO @n;\nCREATE TABLE \`n\` AS SELECT @n AS \`n\`;\n/*!50106 CREATE*/ /*!50106 EVENT \`e\` ON SCHEDULE EVERY 1 DAY DO SELECT 1 */ ;`);
	await load(dump, 'timed', true);
	t.is(server.sql('SELECT n FROM timed.n; SELECT event_schema FROM information_schema.events WHERE event_name = \'e\';'), 'events elsewhere: 0\ntimed');
});

optionalTest(mariadbLack, 'an interruption undoes what was loaded', async t => {
	const controller = new AbortController();
	const interrupted: Dump = {name: 'origin', bytes: 1, async * read() {
		yield Buffer.from(dumpOf(good).slice(0, 200));
		yield Buffer.from(dumpOf(good).slice(200));
		controller.abort();
		yield Buffer.from('\n');
	}};
	const error = await refusesAsync(t, async () => load(interrupted, 'stopped', false, {signal: controller.signal}), 'aborted');
	t.regex(error.message, /The database "stopped" is not there, as before/);
	t.deepEqual(databases('stopped'), []);
});

optionalTest(mariadbLack, 'what the server cannot take is said in its words, with what helps', async t => {
	await refusesAsync(t, async () => load(createDump('CREATE TABLE `t` (`x` text) COLLATE=utf8mb4_0900_ai_ci;'), 'foreign'), 'target-unusable', /Unknown collation: 'utf8mb4_0900_ai_ci'.*load it into a server of the kind and version/);
	await refusesAsync(t, async () => load(createDump(`CREATE TABLE \`t\` (\`x\` longtext);\nINSERT INTO \`t\` VALUES ('${'x'.repeat(3_000_000)}');`), 'packets'), 'target-unusable', /raise max_allowed_packet/);
});

optionalTest(mariadbLack, 'a hostile dump runs nothing on this machine, and data of one that fails stays out of log and message', async t => {
	const folder = createFolder(t);
	const file = path.join(folder, 'made');
	const commands = [`\\! touch ${file}`, `system touch ${file}`, `\\T ${file}`, `tee ${file}`, `\\. ${file}`, `source ${file}`, `pager touch ${file}`, `\\e touch ${file}`, 'LOAD DATA LOCAL INFILE \'/etc/passwd\' INTO TABLE t;'];
	for (const command of commands) {
		await t.throwsAsync(async () => load(createDump(`${good}${command}\n`), 'hostile'));
		t.false(existsSync(file), command);
		t.deepEqual(databases('hostile'), []);
	}

	const context = createSourceContext({readSecret: async () => Buffer.from(server.password)});
	const target = await openMysqlTarget({url: new URL(`mysql://${server.user}@${server.host}:${server.port}`), password: {env: 'P'}}, context);
	const error = await refusesAsync(t, async () => target.load(createDump('INSERT INTO `missing` VALUES (\'patient data\');'), 'private', false), 'target-unusable', /missing' doesn't exist/);
	t.false(JSON.stringify([error.message, context.logged]).includes('patient'));
	await target.close();
	await load(createDump(`CREATE DATABASE \`fresh2\`;\nUSE \`mysql\`;\n${good}`), 'inside');
	t.deepEqual([databases('fresh2'), server.sql('SELECT count(*) FROM inside.t')], [[], '2']);
	t.log(`${commands.length} commands`);
});

optionalTest(mariadbLack, 'a client without a sandbox is not told to use one; the line is taken out for all', async t => {
	const older = replacePrograms(({name, arguments: argv}) => name === 'mariadb' && argv.includes('--help') ? '"$0" "$@" | grep -v -e --sandbox -e print-query' : undefined);
	await load(createDump(good), 'older', false, {runtime: older.runtime});
	t.false(older.started.some(({arguments: argv}) => argv.some(argument => /sandbox|print-query/.test(argument))));
	t.is(server.sql('SELECT count(*) FROM older.t'), '2');
	const newer = replacePrograms(() => undefined);
	await load(createDump(good), 'newer', false, {runtime: newer.runtime});
	t.is(newer.started.filter(({arguments: argv}) => argv.includes('--sandbox')).length, Number(server.run('mariadb', ['--help']).includes('--sandbox')));
});

optionalTest(mariadbLack, 'users come with a dump where they may; missing definers are named', async t => {
	const statements = `${good}CREATE DEFINER=\`gone\`@\`%\` VIEW \`w\` AS SELECT 1;\nCREATE DEFINER=\`jane\`@\`localhost\` VIEW \`j\` AS SELECT 1;`;
	const withUsers = (globals: string): Dump => ({...createDump(statements), async * readGlobals() {
		yield Buffer.from(globals);
	}});
	const users = 'CREATE USER IF NOT EXISTS `jane`@`localhost`;\nGRANT SELECT ON `users`.* TO `jane`@`localhost`;\nGRANT SELECT ON `absent`.`t` TO `jane`@`localhost`;\n-- Dump completed\n';
	const notices = await load(withUsers(users), 'users');
	t.is(notices.length, 2);
	t.regex(notices[0]!, /^1 statement about users and their privileges could not be carried out: ERROR 1146 .*absent\.t/);
	t.regex(notices[1]!, /run as accounts that the server does not have, .*: gone@%\. Create them/);
	t.regex(server.sql('SHOW GRANTS FOR jane@localhost;'), /GRANT SELECT ON `users`\.\* TO/);
	server.sql('CREATE USER few@\'%\' IDENTIFIED BY \'few\'; GRANT ALL PRIVILEGES ON `few`.* TO few@\'%\';');
	const few = await load({...createDump(good), readGlobals: withUsers(users).readGlobals!}, 'few', false, {user: 'few', password: 'few'});
	t.is(few.length, 1);
	t.regex(few[0]!, /^3 statements about users/);
	await refusesAsync(t, async () => load(createDump(good), 'elsewhere', false, {user: 'few', password: 'few'}), 'target-unusable', /Access denied/);
});
