import {existsSync, readdirSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {findProgram} from '../../source/engine/index.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {processesWith, until} from '../helpers/processes.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {createFolder} from '../helpers/source-folder.ts';
import {postgresLack} from '../services/postgres.ts';

const gitLack = findProgram(['git'], {environment: {}}) === undefined ? 'git is not installed' : undefined;

/** A host whose temporary files lie in a folder that other users can enter, as a server has to. */
function createHost(t: ExecutionContext) {
	const temporary = createFolder(t);
	const host = new TestHost(t);
	return {temporary, host, environment: {TMPDIR: temporary}};
}

optionalTest(gitLack, 'a CRM under load is backed up by one command, its machine is lost, and repository and key alone bring back the same refs, files, tables and rows', t => {
	const {temporary, host, environment} = createHost(t);
	const {code, json, stderr} = host.run(['demo', '--json'], {environment});
	t.is(code, 0, stderr);
	const [{parts, isSame}] = json() as [{parts: Array<{name: string; kind: string; what: string; expected: string; found: string; isSame: boolean}>; isSame: boolean}];
	t.true(isSame);
	t.deepEqual([...new Set(parts.map(({kind}) => kind))], ['Git repository', 'configuration tree', 'SQLite database', ...(postgresLack === undefined ? ['PostgreSQL database'] : [])]);
	for (const {what, expected, found, isSame: same} of parts) {
		t.is(found, expected, what);
		t.true(same);
	}

	t.deepEqual(readdirSync(temporary), []);
	t.deepEqual(processesWith(temporary), []);
	t.false(existsSync(host.configFile));
	t.log(parts.map(({name, what, found}) => `${name}: ${what}: ${found}`).join('\n'));
});

optionalTest(gitLack, 'a demonstration that is interrupted in the middle cleans up, too', async t => {
	const {temporary, host, environment} = createHost(t);
	const {child, ended} = host.start(['demo'], {environment});
	await until('a repository is there', () => readdirSync(temporary).some(name => existsSync(`${temporary}/${name}/repository/snapshots`)));
	child.kill('SIGINT');
	const {code, stdout, stderr} = await ended;
	t.is(code, 130, stderr);
	t.regex(stdout, /was removed\.\n$/);
	t.deepEqual(readdirSync(temporary), []);
	t.deepEqual(processesWith(temporary), []);
});

test('it takes no arguments', t => {
	const host = new TestHost(t);
	t.is(host.run(['demo', 'now']).code, 2);
});
