import test from 'ava';
import {compareTables} from '../../../../source/engine/operations/load-dump/compare-tables.ts';
import {chooseDumps, parseTarget} from '../../../../source/engine/operations/load-dump/dumps-of-snapshot.ts';
import {databaseOf} from '../../../../source/engine/operations/load-dump/target-url.ts';
import type {StoredSnapshot} from '../../../../source/engine/repository/repository.ts';
import {refuses} from '../../../helpers/error-assertions.ts';

const snapshot = (kind: StoredSnapshot['kind'], ...names: readonly string[]) => ({
	id: '0123456789abcdef', source: 'crm', kind, facts: {databases: names.map(name => ({name, file: `/${name}.dump`, tables: 1, bytes: 1}))},
}) as unknown as StoredSnapshot;

const wrong: ReadonlyArray<readonly [string, RegExp]> = [
	['', /takes the URL of a database server/],
	['crm', /takes the URL/],
	['/srv/crm', /takes the URL/],
	['https://host/crm', /takes the URL/],
	['file:///crm', /takes the URL/],
	['postgresql://user:geheim@host/crm', /has a password in it.*--into-password-file/],
	['mysql://:geheim@host/crm', /has a password in it/],
	['postgresql://user@host/crm?sslmode=require&password=geheim', /has a password in it/],
	['postgresql://host/100%', /a percent sign in it is written %25/],
];

for (const [url, message] of wrong) {
	test(`refused as a target: ${url === '' ? 'nothing' : url}`, t => {
		const error = refuses(t, () => parseTarget(url), 'usage', message);
		t.false(error.message.includes('geheim'));
	});
}

test('the database of a URL, with its escapes; none stands for those of the dumps', t => {
	t.is(databaseOf(parseTarget('postgresql://host/crm%20new%2Fold')), 'crm new/old');
	t.is(databaseOf(parseTarget('postgres://host')), undefined);
	t.is(databaseOf(parseTarget('mariadb://host:3307/')), undefined);
});

test('the dumps that are asked for; a URL of a database is for one of them', t => {
	const two = snapshot('postgres', 'crm', 'shop');
	const names = (databases: readonly string[] | undefined, url: string) => chooseDumps({snapshot: two, ...(databases && {databases})}, parseTarget(url)).dumps.map(({name}) => name);
	t.deepEqual(names(undefined, 'postgresql://host'), ['crm', 'shop']);
	t.deepEqual(names(['shop'], 'postgresql://host/other'), ['shop']);
	refuses(t, () => names(undefined, 'postgresql://host/other'), 'usage', /dumps of 2 databases: crm, shop\. Choose one with --include/);
	refuses(t, () => names(['shpo'], 'postgresql://host'), 'usage', /no dump of the database "shpo"\. It has: crm, shop\./);
	refuses(t, () => names(undefined, 'mysql://host'), 'usage', /holds dumps for postgresql:/);
});

test('a snapshot without dumps of a server says what to do instead', t => {
	for (const one of [snapshot('files'), snapshot('sqlite', '/a.db'), snapshot('postgres')]) {
		refuses(t, () => chooseDumps({snapshot: one}, parseTarget('postgresql://host/x')), 'usage', /holds no dump of a database server\. Restore its files with --target\./);
	}
});

test('tables are compared by rows, and by checksums where there are any; what differs is named, of much the first', t => {
	const dump = [{name: 'a', rows: 1, checksum: 'x'}, {name: 'b', rows: 2, checksum: 'y'}];
	t.deepEqual(compareTables(dump, dump.toReversed()), []);
	t.deepEqual(compareTables(dump, [{name: 'a', rows: 1, checksum: 'z'}, {name: 'c', rows: 0}]), [
		'the rows of the table a differ from the dump\'s, though there are as many (1)', 'the table b is missing', 'the table c is not in the dump',
	]);
	t.deepEqual(compareTables([{name: 'a', rows: 1}], [{name: 'a', rows: 2}]), ['the table a has 2 rows instead of 1']);
	const many = Array.from({length: 20}, (_, index) => ({name: `t${index}`, rows: 1}));
	t.is(compareTables(many, []).at(-1), 'and 15 more differences');
});
