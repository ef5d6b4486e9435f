import {Buffer} from 'node:buffer';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {backUpSource} from '../../../../source/engine/operations/back-up-source/back-up-source.ts';
import {loadDump} from '../../../../source/engine/operations/load-dump/load-dump.ts';
import type {LoadRequest, LoadSummary} from '../../../../source/engine/operations/load-dump/load-request.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import type {MysqlSource} from '../../../../source/engine/sources/source.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {readSource} from '../../../helpers/read-source.ts';
import {createSourceContext} from '../../../helpers/source-context.ts';
import {createTestRepository, newestSnapshot, type TestRepository} from '../../../helpers/repository-session.ts';
import {mariadbLack, TestMariadb} from '../../../services/mariadb.ts';

const sample = readFileSync(new URL('../../../fixtures/mariadb-sample.sql', import.meta.url), 'utf8');
const hostile = 'no `db`; \'"\\ %2F/日本';
const named = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
let server: TestMariadb;

test.before(async () => {
	if (mariadbLack === undefined) {
		server = await TestMariadb.start();
	}
});
test.after.always(async () => {
	await server?.stop();
});

const readSecret = async (): Promise<Buffer> => Buffer.from(server.url());
const password = {env: 'PASSWORD'} as const;

async function backUp({session}: TestRepository, source: Partial<MysqlSource> = {}) {
	const events: string[] = [];
	const summary = await backUpSource(session, {source: {kind: 'mysql', name: 'shop', url: {env: 'URL'}, ...source}}, {readSecret, onEvent(event) {
		if (event.event === 'warning') {
			events.push(event.message);
		}
	}});
	return {summary, warnings: events, snapshot: await newestSnapshot(session)};
}

async function load({session}: TestRepository, request: Partial<LoadRequest> & Pick<LoadRequest, 'snapshot'>, database = ''): Promise<LoadSummary> {
	return loadDump(session, {into: `mysql://${server.user}@${server.host}:${server.port}/${encodeURIComponent(database)}`, password, hasChecksums: true, ...request}, {readSecret: async () => Buffer.from(server.password)});
}

/** What a database looks like from outside, without what its name changes. */
function describe(t: ExecutionContext, database: string): string {
	const text = server.run('mariadb-dump', ['--routines', '--events', '--triggers', '--hex-blob', '--skip-dump-date', '--skip-comments', '--order-by-primary', '--', database]);
	t.true(text.length > 1000);
	return text;
}

function makeSample(database: string): void {
	server.sql(`CREATE DATABASE ${named(database)} CHARACTER SET latin2 COLLATE latin2_croatian_ci;\nUSE ${named(database)};\n${sample}`);
}

optionalTest(mariadbLack, 'everything that a database can hold is dumped, stored, loaded into another and one of its own name, and is the same there', async t => {
	makeSample('sample');
	const repository = await createTestRepository(createSystemRuntime());
	const {snapshot, summary, warnings} = await backUp(repository, {databases: ['sample']});
	t.is(summary.unreadable, 0);
	t.deepEqual(snapshot.paths, [`sample on ${server.host}:${server.port}`]);
	t.is(`${snapshot.facts?.origin}`, `MariaDB ${server.sql('SELECT VERSION()').split('-', 1)[0]}`);
	t.like(snapshot.facts?.databases?.[0], {name: 'sample', file: '/sample.sql', tables: 6, rows: 11});
	t.is(warnings.length, 1);
	t.regex(warnings[0]!, /^2 tables of the database "sample" cannot be read as of one moment/);
	const before = describe(t, 'sample');
	const copied = await load(repository, {snapshot}, 'copy');
	t.deepEqual(copied.problems, []);
	t.deepEqual(copied.notes, []);
	t.like(copied.databases[0], {name: 'sample', into: 'copy', tables: 6, rows: 11, compared: 'checksums'});
	t.is(describe(t, 'copy'), before);
	t.is(server.sql('SELECT default_collation_name FROM information_schema.schemata WHERE schema_name = \'copy\''), 'latin2_croatian_ci');
	t.is(server.sql('SELECT NEXTVAL(copy.numbers) > NEXTVAL(sample.numbers); SELECT count(*) FROM copy.above; CALL copy.item_count(@n); SELECT @n, copy.half(8)'), '1\n3\n4\t4');
	server.sql('DROP DATABASE sample');
	const again = await load(repository, {snapshot});
	t.deepEqual(again.problems, []);
	t.is(describe(t, 'sample'), before);
	t.log(`${snapshot.facts!.databases![0]!.bytes} bytes, 6 tables, 11 rows`);
});

optionalTest(mariadbLack, 'names that mean something elsewhere, and names like files of ours', async t => {
	const names = [hostile, '-rf', 'grants', '..', 'a%b', 'new\nline'];
	for (const [index, name] of names.entries()) {
		server.sql(`CREATE DATABASE ${named(name)};\nCREATE TABLE ${named(name)}.${named(`t ${name}`)} (x int); INSERT INTO ${named(name)}.${named(`t ${name}`)} VALUES ${Array.from({length: index + 1}, () => '(1)').join(',')};`);
	}

	const repository = await createTestRepository(createSystemRuntime());
	const {snapshot} = await backUp(repository, {databases: names});
	const facts = snapshot.facts!.databases!;
	t.deepEqual(facts.map(({name, rows}) => [name, rows]), names.map((name, index) => [name, index + 1]));
	t.is(new Set(facts.map(({file}) => file)).size, names.length);
	t.true(facts.every(({file}) => !file.slice(1).includes('/') && !file.includes('\n') && file !== '/grants.sql'));
	const summary = await load(repository, {snapshot, overwrite: 'always'});
	t.deepEqual(summary.problems, []);
	t.deepEqual(summary.databases.map(({into, rows}) => [into, rows]), names.map((name, index) => [name, index + 1]));
	const copy = await load(repository, {snapshot, databases: [hostile]}, `${hostile} 2`);
	t.deepEqual(copy.problems, []);
	t.is(server.sql(`SELECT count(*) FROM ${named(`${hostile} 2`)}.${named(`t ${hostile}`)}`), '1');
	t.log(`${names.length} names`);
});

optionalTest(mariadbLack, 'while others write, the tables of a dump belong together', async t => {
	server.sql(`CREATE DATABASE busy; USE busy;
		CREATE TABLE a (id int PRIMARY KEY, n int, pad char(200) DEFAULT 'x') ENGINE=InnoDB; CREATE TABLE z LIKE a;
		INSERT INTO a (id, n) SELECT seq, 0 FROM seq_1_to_20000; INSERT INTO z SELECT * FROM a;`);
	const writer = server.begin();
	const ended = once(writer, 'exit');
	writer.stdin!.write('DELIMITER //\nUSE busy//\nCREATE PROCEDURE work() BEGIN DECLARE i int DEFAULT 0; LOOP SET i = i + 1; START TRANSACTION; UPDATE a SET n = i WHERE id = 1 + i % 20000; UPDATE z SET n = i WHERE id = 1 + i % 20000; COMMIT; END LOOP; END//\nSELECT \'ready\'//\nCALL work()//\n');
	await once(writer.stdout!, 'data');
	const rounds = 3;
	const seen = new Set<string>();
	for (let round = 0; round < rounds; round++) {
		const {files, facts} = await readSource({kind: 'mysql', name: 'busy', url: {env: 'URL'}, databases: ['busy']}, createSourceContext({readSecret}));
		t.like(facts.databases![0], {tables: 2, rows: 40_000});
		const text = files.get('/busy.sql')!.toString();
		const [a, z] = ['a', 'z'].map(table => text.slice(text.indexOf(`INSERT INTO \`${table}\``), text.indexOf(`ALTER TABLE \`${table}\` ENABLE KEYS`)).split('\n').filter(line => line.startsWith('(')).map(line => line.slice(0, -1)));
		t.deepEqual(a, z);
		t.is(a!.length, 20_000);
		seen.add(a!.join('\n'));
	}

	t.is(seen.size, rounds, 'something was written between the dumps');
	writer.kill('SIGKILL');
	await ended;
	t.log(`${rounds} dumps`);
});

optionalTest(mariadbLack, 'the schema alone; all databases without the server\'s own; the users beside them', async t => {
	server.sql('CREATE DATABASE bare; USE bare; CREATE TABLE t (x int); INSERT INTO t VALUES (1); CREATE ROLE clerk; GRANT SELECT ON bare.* TO clerk; CREATE USER jo@localhost IDENTIFIED BY \'x\'; GRANT clerk TO jo@localhost;');
	const {files, facts} = await readSource({kind: 'mysql', name: 'all', url: {env: 'URL'}, schemaOnly: true}, createSourceContext({readSecret}));
	const bare = facts.databases!.find(({name}) => name === 'bare')!;
	t.like(bare, {tables: 1, isSchemaOnly: true, file: '/bare.sql'});
	t.is(bare.rows, undefined);
	t.true(facts.databases!.every(({name}) => !['mysql', 'sys', 'information_schema', 'performance_schema'].includes(name)));
	t.notRegex(files.get('/bare.sql')!.toString(), /INSERT INTO/);
	const grants = files.get('/grants.sql')!.toString();
	t.regex(grants, /CREATE USER IF NOT EXISTS `jo`@`localhost` IDENTIFIED BY PASSWORD/);
	t.regex(grants, /GRANT `clerk` TO `jo`@`localhost`/);
	t.regex(grants, /-- Dump completed\n$/);
	server.sql('DROP USER jo@localhost; DROP ROLE clerk; DROP DATABASE bare;');
	const repository = await createTestRepository(createSystemRuntime());
	const {snapshot} = await backUp(repository, {databases: ['mysql']});
	t.true(snapshot.facts!.databases![0]!.rows! > 0, 'whoever names one of the server\'s own gets it');
});
