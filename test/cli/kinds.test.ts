import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import test from 'ava';
import {TestHost} from '../helpers/run-coffer.ts';

test('the output of a program: it has no place on the disk, neither to go back to nor to be compared with', async t => {
	const host = new TestHost(t);
	const name = `coffer-test-${process.pid}.out`;
	mkdirSync(host.path('data'));
	writeFileSync(host.path('data/file'), 'x');
	t.is((await host.runHere(['init'])).code, 0);
	const config = JSON.parse(readFileSync(host.configFile, 'utf8')) as object;
	writeFileSync(host.configFile, JSON.stringify({...config, sources: [{name, command: ['printf', 'all of it']}, {name: 'data', paths: [host.path('data')]}]}));
	t.is((await host.runHere(['backup'])).code, 0);

	for (const argv of [[], ['--target', '/'], ['--target', '/', '--overwrite', 'always'], ['--dry-run']]) {
		const {code, stderr} = await host.runHere(['restore', `latest:${name}`, ...argv]);
		t.is(code, 2, stderr);
		t.regex(stderr, /nothing is written into "\/"\. Name a folder for it with --target DIR\./);
	}

	t.false(existsSync(`/${name}`));
	t.is((await host.runHere(['restore', `latest:${name}`, '--target', 'out'])).code, 0);
	t.is(readFileSync(host.path('out', name), 'utf8'), 'all of it');

	const all = await host.runHere(['verify', '--against-source']);
	t.is(all.code, 0);
	t.true(all.stdout.includes(`Not compared, as their snapshots hold no files as they stand on a disk: "${name}" (command).`), all.stdout + all.stderr);
	const asked = await host.runHere(['verify', '--against-source', `latest:${name}`]);
	t.is(asked.code, 2);
	t.regex(asked.stderr, /is of the kind command: it holds no files/);
});
