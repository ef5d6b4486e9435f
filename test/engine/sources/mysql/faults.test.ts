import {Buffer} from 'node:buffer';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {toDisplayText} from '../../../../source/engine/byte-string.ts';
import type {ErrorCode} from '../../../../source/engine/errors.ts';
import {backUpSource} from '../../../../source/engine/operations/back-up-source/back-up-source.ts';
import {listSnapshots} from '../../../../source/engine/repository/repository.ts';
import {createSystemRuntime, type Runtime} from '../../../../source/engine/runtime.ts';
import {openStream} from '../../../../source/engine/sources/open-stream.ts';
import type {MysqlSource} from '../../../../source/engine/sources/source.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {readSource} from '../../../helpers/read-source.ts';
import {createSourceContext} from '../../../helpers/source-context.ts';
import {replacePrograms, type StartedProgram} from '../../../helpers/replaced-program.ts';
import {createTestRepository, reopen} from '../../../helpers/repository-session.ts';
import {mariadbLack, TestMariadb} from '../../../services/mariadb.ts';

const source: MysqlSource = {kind: 'mysql', name: 'shop', databases: ['shop'], url: {env: 'URL'}};
const makeShop = 'CREATE DATABASE shop; USE shop; CREATE TABLE a (id int PRIMARY KEY, pad char(250) DEFAULT \'x\') ENGINE=InnoDB; INSERT INTO a (id) SELECT seq FROM seq_1_to_40000; CREATE TABLE z LIKE a; INSERT INTO z VALUES (1, \'z\');';
let server: TestMariadb;

test.before(async () => {
	if (mariadbLack === undefined) {
		server = await TestMariadb.start();
		server.sql(makeShop);
	}
});
test.after.always(async () => {
	await server?.stop();
});

const isDump = ({name, arguments: argv}: StartedProgram): boolean => name === 'mariadb-dump' && argv.includes('--databases');

/** That a backup fails and leaves no snapshot beside the one that was there. */
async function failsWithout(t: ExecutionContext, script: string, message: RegExp, code: ErrorCode = 'source-failed'): Promise<void> {
	const {runtime} = replacePrograms(started => isDump(started) ? script : undefined);
	const repository = await createTestRepository(createSystemRuntime());
	const readSecret = async () => Buffer.from(server.url());
	await backUpSource(repository.session, {source: {...source, schemaOnly: true}}, {readSecret});
	const session = await reopen(repository, repository.storage, runtime);
	await refusesAsync(t, async () => backUpSource(session, {source}, {readSecret}), code, message);
	t.is((await listSnapshots(session)).snapshots.length, 1);
}

const faults: ReadonlyArray<readonly [string, string, RegExp]> = [
	['killed in the middle', '"$0" "$@" | head -c 300000; kill -KILL $$', /dump of the database "shop" at 127\.0\.0\.1:\d+ failed: it was ended by the signal SIGKILL/],
	['exit code 3 after 100 kB', '"$0" "$@" | head -c 100000; echo "mysqldump: Error 2013: Lost connection" >&2; exit 3', /failed: exit code 3: .*mysqldump: Error 2013: Lost connection/],
	['exit code 3 after everything', '"$0" "$@"; exit 3', /failed: exit code 3/],
	['no last line, exit code 0', '"$0" "$@" | head -n -1', /was cut short: it has [\d.]+ kB and not the last line/],
	['cut in a row, exit code 0', '"$0" "$@" | head -c 100000', /was cut short: it has 100\.0 kB/],
	['empty, exit code 0', 'exit 0', /was cut short: it has 0 bytes/],
	['the words of the last line in a row alone', 'printf "INSERT INTO \\`a\\` VALUES (1,\'\n-- Dump completed\n"', /was cut short/],
	['it cannot be started', 'exec /nowhere/mariadb-dump', /exit code 127/],
];
for (const [title, script, message] of faults) {
	optionalTest(mariadbLack, `a dump that fails leaves no snapshot: ${title}`, async t => {
		await failsWithout(t, script, message);
	});
}

/** Read until the dump has begun, do something, and read on. */
async function disturb(at: TestMariadb, act: () => Promise<void>, {signal, runtime = createSystemRuntime()}: {readonly signal?: AbortSignal; readonly runtime?: Runtime} = {}): Promise<void> {
	const stream = await openStream(source, createSourceContext({runtime, signal, readSecret: async () => Buffer.from(at.url())}));
	try {
		for await (const {path, content} of stream.entries(() => undefined)) {
			let hasBegun = false;
			for await (const _piece of content!) {
				if (hasBegun || toDisplayText(path) !== '/shop.sql') {
					continue;
				}

				hasBegun = true;
				await act();
			}
		}
	} finally {
		await stream.close();
	}
}

optionalTest(mariadbLack, 'a server that goes down during the dump', async t => {
	const other = await TestMariadb.start();
	try {
		other.sql(makeShop);
		await refusesAsync(t, async () => disturb(other, async () => other.stop()), 'source-failed', /dump of the database "shop".* failed: exit code [23]/);
		await refusesAsync(t, async () => disturb(other, async () => undefined), 'source-failed', /login at .* failed: .*Can't connect/);
	} finally {
		await other.stop();
	}
});

optionalTest(mariadbLack, 'a table that is altered during the dump', async t => {
	server.sql(makeShop.replaceAll('shop', 'altered'));
	const altered = {...source, databases: ['altered']};
	const stream = await openStream(altered, createSourceContext({readSecret: async () => Buffer.from(server.url())}));
	await refusesAsync(t, async () => {
		for await (const {content, path} of stream.entries(() => undefined)) {
			for await (const _piece of content!) {
				if (toDisplayText(path) === '/altered.sql') {
					server.sql('ALTER TABLE altered.z ADD COLUMN IF NOT EXISTS more int DEFAULT 1, ALGORITHM=COPY;');
				}
			}
		}
	}, 'source-failed', /Table definition has changed/);
	await stream.close();
});

optionalTest(mariadbLack, 'an interruption during the dump ends the program', async t => {
	const controller = new AbortController();
	const pids: number[] = [];
	const system = createSystemRuntime();
	const spawn: Runtime['spawn'] = ((program: string, argv: readonly string[], options: object) => {
		const child = system.spawn(program, argv, options);
		pids.push(child.pid!);
		return child;
	}) as Runtime['spawn'];
	await refusesAsync(t, async () => disturb(server, async () => {
		controller.abort();
	}, {signal: controller.signal, runtime: {...system, spawn}}), 'aborted');
	t.true(pids.length >= 5);
	for (const pid of pids) {
		t.throws(() => process.kill(pid, 0), {code: 'ESRCH'});
	}
});

optionalTest(mariadbLack, 'clients and servers that do not go together', async t => {
	const readSecret = async () => Buffer.from(server.url());
	const withVersion = (dump: string, select = 'exec "$0" "$@"') => replacePrograms(({name, arguments: argv}) => name.endsWith('dump') && argv.includes('--version') ? `echo '${dump}'` : (name === 'mariadb' && !argv.includes('--help') ? select : undefined)).runtime;
	await refusesAsync(t, async () => readSource(source, createSourceContext({readSecret, runtime: withVersion('mysqldump  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)')})), 'source-failed', /is of MySQL 8\.0\.36 and the server at .* is MariaDB .*Install the package mariadb-client/);
	await refusesAsync(t, async () => readSource(source, createSourceContext({readSecret, runtime: withVersion('something else')})), 'source-failed', /no version of mariadb-dump or mysqldump that is known/);
	const older = createSourceContext({readSecret, runtime: withVersion('mysqldump  Ver 10.19 Distrib 10.3.39-MariaDB, for debian-linux-gnu (x86_64)')});
	t.like((await readSource(source, older)).facts.databases![0], {rows: 40_001});
	t.regex(older.warned[0]!, /\(MariaDB 10\.3\.39\) is older than the server/);
	t.regex(older.logged.join('\n'), /is of MariaDB 10\.3\.39; the server at 127\.0\.0\.1:\d+ is MariaDB \d+\.\d+\.\d+/);
	const newer = createSourceContext({readSecret, runtime: withVersion('mariadb-dump from 11.8.3-MariaDB, client 10.19 for debian-linux-gnu (x86_64)')});
	await readSource({...source, schemaOnly: true}, newer);
	t.deepEqual(newer.warned, []);
	const mysql = 'sed "s/VERSION(), @@version_comment/\'8.0.36\', \'MySQL\'/" | "$0" "$@"';
	const other = createSourceContext({readSecret, runtime: withVersion('mariadb-dump from 11.8.3-MariaDB, client 10.19 for debian-linux-gnu (x86_64)', mysql)});
	const {files, facts} = await readSource({...source, schemaOnly: true}, other);
	t.is(facts.origin, 'MySQL 8.0.36');
	t.regex(other.warned[0]!, /is MySQL 8\.0\.36, but .* is of MariaDB 11\.8\.3.*generated columns/);
	t.regex(files.get('/grants.sql')!.toString(), /^CREATE USER IF NOT EXISTS `admin`@`%` IDENTIFIED BY PASSWORD '\*[\dA-F]{40}';\nGRANT ALL PRIVILEGES ON \*\.\* TO `admin`@`%` .*WITH GRANT OPTION;\n-- Dump completed\n$/, 'by SQL, as MySQL has no other way');
});
