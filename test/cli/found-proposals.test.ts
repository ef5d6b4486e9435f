import {once} from 'node:events';
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import path from 'node:path';
import process from 'node:process';
import {DatabaseSync} from 'node:sqlite';
import test, {type ExecutionContext} from 'ava';
import {chooseFound, describeAll} from '../../source/cli/finding/choose-found.ts';
import type {FoundSource} from '../../source/cli/finding/found-source.ts';
import {findSources, type FindOptions} from '../../source/cli/found-sources.ts';
import {sourceSchema} from '../../source/cli/source-schemas.ts';
import {createFolder, writeLayout} from '../helpers/source-folder.ts';

/** Time that stands still, and nobody who gives up. */
const patient: FindOptions['runtime'] = {monotonicMs: () => 0, async sleep(_, signal) {
	if (!signal!.aborted) {
		await once(signal!, 'abort');
	}
}};

const repository = (folder: string) => ({[`${folder}/HEAD`]: 'ref: refs/heads/main\n', [`${folder}/objects/`]: '', [`${folder}/refs/`]: ''});

function writeDatabase(file: string): void {
	mkdirSync(path.dirname(file), {recursive: true});
	const database = new DatabaseSync(file);
	database.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
	database.close();
}

async function listen(t: ExecutionContext, file: string): Promise<void> {
	mkdirSync(path.dirname(file), {recursive: true});
	const server = createServer();
	server.listen(file);
	await once(server, 'listening');
	t.teardown(() => {
		server.close();
	});
}

/** What was found in a made-up root, without the usual folders; its own path is cut off. */
async function find(root: string, change: Partial<FindOptions> = {}): Promise<Array<Record<string, unknown>>> {
	const found = await findSources({isRoot: true, home: '/root', root, runtime: patient, ...change});
	// The configuration takes each as it stands.
	for (const {source} of found) {
		sourceSchema.parse(source);
	}

	return found.filter(({isUsual}) => !isUsual).map(({source, note}) => JSON.parse(JSON.stringify({...source, ...(note !== undefined && {note})}).replaceAll(root, '')) as Record<string, unknown>);
}

test('Git repositories: one source for all under one folder, with working trees and without; nothing that only looks like one', async t => {
	const root = createFolder(t, {
		...repository('srv/git/crm.git'), ...repository('srv/git/team/shop.git'), ...repository('opt/app/.git'), 'opt/app/main.py': '', ...repository('home/anna/src/site/.git'), ...repository('home/anna/notes/.git'),
		...repository('home/bert/x/.git'), ...repository('var/lib/gitea/repos/a.git'), ...repository('root/node_modules/dep/.git'), ...repository('root/.cache/pip/x.git'), ...repository('tmp/y.git'),
		'srv/not-a/HEAD': 'x', 'srv/not-a/refs/': '', 'srv/linked/.git': 'gitdir: /elsewhere', 'srv/half/.git/HEAD': 'x', 'srv/git/crm.git/objects/HEAD': 'x',
	});
	symlinkSync('/', path.join(root, 'srv/all'));
	t.deepEqual(await find(root), [
		{kind: 'git', name: 'git-anna', paths: ['/home/anna/notes', '/home/anna/src/site']},
		{kind: 'git', name: 'git-bert', paths: ['/home/bert/x']},
		{kind: 'git', name: 'git-opt', paths: ['/opt/app']},
		{kind: 'git', name: 'git', paths: ['/srv/git/crm.git', '/srv/git/team/shop.git']},
		{kind: 'git', name: 'git-gitea', paths: ['/var/lib/gitea/repos/a.git']},
	]);
});

test('SQLite databases: by how they begin, one source for each program; none of the system\'s and none of our own', async t => {
	const root = createFolder(t, {'srv/crm/fake.sqlite': 'SQLite format 4\0 and more', 'srv/crm/empty.db': '', 'srv/crm/short.db': 'SQLite'});
	for (const name of ['srv/crm/db/crm.sqlite', 'srv/crm/noending', 'srv/top.db', 'opt/wiki/data/wiki.db', 'var/lib/grafana/grafana.db', 'var/www/html/shop.sqlite3']) {
		writeDatabase(path.join(root, name));
	}

	for (const name of ['var/lib/PackageKit/transactions.db', 'var/lib/command-not-found/commands.db', 'var/lib/coffer/state.db', 'srv/crm/.cache/x.db', 'srv/crm/node_modules/x.db', 'home/anna/.mozilla/places.sqlite', 'home/anna/own.db', 'srv/crm/picture.png']) {
		writeDatabase(path.join(root, name));
	}

	t.deepEqual(await find(root, {ownFolders: [path.join(root, 'var/lib/coffer')]}), [
		{kind: 'sqlite', name: 'sqlite-wiki', paths: ['/opt/wiki/data/wiki.db']},
		{kind: 'sqlite', name: 'sqlite-srv', paths: ['/srv/top.db']},
		{kind: 'sqlite', name: 'sqlite-crm', paths: ['/srv/crm/db/crm.sqlite', '/srv/crm/noending']},
		{kind: 'sqlite', name: 'sqlite-grafana', paths: ['/var/lib/grafana/grafana.db']},
		{kind: 'sqlite', name: 'sqlite-html', paths: ['/var/www/html/shop.sqlite3']},
	]);
});

test('database servers by their sockets, and whose those are; a file is none', async t => {
	const root = createFolder(t, {'etc/passwd': `root:x:0:0::/root:/bin/sh\npostgres:x:${process.getuid!()}:1::/:/bin/sh\n`, 'run/postgresql/.s.PGSQL.5434': 'a file', 'var/lib/mysql/mysql.sock': 'a file'});
	const owner = process.getuid!() === 0 ? 'root' : 'postgres';
	t.deepEqual(await find(root), []);
	await listen(t, path.join(root, 'run/postgresql/.s.PGSQL.5432'));
	await listen(t, path.join(root, 'run/postgresql/.s.PGSQL.5433'));
	await listen(t, path.join(root, 'run/mysqld/mysqld.sock'));
	t.deepEqual(await find(root), [
		{kind: 'postgres', name: 'postgresql', host: '/run/postgresql', port: 5432, note: `the socket belongs to ${owner}`},
		{kind: 'postgres', name: 'postgresql-5433', host: '/run/postgresql', port: 5433, note: `the socket belongs to ${owner}`},
		{kind: 'mysql', name: 'mysql', socket: '/run/mysqld/mysqld.sock', note: `the socket belongs to ${owner}`},
	]);
});

test('the usual folders are what they were; names are never used twice', async t => {
	const root = createFolder(t, {'etc/hosts': 'x', 'home/anna/x': 'x', 'root/': '', 'srv/x': 'x', 'var/www/x': 'x', ...repository('home/team/a.git'), ...repository('opt/team/b.git/.git'), ...repository('opt/team/c/.git')});
	const found = await findSources({isRoot: true, home: '/root', root, runtime: patient});
	t.deepEqual(found.map(({source: {name}, isUsual}) => [name, isUsual]), [['etc', true], ['home', true], ['srv', true], ['www', true], ['git-team', false], ['git-team-2', false]]);
	const own = await findSources({isRoot: false, home: '/home/anna', root, runtime: patient});
	t.deepEqual(own.map(({source: {name}, isUsual}) => [name, isUsual]), [['home', true], ['srv', true], ['www', true], ['git-team', false]]);
});

test('the search has an end: deep trees, many folders, many paths, no time, folders that do not answer', async t => {
	const root = createFolder(t, {...repository('srv/1/2/3/4/5/deep.git'), ...repository('srv/1/2/3/4/near.git')});
	t.deepEqual(await find(root), [{kind: 'git', name: 'git-4', paths: ['/srv/1/2/3/4/near.git']}]);
	for (let number = 0; number < 230; number++) {
		writeLayout(root, repository(`opt/many/${number}.git`));
	}

	const many = await find(root);
	t.is((many.find(({name}) => name === 'git-many')!['paths'] as string[]).length, 200);
	let asked = 0;
	t.deepEqual(await find(root, {runtime: {...patient, monotonicMs: () => asked++ * 10_000}}), []);
	t.deepEqual(await find(root, {runtime: {...patient, sleep: async () => undefined}}), []);
});

test('names that no configuration could hold are passed over', async t => {
	const root = createFolder(t, {...repository('srv/evil\u001B[2J.git'), ...repository('srv/line\nbreak/x.git')});
	mkdirSync(Buffer.concat([Buffer.from(`${root}/srv/odd`), Buffer.from([0xFF]), Buffer.from('.git/objects')]), {recursive: true});
	writeFileSync(Buffer.concat([Buffer.from(`${root}/srv/odd`), Buffer.from([0xFF]), Buffer.from('.git/HEAD')]), 'x');
	writeDatabase(path.join(root, 'srv/tab\there.db'));
	t.deepEqual(await find(root), []);
});

test('what is found is asked for kind by kind, and nothing is taken without a yes', async t => {
	const usual: FoundSource = {isUsual: true, source: {kind: 'files', name: 'etc', paths: ['/etc']}};
	const git: FoundSource = {isUsual: false, source: {kind: 'git', name: 'git', paths: ['/srv/a', '/srv/b', '/srv/c', '/srv/d', '/srv/e']}};
	const server: FoundSource = {isUsual: false, note: 'the socket belongs to postgres', source: {kind: 'postgres', name: 'postgresql', host: '/run/postgresql', port: 5432}};
	const sqlite: FoundSource = {isUsual: false, source: {kind: 'sqlite', name: 'sqlite-crm', paths: ['/srv/crm.db']}};
	const questions: string[] = [];
	const ask = async (found: readonly FoundSource[], yes: RegExp) => chooseFound(found, async question => {
		questions.push(question);
		return yes.test(question);
	});
	t.deepEqual(await ask([usual, server, git, sqlite], /^never/), []);
	t.deepEqual(questions, [
		'Found here: etc (/etc). Configure these as sources?',
		'Found here, too, database servers: postgresql (all databases of /run/postgresql:5432; the socket belongs to postgres). Configure these as sources?',
		'Found here, too, Git repositories: git (/srv/a, /srv/b, /srv/c and 2 more). Configure these as sources?',
		'Found here, too, SQLite databases: sqlite-crm (/srv/crm.db). Configure these as sources?',
	]);
	t.deepEqual(await ask([usual, server, git, sqlite], /Git|etc/), [usual, git]);
	questions.length = 0;
	t.deepEqual(await ask([git], /Git/), [git]);
	t.is(questions.length, 1);
	t.is(describeAll([usual, sqlite]), 'etc (/etc), sqlite-crm (/srv/crm.db)');
});
