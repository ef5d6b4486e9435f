import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {digestProgram, examineProgram, programFolder} from '../../source/cli/monitoring/program-files.ts';
import type {CommandContext} from '../../source/cli/command-line.ts';
import {createSystemRuntime, findProgramChanges, type ProgramFacts} from '../../source/engine/index.ts';
import {prepareHost} from '../helpers/command-examples.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {createFolder} from '../helpers/source-folder.ts';

type Line = {readonly level: string; readonly message: string; readonly [fact: string]: unknown};

/** An installed program, and a host that looks at it. */
function createProgram(t: ExecutionContext) {
	const folder = createFolder(t);
	const write = (name: string, text: string) => {
		mkdirSync(path.dirname(path.join(folder, name)), {recursive: true});
		writeFileSync(path.join(folder, name), text);
	};

	write('package.json', '{}');
	write('dist/run.js', 'run');
	write('dist/deep/worker.js', 'work');
	write('README.md', 'not run');
	const lines: Line[] = [];
	const told: string[] = [];
	const log = {
		write(level: string, message: string, facts?: object) {
			lines.push({level, message, ...facts});
		},
	};
	const context = {paths: {stateFolder: path.join(folder, 'state')}, runtime: createSystemRuntime(), log: {in: () => log}, output: {tell(text: string) {
		told.push(text);
	}}} as unknown as CommandContext;
	const look = async (options: {version?: string; isTrusted?: boolean} = {}) => {
		const facts = await examineProgram(context, {folder, running: 'dist', version: '1.0.0', ...options});
		t.deepEqual(told, []);
		return facts!;
	};

	return {folder, write, look, lines};
}

const changesOf = ({changed, added, removed}: ProgramFacts) => ({changed, added, removed});
const none = {changed: [], added: [], removed: []};

test('what was changed, added and removed under the same version is found, each time, until it is as before', async t => {
	const {folder, write, look, lines} = createProgram(t);
	t.deepEqual(changesOf(await look()), none, 'seen for the first time');
	t.deepEqual(changesOf(await look()), none);
	write('README.md', 'is not run');
	t.deepEqual(changesOf(await look()), none);
	write('dist/run.js', 'run something else');
	write('dist/deep/new.js', 'new');
	rmSync(path.join(folder, 'dist/deep/worker.js'));
	write('package.json', '{"type": "commonjs"}');
	const expected = {changed: ['dist/run.js', 'package.json'], added: ['dist/deep/new.js'], removed: ['dist/deep/worker.js']};
	t.deepEqual(changesOf(await look()), expected);
	const facts = await look();
	t.deepEqual(changesOf(facts), expected);
	const [finding] = findProgramChanges(facts);
	t.like(finding, {key: `program:${folder}`, kind: 'program', severity: 'critical', message: '4 files of this program differ from what this host has seen, and its version 1.0.0 is the same'});
	t.is(finding!.cause, `since ${facts.since}: changed dist/run.js and 1 more, added dist/deep/new.js, removed dist/deep/worker.js`);
	write('dist/run.js', 'run');
	write('dist/deep/worker.js', 'work');
	write('package.json', '{}');
	rmSync(path.join(folder, 'dist/deep/new.js'));
	t.deepEqual(changesOf(await look()), none);
	t.deepEqual(lines, []);
});

test('another version is remembered and told in the log, and so are changes that somebody trusts', async t => {
	const {write, look, lines, folder} = createProgram(t);
	await look();
	write('dist/run.js', 'version 2');
	t.deepEqual(changesOf(await look({version: '2.0.0'})), none);
	t.deepEqual(lines.splice(0), [{level: 'info', message: 'program: version 2.0.0 has taken the place of 1.0.0', folder, files: 3}]);
	write('dist/run.js', 'built anew');
	t.deepEqual((await look({version: '2.0.0'})).changed, ['dist/run.js']);
	t.deepEqual(changesOf(await look({version: '2.0.0', isTrusted: true})), none);
	t.like(lines.at(-1)!, {level: 'warn', message: 'program: 1 changed file of version 2.0.0 is trusted from now on', changed: 'dist/run.js'});
	t.deepEqual(changesOf(await look({version: '2.0.0'})), none);
	t.deepEqual(changesOf(await look({version: '2.0.0', isTrusted: true})), none, 'there is nothing to trust');
	t.is(lines.length, 1);
});

test('this program: its manifest and all that runs', async t => {
	const digests = await digestProgram(programFolder, 'source');
	t.true(['package.json', 'source/cli.ts', 'source/engine/index.ts', 'source/ui/app.tsx'].every(name => /^[\da-f]{64}$/.test(digests.get(name) ?? '')));
	t.log(`${digests.size} files`);
});

test('a program whose files cannot be read is not judged', async t => {
	const {folder, look} = createProgram(t);
	await look();
	rmSync(path.join(folder, 'dist'), {recursive: true});
	t.is(await look(), undefined as unknown as ProgramFacts);
});

test('coffer monitor: the page that says more stands with each finding, for people and in JSON', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, sources: [{name: 'data', paths: [host.path('data')]}, {name: 'other', paths: [host.path('data')]}]}), {mode: 0o600});
	const [findings] = (await host.runHere(['monitor', '--json'])).json() as unknown as [Array<{kind: string; runbook: string}>];
	t.true(findings.some(({kind}) => kind === 'never'));
	t.true(findings.every(({kind, runbook}) => runbook === `docs/runbooks/${kind}.md`));
	t.false(findings.some(({kind}) => kind === 'program'));
	const {stdout} = await host.runHere(['monitor', '--trust-program']);
	t.regex(stdout, /^ {2}do: {2}run "coffer backup other"\n {2}see: docs\/runbooks\/never\.md$/m);
});
