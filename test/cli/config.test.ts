import {chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {writeNewConfig} from '../../source/cli/config-writing.ts';
import {findJsonError} from '../../source/cli/json-position.ts';
import {loadConfig} from '../../source/cli/config.ts';

function folderOf(t: ExecutionContext): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'coffer-config-'));
	t.teardown(() => {
		rmSync(folder, {recursive: true, force: true});
	});
	return folder;
}

function fileWith(t: ExecutionContext, content: unknown): string {
	const file = path.join(folderOf(t), 'config.json');
	writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), {mode: 0o600});
	return file;
}

const etc = {name: 'etc', paths: ['/etc']};

test('a whole configuration', async t => {
	const file = fileWith(t, {
		repository: 'repository',
		key: {file: 'key'},
		passphrase: {command: ['/bin/pass', 'show']},
		sources: [{...etc, kind: 'files', excludes: ['*.tmp'], ignoreFiles: ['.gitignore'], oneFileSystem: true, excludeCaches: false, class: 'daily', tags: ['a']}, {name: 'web data', paths: ['x', '/y']}],
	});
	const config = await loadConfig(file, {isNamed: true});
	t.is(config?.folder, path.dirname(file));
	t.deepEqual(config?.sources.map(({name, kind}) => [name, kind]), [['etc', 'files'], ['web data', 'files']]);
});

test('a missing file is nothing, unless it was named', async t => {
	const file = path.join(folderOf(t), 'config.json');
	t.is(await loadConfig(file, {isNamed: false}), undefined);
	await t.throwsAsync(loadConfig(file, {isNamed: true}), {code: 'configuration-invalid', message: /there is no such file/});
});

test('an empty object is a configuration', async t => {
	t.deepEqual((await loadConfig(fileWith(t, {}), {isNamed: false}))?.sources, []);
});

const wrong: ReadonlyArray<readonly [string, unknown, RegExp]> = [
	['no object', [], /The configuration must be an object/],
	['unknown key', {repositry: '/x'}, /repositry is unknown here \(did you mean "repository"\?\) \(line 1, column 2\)/],
	['unknown key in a source', {sources: [{...etc, exclude: []}]}, /sources\[0\]\.exclude is unknown here \(did you mean "excludes"\?\)/],
	['paths no list', {sources: [{name: 'etc', paths: '/etc'}]}, /sources\[0\]\.paths must be a list/],
	['paths empty', {sources: [{name: 'etc', paths: []}]}, /sources\[0\]\.paths must name at least one path/],
	['path no text', {sources: [etc, {name: 'b', paths: ['/b', 3]}]}, /sources\[1\]\.paths\[1\] must be a text/],
	['name missing', {sources: [{paths: ['/etc']}]}, /sources\[0\]\.name is missing/],
	['name with a slash', {sources: [{name: 'a/b', paths: ['/etc']}]}, /sources\[0\]\.name must have/],
	['name "latest"', {sources: [{name: 'latest', paths: ['/etc']}]}, /sources\[0\]\.name is a name with a meaning/],
	['same name twice', {sources: [etc, etc]}, /sources\[1\]\.name is the name of another source/],
	['kind unknown', {sources: [{...etc, kind: 'oracle'}]}, /sources\[0\]\.kind must be one of "files", "git", "postgres", "mysql", "sqlite", "command"/],
	['what another kind takes', {sources: [{...etc, kind: 'postgres'}]}, /sources\[0\]\.paths is unknown here/],
	['near to a key of its kind', {sources: [{name: 'a', kind: 'postgres', database: 'crm'}]}, /sources\[0\]\.database is unknown here \(did you mean "databases"\?\)/],
	['a password in the open', {sources: [{name: 'a', kind: 'mysql', url: 'mysql://u:hunter2@h/'}]}, /sources\[0\]\.url must be \{"file": PATH\}/],
	['two connections', {sources: [{name: 'a', kind: 'mysql', url: {env: 'X'}, host: 'h'}]}, /sources\[0\]\.url stands for the whole connection/],
	['a host like an option', {sources: [{name: 'a', kind: 'postgres', host: '-h'}]}, /sources\[0\]\.host must not begin with "-"/],
	['a hook in one text', {sources: [{...etc, before: 'rm -rf /'}]}, /sources\[0\]\.before must be \[PROGRAM, ARGUMENT…\]/],
	['a limit without a unit of ours', {sources: [{...etc, limits: {size: 'big'}}]}, /sources\[0\]\.limits\.size must be an amount/],
	['a limit of no time', {sources: [{...etc, limits: {minutes: 0}}]}, /sources\[0\]\.limits\.minutes must be a number of minutes/],
	['classification unknown', {sources: [{...etc, classification: 'secret'}]}, /sources\[0\]\.classification must be one of "public", "internal", "confidential", "restricted"/],
	['a command without a program', {sources: [{name: 'a', command: []}]}, /sources\[0\]\.command must name a program/],
	['class unknown', {sources: [{...etc, class: 'hourly'}]}, /sources\[0\]\.class must be one of "manual", "daily"/],
	['secret in the open', {passphrase: 'hunter2'}, /passphrase must be \{"file": PATH\}/],
	['secret of two kinds', {key: {file: 'a', env: 'B'}}, /key must be/],
	['deltas no truth value', {deltas: 'no'}, /deltas must be true or false/],
	['threads no number', {threads: 'all'}, /threads must be a number/],
	['threads no whole number', {threads: 1.5}, /threads must be a whole number/],
	['threads too many', {threads: 33}, /threads must be from 1 to 32/],
	['retention no object', {retention: '30d'}, /retention must be an object/],
	['a rule misspelt', {retention: {dayly: 7}}, /retention\.dayly is unknown here \(did you mean "daily"\?\) \(line 1, column 15\)/],
	['a rule that keeps nothing', {retention: {last: 0}}, /retention\.last must be a number from 1 to 9999/],
	['a rule that is no number', {retention: {daily: '7'}}, /retention\.daily must be a number/],
	['half a snapshot', {retention: {last: 1.5}}, /retention\.last must be a whole number/],
	['a span without a unit', {retention: {within: '30'}}, /retention\.within must be a span of time such as "12h", "30d"/],
	['a span of minutes', {retention: {within: '30min'}}, /retention\.within must be a span of time/],
	['a span of no time', {retention: {within: '0d'}}, /retention\.within must be a span of time/],
	['a span beyond reason', {retention: {within: '101y'}}, /retention\.within must be a span of time .*, up to 100 years/],
	['a span as a number', {retention: {classes: {daily: 30}}}, /retention\.classes\.daily must be a text/],
	['a class that is none', {retention: {classes: {dayly: '30d'}}}, /retention\.classes\.dayly is unknown here \(did you mean "daily"\?\)/],
	['tags no list', {retention: {tags: 'keep'}}, /retention\.tags must be a list/],
	['hosts neither a list nor all', {retention: {hosts: 'web2'}}, /retention\.hosts must be a list of hosts, or "all"/],
	['a pin too short', {retention: {pins: ['1b88f0a']}}, /retention\.pins\[0\] must be the id of a snapshot, or its first 8 digits or more/],
	['hosts of one source', {sources: [{...etc, retention: {hosts: 'all'}}]}, /sources\[0\]\.retention\.hosts is unknown here/],
	['a rule of a source misspelt', {sources: [{...etc, retention: {weakly: 4}}]}, /sources\[0\]\.retention\.weakly is unknown here \(did you mean "weekly"\?\)/],
	['a key twice', '{"repository": "/a", "repository": "/b"}', /repository stands there twice \(line 1, column 22\)/],
	['nested beyond reason', `{"sources": ${'['.repeat(5000)}${']'.repeat(5000)}}`, /sources\[0\] must be an object/],
	['two faults', {repository: 1, sources: 2}, /repository must be a text \(line 1, column 2\); sources must be a list \(line 1, column 17\)/],
];

for (const [what, content, message] of wrong) {
	test(`refused with its place: ${what}`, async t => {
		const error = await t.throwsAsync(loadConfig(fileWith(t, content), {isNamed: false}), {code: 'configuration-invalid', message});
		t.false(error.message.includes('hunter2'));
	});
}

test('broken JSON is told with line and column, and not quoted', async t => {
	const error = await t.throwsAsync(loadConfig(fileWith(t, '{\n\t"repository": "/x",\n\t"passphrase": hunter2\n}'), {isNamed: false}), {message: /not valid JSON \(line 3, column 16\)/});
	t.false(error.message.includes('hunter2'));
	await t.throwsAsync(loadConfig(fileWith(t, '{"repository": "/x"'), {isNamed: false}), {message: /line 1, column 20/});
	await t.throwsAsync(loadConfig(fileWith(t, ''), {isNamed: false}), {message: /line 1, column 1/});
});

test('the place of an error in JSON is found wherever JSON.parse finds one', t => {
	let broken = 0;
	fc.assert(fc.property(fc.json(), fc.nat(), fc.constantFrom('', 'x', '"', '}', ',', '\\', '1'), (json, position, change) => {
		const at = position % (json.length + 1);
		const changed = json.slice(0, at) + change + json.slice(at + 1);
		try {
			JSON.parse(changed);
			return findJsonError(changed) === changed.length;
		} catch {
			broken++;
			// Whatever comes before the place can be the beginning of JSON: the place is never too late.
			return findJsonError(changed) <= changed.length;
		}
	}), {numRuns: 2000});
	t.log(`${broken} broken texts`);
	t.is(findJsonError('{"a": [1, 2,]}'), 12);
	t.is(findJsonError('{"a" 1}'), 5);
	t.is(findJsonError('{} {}'), 3);
	t.is(findJsonError('[01]'), 2);
	t.is(findJsonError('{"a": "b'), 6);
});

test('a file that everybody may write is refused', async t => {
	const file = fileWith(t, {});
	chmodSync(file, 0o666);
	await t.throwsAsync(loadConfig(file, {isNamed: false}), {code: 'configuration-invalid', message: /chmod o-w/});
});

test('a folder is no configuration', async t => {
	await t.throwsAsync(loadConfig(folderOf(t), {isNamed: false}), {message: /not a regular file/});
});

test('what is written is read again, with mode 0600, in a folder of mode 0700', async t => {
	const file = path.join(folderOf(t), 'deep', 'config.json');
	await writeNewConfig(file, {repository: '/r', key: {file: '/k'}, sources: [etc]});
	t.is(statSync(file).mode & 0o777, 0o600);
	t.is(statSync(path.dirname(file)).mode & 0o777, 0o700);
	const before = readFileSync(file, 'utf8');
	t.is((await loadConfig(file, {isNamed: true}))?.repository, '/r');
	t.is(readFileSync(file, 'utf8'), before);
});
