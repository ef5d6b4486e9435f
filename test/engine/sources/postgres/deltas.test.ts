import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {PostgresRepository} from '../../../helpers/postgres-repository.ts';
import {postgresLack} from '../../../services/postgres.ts';
import {usePostgres} from '../../../services/use-postgres.ts';

const server = usePostgres();

/** About 176 bytes a row in a dump, 70 of them left when it is compressed: names, addresses, hashes, words. */
const table = (rows: number) => `create table customer (id int primary key, name text, email text, city text, balance numeric(10,2), changed timestamptz, note text);
	insert into customer select id, 'Customer '||substr(md5(id::text), 1, 10), substr(md5('m'||id), 1, 12)||'@example.com', (array['Berlin','Paris','London','Madrid','Rome'])[1+id%5],
		(random()*10000)::numeric(10,2), now() - random()*interval '1000 days',
		md5('a'||id)||' '||(case when id%3=0 then 'called back about the invoice of last month' else 'no answer' end)||' '||substr(md5('b'||id),1,20) from generate_series(1, ${rows}) as id;
	vacuum analyze customer`;

const update = 'update customer set balance = balance + 1, changed = now()';

/** What happens to the table in one day: 1 % of its rows change; where PostgreSQL puts the new versions depends on the room that it has. */
const days = (rows: number): ReadonlyArray<readonly [what: string, statements: string]> => [
	['rows all over the table, which move to its end', `${update} where id % 100 = 0`],
	['other rows', `${update} where id % 100 = 7`],
	['rows all over the table, into the room that a vacuum made', `vacuum customer; ${update} where id % 100 = 33`],
	['one range', `update customer set note = note || '!' where id between ${rows / 2} and ${rows / 2 + rows / 100}`],
	['half deleted, half new', `delete from customer where id % 200 = 50; insert into customer select id + ${rows * 2}, name, reverse(email), city, balance, now(), note from customer where id % 200 = 51`],
];
const largestPart = 0.05;

async function measure(t: ExecutionContext, rows: number): Promise<void> {
	const database = `of_${rows}`;
	server().sql(`create database ${database}`);
	server().sql(table(rows), database);
	const repository = await PostgresRepository.create();
	const source = {databases: [database], globals: false};
	const {snapshot, storedBytes: whole} = await repository.backUp(server(), source);
	t.true(whole * 2 > rows * 70, `${whole}`);
	t.log(`${snapshot.facts!.databases![0]!.bytes} bytes of dump, ${whole} stored`);
	let sum = 0;
	for (const [what, statements] of days(rows)) {
		server().sql(statements, database);
		const {storedBytes} = await repository.backUp(server(), source);
		sum += storedBytes;
		t.log(`${(100 * storedBytes / whole).toFixed(2)} %: ${what}`);
	}

	// The days together: where the cut points of this repository's secret table fall badly, one chunk is stored whole, which is 7 % of the small database.
	t.true(sum <= whole * largestPart * days(rows).length, `${sum} of ${whole}`);
}

optionalTest(postgresLack, 'after 1 % of the rows changed, a database adds at most 5 % of what its first dump took', async t => {
	await measure(t, 120_000);
});

const soakLack = process.env['COFFER_SOAK'] === '1' ? postgresLack : 'takes long; set COFFER_SOAK=1';

optionalTest(soakLack, 'the same for a database of 200 MB', async t => {
	t.timeout(10 * 60 * 1000);
	await measure(t, 1_200_000);
});
