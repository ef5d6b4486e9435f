import {rmSync, writeFileSync} from 'node:fs';
import {DatabaseSync} from 'node:sqlite';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {encryptFiles, filesBelow, mixedLayout} from '../helpers/mixed-tree.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {TestHost, type Outcome} from '../helpers/run-coffer.ts';
import {writeLayout} from '../helpers/source-folder.ts';
import {postgresLack} from '../services/postgres.ts';
import {usePostgres} from '../services/use-postgres.ts';

const server = usePostgres();

type Found = {readonly kind: string; readonly severity: string; readonly object: string; readonly message: string};

/** A host with one source, and its repository. @param isHere - Run command lines in this process, which takes less. */
async function createHost(t: ExecutionContext, source: object, isHere = true): Promise<{readonly host: TestHost; readonly run: (...argv: readonly string[]) => Promise<Outcome>}> {
	const host = new TestHost(t);
	const run = async (...argv: readonly string[]) => isHere ? host.runHere(argv) : host.start(argv).ended;
	t.is((await run('init', '--headless')).code, 0);
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: host.keyFile}, schedule: {jobs: {}}, sources: [source]}), {mode: 0o600});
	return {host, run};
}

/** What the monitor finds of backups; nothing of this machine. */
async function look(t: ExecutionContext, run: (...argv: readonly string[]) => Promise<Outcome>): Promise<Found[]> {
	const {code, json, stderr} = await run('monitor', '--json');
	t.is(stderr, '');
	const all = json()[0] as unknown as Found[];
	t.is(code, all.some(({severity}) => severity === 'critical') ? 21 : (all.length > 0 ? 20 : 0));
	return all.filter(({kind}) => ['anomaly', 'encrypted', 'deleted', 'dropped', 'canary'].includes(kind));
}

test('ransomware: found by the first backup after it, by the monitor and at the end of the backup; over when the files are back', async t => {
	const {host, run} = await createHost(t, {name: 'srv', paths: ['../../../srv'], canaries: ['../../../srv/.canary']}, false);
	const folder = host.path('srv');
	const layout = {...mixedLayout(300), '.canary': 'nobody touches this'};
	writeLayout(folder, layout);
	for (let round = 0; round < 3; round++) {
		const {code, stderr} = await run('backup');
		t.is(code, 0, stderr);
		writeFileSync(path.join(folder, 'today.txt'), `quiet day ${round}`);
	}

	t.deepEqual(await look(t, run), []);
	encryptFiles(filesBelow(folder).filter(file => !file.endsWith('.canary')), {suffix: '.locked'});
	const attacked = await run('backup');
	t.is(attacked.code, 0, 'the backup is as good as the source');
	t.regex(attacked.stderr, /"srv": since the backup of .* look encrypted, and did not before\./);
	t.regex(host.log('backup'), /look encrypted/);
	const found = await look(t, run);
	t.deepEqual(found.map(({kind, severity, object}) => [kind, severity, object]), [['encrypted', 'critical', 'srv']]);
	t.log(found[0]!.message);
	const quiet = await run('backup');
	t.notRegex(quiet.stderr, /look encrypted/, 'told once by the backup');
	t.is((await look(t, run))[0]?.message, found[0]!.message, 'that nothing changed mends nothing');
	writeFileSync(path.join(folder, '.canary'), 'somebody did');
	const {stderr} = await run('backup');
	t.regex(stderr, /the canary file .*\/srv\/\.canary holds something else than it did/);
	t.deepEqual((await look(t, run)).map(({kind}) => kind), ['encrypted', 'canary']);
	rmSync(folder, {recursive: true});
	writeLayout(folder, layout);
	t.is((await run('backup')).code, 0);
	t.deepEqual(await look(t, run), []);
});

test('canaries: missing, unreadable as a link, and back', async t => {
	const {host, run} = await createHost(t, {name: 'srv', paths: ['../../../srv'], canaries: ['../../../srv/one', '../../../srv/two'], monitor: {anomalies: false}});
	const folder = host.path('srv');
	writeLayout(folder, {one: 'a', two: 'b', more: 'c'});
	await run('backup');
	t.deepEqual(await look(t, run), []);
	rmSync(path.join(folder, 'one'));
	const {stderr, code} = await run('backup');
	t.is(code, 0);
	t.regex(stderr, /canary file .*\/one is not there/);
	t.deepEqual((await look(t, run)).map(({kind, severity}) => [kind, severity]), [['canary', 'critical']]);
	writeLayout(folder, {one: 'a'});
	await run('backup');
	t.deepEqual(await look(t, run), []);
});

test('SQLite: a table that was dropped is found by the first backup', async t => {
	const {host, run} = await createHost(t, {name: 'crm', kind: 'sqlite', paths: ['../../../crm.db']});
	const database = new DatabaseSync(host.path('crm.db'));
	t.teardown(() => {
		database.close();
	});
	database.exec('CREATE TABLE customer (id INTEGER); CREATE TABLE orders (id INTEGER); INSERT INTO customer VALUES (1), (2); INSERT INTO orders VALUES (1), (2), (3)');
	t.is((await run('backup')).code, 0);
	t.deepEqual(await look(t, run), []);
	database.exec('DROP TABLE orders');
	const {code, stderr} = await run('backup');
	t.is(code, 0);
	t.regex(stderr, /lacks 1 table of 2: "orders" in the database "crm\.db"/);
	await run('backup');
	t.deepEqual((await look(t, run)).map(({kind, severity}) => [kind, severity]), [['dropped', 'critical']]);
	database.exec('CREATE TABLE orders (id INTEGER); INSERT INTO orders VALUES (1)');
	await run('backup');
	t.deepEqual(await look(t, run), []);
});

optionalTest(postgresLack, 'PostgreSQL: a table that was dropped, and one that was emptied', async t => {
	server().sql('create database crm');
	server().sql('create table customer as select generate_series(1, 500) as id; create table orders as select generate_series(1, 20) as id', 'crm');
	const {host, run} = await createHost(t, {name: 'crm', kind: 'postgres', databases: ['crm'], url: {file: 'url'}});
	writeFileSync(path.join(path.dirname(host.configFile), 'url'), server().url(''), {mode: 0o600});
	const first = await run('backup');
	t.is(first.code, 0, first.stderr);
	server().sql('drop table orders', 'crm');
	t.regex((await run('backup')).stderr, /lacks 1 table of 2: "public\.orders" in the database "crm"/);
	t.deepEqual((await look(t, run)).map(({kind}) => kind), ['dropped']);
	server().sql('create table orders (id int); delete from customer where id > 100', 'crm');
	t.regex((await run('backup')).stderr, /has 100 rows instead of 500 in the database "crm"/);
	server().sql('insert into customer select generate_series(101, 500)', 'crm');
	await run('backup');
	t.deepEqual(await look(t, run), []);
});
