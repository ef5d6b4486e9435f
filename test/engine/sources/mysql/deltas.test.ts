import {Buffer} from 'node:buffer';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {backUpSource} from '../../../../source/engine/operations/back-up-source/back-up-source.ts';
import {loadDump} from '../../../../source/engine/operations/load-dump/load-dump.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createTestRepository, newestSnapshot} from '../../../helpers/repository-session.ts';
import {createByteStream} from '../../../helpers/test-runtime.ts';
import {mariadbLack, TestMariadb} from '../../../services/mariadb.ts';

let server: TestMariadb;

test.before(async () => {
	if (mariadbLack === undefined) {
		server = await TestMariadb.start();
	}
});
test.after.always(async () => {
	await server?.stop();
});

/** Back up a table, change one row in a hundred of it, back up again, and load what came of it. */
async function measure(t: ExecutionContext, database: string, rowCount: number, hasChecksums: boolean): Promise<void> {
	server.sql(`CREATE DATABASE ${database}; USE ${database};
		CREATE TABLE orders (id int PRIMARY KEY, customer int, email varchar(80), note varchar(200), amount decimal(10,2), at datetime) ENGINE=InnoDB;
		INSERT INTO orders SELECT seq, rand(1) * 200000, concat(substr(md5(rand(2)), 1, 8), '@', substr(md5(rand(3)), 1, 6), '.example'), concat('Grüße ''', md5(rand(4)), ' ', elt(1 + floor(rand(5) * 4), 'new order', 'paid by card', 'sent yesterday', 'done'), ''''),
			rand(6) * 10000, '2024-01-01' + INTERVAL floor(rand(7) * 50000000) SECOND FROM seq_1_to_${rowCount};`);
	// Where chunks are cut depends on the keys: with these a chunk is like another one of the same table by chance, and must not be taken for one that was moved.
	const {session} = await createTestRepository({...createSystemRuntime(), randomBytes: createByteStream(database)});
	const backUp = async () => {
		const start = performance.now();
		const {storedBytes, bytes} = await backUpSource(session, {source: {kind: 'mysql', name: 'shop', url: {env: 'URL'}, databases: [database]}}, {readSecret: async () => Buffer.from(server.url())});
		return {storedBytes, bytes, seconds: (performance.now() - start) / 1000};
	};

	const first = await backUp();
	const changed = Number(server.sql(`USE ${database}; UPDATE orders SET amount = amount + 1, note = concat('changed ', md5(rand(8)), ' ''paid''') WHERE (id - 1) % 100 = (id - 1) DIV 100 % 90; SELECT row_count();`));
	t.is(changed, Math.round(rowCount / 100));
	const second = await backUp();
	const part = second.storedBytes / first.storedBytes;
	t.true(part <= 0.05, `${part}`);
	const snapshot = await newestSnapshot(session);
	const start = performance.now();
	const {problems, databases} = await loadDump(session, {snapshot, into: `mysql://${server.user}@127.0.0.1:${server.port}/${database}2`, password: {env: 'P'}, hasChecksums}, {readSecret: async () => Buffer.from(server.password)});
	t.deepEqual([problems, databases[0]!.rows], [[], rowCount]);
	const figure = (number: number) => number.toFixed(1);
	t.log(`${rowCount} rows, ${figure(first.bytes / 1e6)} MB, ${figure(first.storedBytes / 1e6)} MB stored in ${figure(first.seconds)} s; ${changed} rows changed: ${figure(second.storedBytes / 1e3)} kB more (${figure(part * 100)} %) in ${figure(second.seconds)} s; loaded and compared in ${figure((performance.now() - start) / 1000)} s`);
}

optionalTest(mariadbLack, 'one row in a hundred changed: the next backup of 20 MB adds at most 5 % of the first', async t => {
	await measure(t, 'small', 150_000, true);
});

optionalTest(mariadbLack ?? (process.env['COFFER_SOAK'] === '1' ? undefined : 'takes long; set COFFER_SOAK=1'), 'the same of 200 MB', async t => {
	await measure(t, 'large', 1_500_000, true);
});
