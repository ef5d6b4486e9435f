import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import process from 'node:process';
import test from 'ava';

const {version} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string};

test('the sources run without a build and tell the version', t => {
	const {stdout, stderr, status} = spawnSync(process.execPath, ['source/cli.ts', '--version'], {encoding: 'utf8'});
	t.deepEqual({stdout, stderr, status}, {stdout: `${version}\n`, stderr: '', status: 0});
});

test('the built program tells the version', t => {
	const {stdout, stderr, status} = spawnSync(process.execPath, ['dist/cli.js', '--version'], {encoding: 'utf8'});
	t.deepEqual({stdout, stderr, status}, {stdout: `${version}\n`, stderr: '', status: 0});
});

test('an old Node gets one line and exit code 2', t => {
	// What the check reads is pretended, as no old Node is at hand everywhere.
	const pretend = 'data:text/javascript,Object.defineProperty(process.versions, "node", {value: "20.1.0"})';
	const {stdout, stderr, status} = spawnSync(process.execPath, ['--import', pretend, 'dist/cli.js', 'status'], {encoding: 'utf8'});
	t.is(stdout, '');
	t.regex(stderr, /^coffer needs Node 24 or newer, this is Node 20\.1\.0: [^\n]+\n$/);
	t.is(status, 2);
});
