import {chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {TestHost} from '../helpers/run-coffer.ts';

const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

test('init makes repository, key file and configuration, readable by nobody else, and never again', t => {
	const host = new TestHost(t);
	const first = host.run(['init']);
	t.is(first.code, 0, first.stderr);
	t.is(modeOf(host.keyFile), '600');
	t.is(modeOf(host.configFile), '600');
	t.is(modeOf(path.dirname(host.configFile)), '700');
	t.is(modeOf(host.repository), '700');
	t.deepEqual(JSON.parse(readFileSync(host.configFile, 'utf8')), {repository: host.repository, key: {file: host.keyFile}, sources: []});
	const files = [host.keyFile, host.configFile, path.join(host.repository, 'repository.json')];
	const before = files.map(file => readFileSync(file, 'utf8'));
	const again = host.run(['init']);
	t.is(again.code, 1);
	t.regex(again.stderr, /^coffer: There is a repository at [^\n]+ already\. [^\n]+\n$/);
	t.deepEqual(files.map(file => readFileSync(file, 'utf8')), before);
});

test('init with everything named needs no prompt, and leaves an existing configuration as it is', t => {
	const host = new TestHost(t);
	const named = (name: string) => ['--repository', host.path(name), '--key-file', host.path(`${name}.key`)];
	t.is(host.run(['init', ...named('a')]).code, 0);
	const config = readFileSync(host.configFile, 'utf8');
	const second = host.run(['init', '--json', ...named('b')]);
	t.is(second.code, 0, second.stderr);
	t.is(second.json().length, 1);
	t.like(second.json()[0]!, {repository: host.path('b'), keyFile: host.path('b.key')});
	t.is(readFileSync(host.configFile, 'utf8'), config);
	// Flags beat the configuration, which names the other repository.
	t.deepEqual(host.run(['snapshots', '--json', ...named('b')]).json(), [[]] as never);
});

test('init overwrites no key file, and leaves no repository without its key', t => {
	const host = new TestHost(t);
	writeFileSync(host.path('k'), 'mine');
	const {code, stderr} = host.run(['init', '--repository', host.path('r'), '--key-file', host.path('k')]);
	t.is(code, 1);
	t.regex(stderr, /exists already/);
	t.is(readFileSync(host.path('k'), 'utf8'), 'mine');
	t.false(existsSync(host.path('r')));
});

test('--defaults configures what is found, and a passphrase alone opens the repository', t => {
	const host = new TestHost(t);
	writeFileSync(host.path('home/letter'), 'x');
	writeFileSync(host.path('pass'), 'correct horse battery\n', {mode: 0o600});
	const environment = {COFFER_PASSPHRASE_FILE: host.path('pass')};
	const init = host.run(['init', '--passphrase', '--defaults', '--json'], {environment});
	t.is(init.code, 0, init.stderr);
	t.false(existsSync(host.keyFile));
	const config = JSON.parse(readFileSync(host.configFile, 'utf8')) as {sources: unknown[]; passphrase: unknown};
	t.true(config.sources.length > 0);
	t.deepEqual(config.passphrase, {file: host.path('pass')});
	t.is(host.run(['key', 'status']).code, 0);
	t.is(host.run(['key', 'status'], {environment: {COFFER_PASSPHRASE_FILE: undefined, COFFER_PASSPHRASE: 'wrong'}}).code, 12);
	t.is(host.run(['key', 'status'], {environment: {COFFER_PASSPHRASE_COMMAND: `cat "${host.path('pass')}"`}}).code, 0);
	const noSecret = host.run(['init', '--passphrase', '--repository', host.path('r2')], {environment: {XDG_CONFIG_HOME: host.path('other')}});
	t.is(noSecret.code, 2);
	t.regex(noSecret.stderr, /no terminal/);
});

test('two factors: key file and passphrase are both needed', t => {
	const host = new TestHost(t);
	const both = ['--repository', host.path('r'), '--key-file', host.path('k')];
	const environment = {COFFER_PASSPHRASE: 'correct horse battery'};
	t.is(host.run(['init', '--passphrase', ...both], {environment}).code, 0);
	t.is(host.run(['snapshots', ...both], {environment}).code, 0);
	t.is(host.run(['snapshots', ...both]).code, 12);
	t.is(host.run(['snapshots', '--repository', host.path('r')], {environment: {...environment, XDG_CONFIG_HOME: host.path('other')}}).code, 12);
});

test('what is missing or wrong: codes and one line each', t => {
	const host = new TestHost(t);
	host.run(['init']);
	host.run(['init', '--repository', host.path('other'), '--key-file', host.path('other.key')]);
	const cases: ReadonlyArray<readonly [readonly string[], number, RegExp]> = [
		[['snapshots', '--repository', host.path('nowhere'), '--key-file', host.path('no.key')], 10, /There is no repository at/],
		[['snapshots', '--key-file', host.path('no.key')], 2, /There is no key file/],
		[['snapshots', '--key-file', host.path('other.key')], 12, /does not open the repository/],
		[['snapshots', '--repository', 's3://host/bucket'], 2, /comes later/],
		[['snapshots', '--config', host.path('no.json')], 2, /no such file/],
		[['backup'], 2, /No sources are configured/],
		[['backup', 'nosuch'], 2, /There is no source "nosuch"/],
		[['backup', host.path('gone')], 1, /gone/],
		[['verify', 'abcd'], 1, /There is no snapshot "abcd"/],
		[['verify', '--read-data=lots'], 2, /--read-data takes/],
		[['restore'], 2, /Name one snapshot/],
		[['restore', 'latest'], 1, /holds no snapshot/],
		[['restore', 'latest', '--overwrite', 'always'], 2, /--target \//],
		[['key', 'nonsense'], 2, /knows "status", "list", "rotate"/],
		[['--headless'], 2, /No sources are configured/],
	];
	for (const [argv, code, message] of cases) {
		const result = host.run(argv);
		t.is(result.code, code, `${argv.join(' ')}: ${result.stderr}`);
		t.regex(result.stderr, message);
		t.is(result.stdout, '');
		t.is(result.stderr.split('\n').length, 2, result.stderr);
		const asJson = host.run([...argv, '--json']);
		t.is(asJson.code, code);
		t.like(JSON.parse(asJson.stderr) as object, {event: 'error'});
	}
});

test('a bare "coffer" makes nothing', t => {
	const host = new TestHost(t);
	const {code, stderr} = host.run([]);
	t.is(code, 10);
	t.regex(stderr, /Run "coffer init"/);
	t.false(existsSync(host.configFile));
	t.false(existsSync(host.repository));
});

test('unsafe key files and configurations are refused', t => {
	const host = new TestHost(t);
	host.run(['init']);
	chmodSync(host.keyFile, 0o644);
	const key = host.run(['snapshots']);
	t.is(key.code, 2);
	t.regex(key.stderr, /others may read it .*chmod 600/);
	chmodSync(host.keyFile, 0o600);
	writeFileSync(host.configFile, '{"repository": "/x", "typo": 1}');
	const config = host.run(['status']);
	t.is(config.code, 2);
	t.regex(config.stderr, /typo is unknown here/);
});

test('npm start on a fresh machine: the embedded default, from nothing to a verified backup', t => {
	const host = new TestHost(t);
	const project = host.path('my project');
	mkdirSync(path.join(project, 'built'), {recursive: true});
	writeFileSync(path.join(project, '.gitignore'), 'built/\n');
	writeFileSync(path.join(project, 'built', 'left-out'), 'x');
	writeFileSync(path.join(project, 'kept'), 'kept');
	const first = host.run(['--embedded-default'], {cwd: project});
	t.is(first.code, 0, first.stderr);
	for (const created of [host.repository, host.keyFile, host.configFile, project]) {
		t.true(first.stdout.includes(created), created);
	}

	t.regex(first.stdout, /Everything is intact, data included/);
	t.regex(first.stdout, /OK +my-project/);
	t.is(host.run(['restore', 'latest', '--target', host.path('out')]).code, 0);
	t.is(readFileSync(path.join(host.path('out'), project, 'kept'), 'utf8'), 'kept');
	t.false(existsSync(path.join(host.path('out'), project, 'built')));
	const second = host.run(['--embedded-default'], {cwd: project});
	t.is(second.code, 0, second.stderr);
	t.regex(second.stdout, /^STATE/);
	rmSync(host.configFile);
	const named = host.run(['--embedded-default', '--repository', host.path('elsewhere')], {cwd: project});
	t.is(named.code, 10);
	t.false(existsSync(host.configFile));
});

test('where a secret is given, it shows nowhere', t => {
	const host = new TestHost(t);
	const passphrase = 'canary-passphrase-7731';
	const environment = {COFFER_PASSPHRASE: passphrase};
	const source = host.path('src');
	mkdirSync(source);
	writeFileSync(path.join(source, 'file'), 'x');
	host.run(['init', '--passphrase', '--key-file', host.path('k')], {environment});
	const key = /key +(?<key>[\da-f]{64})/.exec(readFileSync(host.path('k'), 'utf8'))!.groups!['key']!;
	const outputs = [['backup', source], ['backup', source, '--json', '--verbose'], ['verify', '--read-data'], ['snapshots', '--json'], ['key', 'status', '--json'], ['status', '--verbose'], ['nonsense'], ['backup', '/nowhere']]
		.map(argv => host.run(argv, {environment}));
	const texts = [...outputs.flatMap(({stdout, stderr}) => [stdout, stderr]), readFileSync(host.logFile, 'utf8'), readFileSync(host.configFile, 'utf8')];
	t.true(texts.join('').length > 1000);
	t.false(texts.some(text => text.includes(passphrase) || text.includes(key)));
	t.is(modeOf(host.logFile), '600');
});
