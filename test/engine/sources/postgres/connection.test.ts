import {Buffer} from 'node:buffer';
import test from 'ava';
import {PostgresConnection} from '../../../../source/engine/sources/postgres/connection.ts';
import {readConnectionUrl} from '../../../../source/engine/sources/postgres/connection-url.ts';
import {dumpFileOf} from '../../../../source/engine/sources/databases/dump-names.ts';
import {refuses, refusesAsync} from '../../../helpers/error-assertions.ts';
import {createSourceContext} from '../../../helpers/source-context.ts';

const read = (text: string) => {
	const url = readConnectionUrl(Buffer.from(text));
	return url && {...url, ...(url.password && {password: url.password.toString()})};
};

const withSecret = (text: string) => createSourceContext({readSecret: async () => Buffer.from(text)});

test('a URL is taken apart as libpq does it', t => {
	t.deepEqual(read('postgresql://me:se%3Acret%40%2F@db.example:5433/crm?sslmode=require'), {parameters: {host: 'db.example', port: '5433', user: 'me', sslmode: 'require'}, database: 'crm', password: 'se:cret@/'});
	t.deepEqual(read('postgres://me:a@b@db/we%2Fird'), {parameters: {host: 'db', user: 'me'}, database: 'we/ird', password: 'a@b'});
	t.deepEqual(read('postgres://me@[::1]:5432'), {parameters: {host: '::1', port: '5432', user: 'me'}});
	t.deepEqual(read('postgresql:///crm?host=/run/postgresql'), {parameters: {host: '/run/postgresql'}, database: 'crm'});
	t.deepEqual(read('postgresql://%2Frun%2Fpostgresql'), {parameters: {host: '/run/postgresql'}});
	t.deepEqual(read('postgresql://o%27neil:x@/crm?host=/run'), {parameters: {host: '/run', user: 'o\'neil'}, database: 'crm', password: 'x'});
	t.deepEqual(read('postgresql://'), {parameters: {}});
	t.deepEqual(read('postgresql://me:@db'), {parameters: {host: 'db', user: 'me'}, password: ''});
});

test('what is no URL of a server, or hides a secret elsewhere, is refused without a word of it', async t => {
	const wrong = ['', 'secret', 'mysql://me:secret@db', 'postgresql://me:secret/x@db', 'postgresql://db?password=secret', 'postgresql://db?sslpassword=secret', 'postgresql://db?a-b=secret', 'postgresql://me:secret%4@db', 'postgresql://me:secret@db:x/'];
	for (const text of wrong) {
		t.is(read(text), undefined, text);
		const error = await refusesAsync(t, async () => PostgresConnection.ofSource({kind: 'postgres', name: 'crm', url: {env: 'U'}}, withSecret(text)), 'source-failed', /"url" of ".*" is no URL/);
		t.notRegex(error.message, /secret@|=secret|secret%4/, text);
	}

	await refusesAsync(t, async () => PostgresConnection.ofSource({kind: 'postgres', name: 'crm', url: {env: 'U'}}, withSecret('postgresql://me:se%0Acret@db')), 'source-failed', /end of a line/);
	refuses(t, () => PostgresConnection.ofUrl(new URL('postgresql://me:secret@db'), undefined), 'usage', /without a password/);
	await refusesAsync(t, async () => PostgresConnection.ofSource({kind: 'postgres', name: 'crm', passFile: '/nowhere/pgpass'}, createSourceContext()), 'source-failed', /\/nowhere\/pgpass/);
});

test('programs are told the connection in one argument, and the password in a file that is wiped', async t => {
	const secret = Buffer.from('postgresql://o%27neil:p%3Aw%5C@db:1/x');
	const connection = await PostgresConnection.ofSource({kind: 'postgres', name: 'crm', url: {env: 'U'}}, createSourceContext({readSecret: async () => secret}));
	const {arguments: argv, environment, secretFiles} = connection.toReach(String.raw`we'ird=\name`);
	t.deepEqual(argv, ['--no-password', String.raw`--dbname=host='db' port='1' user='o\'neil' dbname='we\'ird=\\name'`]);
	t.is(environment!['PGPASSFILE'], '/dev/fd/3');
	t.is(Buffer.from(secretFiles![0]!).toString(), String.raw`*:*:*:*:p\:w\\` + '\n');
	t.true(secret.every(byte => byte === 0));
	connection.close();
	t.true(secretFiles![0]!.every(byte => byte === 0));
	t.is(connection.place, 'db:1');
});

test('names of databases become names of files that every path can have, and no two the same', t => {
	const names = ['crm', 'we/ird', 'we%2Fird', '..', '.hidden', 'new\nline', 'ünï', 'a b', '\u202E', 'globals.sql'];
	const files = names.map(name => dumpFileOf(name, 'postgres'));
	t.deepEqual(files, ['/crm.dump', '/we%2Fird.dump', '/we%252Fird.dump', '/%2E..dump', '/%2Ehidden.dump', '/new%0Aline.dump', '/ünï.dump', '/a b.dump', '/%E2%80%AE.dump', '/globals.sql.dump']);
	t.is(new Set(files).size, names.length);
});
