import test from 'ava';
import {noMarks, toggleMark, type Marks} from '../../../../source/ui/screens/restore/marks.ts';
import {createServerTarget, findUrlProblem, loadableOf, nextDatabases, parsePasswordFile, whyNotLoadable, type Loadable} from '../../../../source/ui/screens/restore/server/server-target.ts';
import {buildSnapshots} from '../../../helpers/overview-builder.ts';
import {buildDatabaseFacts} from '../../../helpers/source-facts.ts';

const {id} = buildSnapshots('crm', 1)[0]!;
const three: Loadable = {kind: 'postgres', databases: ['crm', 'shop', 'old'].map(name => buildDatabaseFacts(name))};

function mark(...paths: readonly string[]): Marks {
	let marks = noMarks;
	for (const path of paths) {
		marks = toggleMark(marks, {path, type: path === '/' ? 'directory' : 'file'}, id);
	}

	return marks;
}

test('only dumps of a server can go into one', t => {
	const databases = [buildDatabaseFacts('crm')];
	t.like(loadableOf({kind: 'postgres', facts: {databases}}), {kind: 'postgres'});
	t.like(loadableOf({kind: 'mysql', facts: {databases}}), {kind: 'mysql'});
	t.is(loadableOf({kind: 'sqlite', facts: {databases}}), undefined);
	t.is(loadableOf({kind: 'postgres', facts: {databases: []}}), undefined);
	t.is(loadableOf({kind: 'postgres'}), undefined);
});

test('what was marked decides which databases are proposed; one key goes through all choices', t => {
	t.is(createServerTarget(three, mark('/')).databases, undefined);
	t.is(createServerTarget(three, mark('/globals.sql')).databases, undefined);
	t.is(createServerTarget(three, mark('/crm.dump', '/shop.dump', '/old.dump')).databases, undefined);
	t.deepEqual(createServerTarget(three, mark('/shop.dump')).databases, ['shop']);

	const marks = mark('/crm.dump', '/old.dump');
	let target = createServerTarget(three, marks);
	const seen = [];
	for (let press = 0; press < 5; press++) {
		seen.push(target.databases);
		target = nextDatabases(target, three, marks);
	}

	t.deepEqual(seen, [['crm', 'old'], ['crm'], ['shop'], ['old'], undefined]);
	t.deepEqual(target.databases, ['crm', 'old']);

	const one: Loadable = {kind: 'mysql', databases: [buildDatabaseFacts('crm')]};
	t.is(nextDatabases(createServerTarget(one, noMarks), one, noMarks).databases, undefined);
	t.is(createServerTarget(one, noMarks).url, 'mysql://');
	t.like(createServerTarget(three, mark('/old.dump'), {...target, url: 'postgresql://db1', overwrite: 'always', field: 'checksums'}), {url: 'postgresql://db1', overwrite: 'always', field: 'checksums', databases: ['old']});
});

test('a URL is of the right server, without a password anywhere in it', t => {
	for (const url of ['postgresql://', 'postgres://db1:5433', 'postgresql://anna@db1/crm%20copy', 'postgresql:///crm', 'postgresql://db1/?sslmode=require']) {
		t.is(findUrlProblem(url, three), undefined, url);
	}

	t.is(findUrlProblem('mariadb://db1', {kind: 'mysql'}), undefined);
	for (const url of ['', 'db1', 'mysql://db1', 'http://db1', '/srv', 'postgresql://db 1']) {
		t.like(findUrlProblem(url, three), {text: url}, url);
		t.regex(findUrlProblem(url, three)!.problem, /postgresql:\/\/USER@HOST:PORT/);
	}

	for (const url of ['postgresql://anna:secret@db1/crm', 'postgresql://anna@db1/crm?password=secret', 'postgresql://anna:secret@db1/crm?password=secret']) {
		const {problem, text} = findUrlProblem(url, three)!;
		t.regex(problem, /A password may not stand in the URL.* it was taken out.*~\/\.pgpass/);
		t.false((problem + text).includes('secret'));
		t.is(findUrlProblem(text, three), undefined);
	}

	t.regex(findUrlProblem('mysql://a:b@db1', {kind: 'mysql'})!.problem, /~\/\.my\.cnf/);
	t.regex(findUrlProblem('postgresql://db1/100%', three)!.problem, /percent sign/);
});

test('one database in the URL is for one dump', t => {
	const target = {...createServerTarget(three, noMarks), url: 'postgresql://db1/copy'};
	t.regex(whyNotLoadable(target, three)!, /names one database, "copy", for 3 dumps: choose one/);
	t.is(whyNotLoadable({...target, databases: ['crm']}, three), undefined);
	t.is(whyNotLoadable({...target, url: 'postgresql://db1'}, three), undefined);
	t.regex(whyNotLoadable({...target, url: 'nonsense'}, three)!, /URL of a server/);
});

test('a password file is an absolute path, or none', t => {
	t.deepEqual(parsePasswordFile('  '), {});
	t.deepEqual(parsePasswordFile(' /root//secret '), {file: '/root/secret'});
	t.regex(parsePasswordFile('secret').problem!, /absolute path/);
});
