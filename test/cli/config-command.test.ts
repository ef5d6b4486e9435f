import {chmodSync, existsSync, lstatSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {TestHost, type Outcome} from '../helpers/run-coffer.ts';

type Setting = {name: string; value: unknown; from: string};

const settingsOf = ({json}: Outcome): Record<string, Setting> => Object.fromEntries((json()[0]!['settings'] as Setting[]).map(setting => [setting.name, setting]));

function writeConfig(host: TestHost, content: unknown): void {
	writeFileSync(host.configFile, typeof content === 'string' ? content : JSON.stringify(content), {mode: 0o600});
}

/** An editor: a script for sh that gets the file as $1. */
function editor(host: TestHost, script: string): Record<string, string> {
	const file = host.path('an editor');
	writeFileSync(file, `#!/bin/sh\n${script}\n`, {mode: 0o700});
	return {...host.environment as Record<string, string>, VISUAL: `"${file}"`};
}

test('show: what is effective, who said so, and no secret', async t => {
	const host = new TestHost(t);
	await host.runHere(['init']);
	writeConfig(host, {
		repository: 'relative/repository',
		key: {file: 'key'},
		passphrase: {command: ['/bin/echo', 'canary-argument']},
		sources: [{name: 'etc', paths: ['/etc', 'x'], class: 'daily'}],
	});
	const folder = path.dirname(host.configFile);
	const plain = await host.runHere(['config', 'show', '--json']);
	t.is(plain.code, 0, plain.stderr);
	const settings = settingsOf(plain);
	t.like(settings['repository'], {value: path.join(folder, 'relative/repository'), from: host.configFile});
	t.like(settings['key'], {value: {file: path.join(folder, 'key')}, from: host.configFile});
	t.deepEqual(settings['passphrase']!.value, {command: ['/bin/echo', '…']});
	t.like(settings['sources[0].paths'], {value: ['/etc', path.join(folder, 'x')], from: host.configFile});
	t.like(settings['sources[0].class'], {value: 'daily', from: host.configFile});
	t.like(settings['sources[0].excludeCaches'], {value: true, from: 'default'});
	const environment = {...host.environment, COFFER_REPOSITORY: '/by/environment', COFFER_KEY_FILE: 'by-environment', COFFER_PASSPHRASE: 'canary-passphrase', COFFER_STATE_DIRECTORY: '/s'};
	const fromEnvironment = settingsOf(await host.runHere(['config', 'show', '--json'], {environment}));
	t.like(fromEnvironment['repository'], {value: '/by/environment', from: 'COFFER_REPOSITORY'});
	t.like(fromEnvironment['key'], {value: {file: host.path('by-environment')}, from: 'COFFER_KEY_FILE'});
	t.like(fromEnvironment['passphrase'], {value: {env: 'COFFER_PASSPHRASE'}, from: 'COFFER_PASSPHRASE'});
	t.like(fromEnvironment['state'], {value: '/s', from: 'COFFER_STATE_DIRECTORY'});
	const flags = settingsOf(await host.runHere(['config', 'show', '--json', '--repository', 'sftp://me:canary-password@host/x', '--key-file', '/k'], {environment}));
	t.like(flags['repository'], {value: 'sftp://me:…@host/x', from: '--repository'});
	t.like(flags['key'], {value: {file: '/k'}, from: '--key-file'});
	const all = [plain, await host.runHere(['config', 'show'], {environment}), await host.runHere(['config', 'show', '--repository', 'sftp://me:canary-password@host/x'])];
	t.notRegex(all.map(({stdout, stderr}) => stdout + stderr).join(''), /canary/);
});

test('show and path work without a configuration', async t => {
	const host = new TestHost(t);
	const {code, stdout} = await host.runHere(['config', 'show']);
	t.is(code, 0);
	t.regex(stdout, /there is no such file/);
	t.is((await host.runHere(['config', 'path'])).stdout, `${host.configFile}\n`);
	t.deepEqual((await host.runHere(['config', 'path', '--json'])).json(), [{file: host.configFile, isThere: false}]);
	t.is((await host.runHere(['config', 'validate'])).code, 2);
	t.is((await host.runHere(['config', 'edit'], {isTerminal: true})).code, 2);
	t.false(existsSync(host.configFile));
});

test('validate: every problem with its line, and exit code 2', async t => {
	const host = new TestHost(t);
	await host.runHere(['init']);
	t.is((await host.runHere(['config', 'validate'])).code, 0);
	writeConfig(host, '{\n\t"repositry": "/x",\n\t"sources": [\n\t\t{"name": "a", "paths": "/a"},\n\t\t{"name": "a", "paths": ["/b"], "pahts": 1}\n\t]\n}\n');
	const {code, stdout} = await host.runHere(['config', 'validate']);
	t.is(code, 2);
	t.deepEqual(stdout.split('\n').slice(0, -1).toSorted(), [
		'wrong line 2, column 2: repositry is unknown here (did you mean "repository"?)',
		'wrong line 4, column 17: sources[0].paths must be a list',
		'wrong line 5, column 34: sources[1].pahts is unknown here (did you mean "paths"?)',
	]);
	const asJson = await host.runHere(['config', 'validate', '--json']);
	t.is(asJson.code, 2);
	t.is(asJson.stderr, '');
	t.like(asJson.json()[0], {isValid: false});
	t.is((asJson.json()[0]!['problems'] as unknown[]).length, 3);
	t.is((await host.runHere(['config', 'validate', '--quiet'])).stdout, stdout);
});

test('edit: a valid change takes the file\'s place, with mode 600 whatever the editor does', async t => {
	const host = new TestHost(t);
	await host.runHere(['init']);
	const environment = editor(host, 'sed "s/\\[\\]/[{\\"name\\": \\"etc\\", \\"paths\\": [\\"\\/etc\\"]}]/" "$1" >"$1.new" && mv "$1.new" "$1" && chmod 644 "$1"');
	const {code, stdout, stderr} = await host.runHere(['config', 'edit'], {environment, isTerminal: true});
	t.is(code, 0, stderr);
	t.regex(stdout, /was changed/);
	t.is(statSync(host.configFile).mode & 0o777, 0o600);
	t.like(JSON.parse(readFileSync(host.configFile, 'utf8')), {sources: [{name: 'etc', paths: ['/etc']}]});
	t.deepEqual(readdirSync(path.dirname(host.configFile)).toSorted(), ['config.json', 'key']);
});

test('edit: a link to the configuration stays one', async t => {
	const host = new TestHost(t);
	await host.runHere(['init']);
	renameSync(host.configFile, host.path('real.json'));
	symlinkSync(host.path('real.json'), host.configFile);
	t.is((await host.runHere(['config', 'edit'], {environment: editor(host, 'echo "{}" >"$1"'), isTerminal: true})).code, 0);
	t.true(lstatSync(host.configFile).isSymbolicLink());
	t.is(readFileSync(host.path('real.json'), 'utf8'), '{}\n');
});

const failures: ReadonlyArray<readonly [title: string, script: string, code: number, message: RegExp, isKept: boolean]> = [
	['what was typed is no JSON', 'echo "{" >"$1"', 2, /not valid JSON \(line 2, column 1\)/, true],
	['what was typed has an unknown key', 'echo "{\\"x\\": 1}" >"$1"', 2, /x is unknown here \(line 1, column 2\)/, true],
	['the editor fails after a change', 'echo "{}" >"$1"; exit 7', 1, /ended with exit code 7/, true],
	['the editor fails at once', 'exit 7', 1, /ended with exit code 7/, false],
	['the editor dies', 'kill -9 $$', 1, /ended with SIGKILL/, false],
];

for (const [title, script, expected, message, isKept] of failures) {
	test(`edit, ${title}: the configuration stays as it is${isKept ? ', and the copy is named' : ''}`, async t => {
		const host = new TestHost(t);
		await host.runHere(['init']);
		const before = readFileSync(host.configFile, 'utf8');
		const {code, stderr} = await host.runHere(['config', 'edit'], {environment: editor(host, script), isTerminal: true});
		t.is(code, expected, stderr);
		t.regex(stderr, message);
		t.is(readFileSync(host.configFile, 'utf8'), before);
		const copies = readdirSync(path.dirname(host.configFile)).filter(name => name.includes('edit'));
		t.is(copies.length, isKept ? 1 : 0);
		t.is(stderr.includes('is kept in'), isKept, stderr);
		if (isKept) {
			t.true(stderr.includes(path.join(path.dirname(host.configFile), copies[0]!)));
		}
	});
}

test('edit: unchanged, changed by another meanwhile, no editor, no terminal', async t => {
	const host = new TestHost(t);
	await host.runHere(['init']);
	const before = readFileSync(host.configFile, 'utf8');
	t.regex((await host.runHere(['config', 'edit'], {environment: editor(host, 'true'), isTerminal: true})).stdout, /Nothing was changed/);
	const none = await host.runHere(['config', 'edit'], {environment: {...host.environment, EDITOR: 'no-such-editor-here'}, isTerminal: true});
	t.is(none.code, 1);
	t.regex(none.stderr, /There is no editor "no-such-editor-here"\. Name one in \$VISUAL or \$EDITOR/);
	for (const options of [{}, {isTerminal: true, argv: ['--headless']}]) {
		const {argv = [], ...rest} = options as {argv?: string[]};
		const {code, stderr} = await host.runHere(['config', 'edit', ...argv], rest);
		t.is(code, 2);
		t.regex(stderr, /There is no terminal to edit in/);
	}

	t.is(readFileSync(host.configFile, 'utf8'), before);
	const raced = await host.runHere(['config', 'edit'], {environment: editor(host, `echo "{}" >"$1"; echo '{"repository": "/other"}' >'${host.configFile}'`), isTerminal: true});
	t.is(raced.code, 1);
	t.regex(raced.stderr, /changed by somebody else/);
	t.is(readFileSync(host.configFile, 'utf8'), '{"repository": "/other"}\n');
});

test('edit: the editor sees none of coffer\'s secrets', async t => {
	const host = new TestHost(t);
	await host.runHere(['init']);
	writeFileSync(host.configFile, readFileSync(host.configFile, 'utf8').replace('{', '{"passphrase": {"env": "MY_SECRET"},'));
	const environment = {...editor(host, `env >'${host.path('seen')}'`), COFFER_PASSPHRASE: 'canary', MY_SECRET: 'canary'};
	await host.runHere(['config', 'edit'], {environment, isTerminal: true});
	chmodSync(host.path('seen'), 0o600);
	t.notRegex(readFileSync(host.path('seen'), 'utf8'), /canary|COFFER_/);
});
