/* eslint-disable no-template-curly-in-string -- the braces are the shell's own */
import {spawnSync} from 'node:child_process';
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {commands, globalFlags} from '../../source/cli/command-table.ts';
import {completeArguments, flagWords} from '../../source/cli/completion/words.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {entry, TestHost} from '../helpers/run-coffer.ts';

const lackOf = (program: string): string | undefined => spawnSync(program, ['--version']).status === 0 ? undefined : `${program} is not installed`;

/** A host with `coffer` in its PATH, two sources and one snapshot. */
async function createHost(t: ExecutionContext): Promise<TestHost & {readonly environmentWithPath: Record<string, string>}> {
	const host = new TestHost(t);
	mkdirSync(host.path('data'));
	writeFileSync(host.path('data/file'), 'x');
	mkdirSync(host.path('bin'));
	writeFileSync(host.path('bin/coffer'), `#!/bin/sh\nexec '${process.execPath}' '${entry}' "$@"\n`);
	chmodSync(host.path('bin/coffer'), 0o755);
	await host.runHere(['init']);
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, sources: [{name: 'data', paths: [host.path('data')]}, {name: 'web data $(x)*', paths: ['/']}]}));
	await host.runHere(['backup', 'data']);
	writeFileSync(host.path('coffer.bash'), (await host.runHere(['completion', 'bash'])).stdout);
	return Object.assign(host, {environmentWithPath: {...host.environment as Record<string, string>, PATH: `${host.path('bin')}:${process.env['PATH']}`}});
}

test('what follows each command is read off its usage', t => {
	t.deepEqual(completeArguments(commands['key']!).words.slice(0, 2), ['status', 'list']);
	t.deepEqual(completeArguments(commands['completion']!), {words: ['bash', 'zsh', 'fish'], hasFiles: false, kinds: []});
	t.deepEqual(completeArguments(commands['backup']!), {words: [], hasFiles: true, kinds: ['sources']});
	t.deepEqual(completeArguments(commands['restore']!), {words: ['latest'], hasFiles: false, kinds: ['snapshots']});
	t.deepEqual(completeArguments(commands['verify']!).kinds, ['snapshots']);
	t.deepEqual(completeArguments(commands['status']!), {words: [], hasFiles: false, kinds: []});
});

test('words that depend on configuration and repository; none, and no complaint, where they cannot be had', async t => {
	const host = await createHost(t);
	t.is((await host.runHere(['completion', 'words', 'sources'])).stdout, 'data\nweb data $(x)*\n');
	const {id} = (((await host.runHere(['snapshots', '--json'])).json()[0] as unknown as Array<{id: string}>)[0]!);
	t.is((await host.runHere(['completion', 'words', 'snapshots'])).stdout, `latest\nlatest:data\n${id.slice(0, 8)}\n`);
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, passphrase: {command: ['touch', host.path('touched')]}}));
	t.is((await host.runHere(['completion', 'words', 'snapshots'])).stdout, 'latest\n');
	t.not(spawnSync('ls', [host.path('touched')]).status, 0);
	writeFileSync(host.configFile, '{');
	for (const kind of ['sources', 'snapshots']) {
		t.deepEqual({...await host.runHere(['completion', 'words', kind]), json: undefined}, {code: 0, stdout: '', stderr: '', json: undefined});
	}

	for (const argv of [[], ['tcsh'], ['words'], ['words', 'x'], ['bash', 'x']]) {
		t.is((await host.runHere(['completion', ...argv])).code, 2, argv.join(' '));
	}
});

/** What bash offers for a line, whose last word is the one to complete. */
function completeInBash(host: {folder: string; environmentWithPath: Record<string, string>}, line: string): string[] {
	const {stdout, stderr} = spawnSync('bash', ['--norc', '-c', [
		'source ./coffer.bash',
		'COMP_LINE=$1 COMP_POINT=${#1}',
		// Words as readline splits them: a colon stands for itself.
		String.raw`mapfile -t COMP_WORDS < <(grep -oE ':|[^[:space:]:]+' <<<"$1"); [[ $1 == *' ' ]] && COMP_WORDS+=("")`,
		'COMP_CWORD=$((${#COMP_WORDS[@]} - 1))',
		String.raw`_coffer; printf '%s\n' "${'$'}{COMPREPLY[@]}"`,
	].join('\n'), 'bash', line], {cwd: host.folder, env: host.environmentWithPath, encoding: 'utf8'});
	return stderr === '' ? stdout.split('\n').filter(word => word !== '') : [stderr];
}

test('bash: the script, sourced and asked', async t => {
	const host = await createHost(t);
	const complete = (line: string) => completeInBash(host, line);
	t.deepEqual(complete('coffer '), Object.keys(commands));
	t.deepEqual(complete('coffer --repository /x sta'), ['status']);
	t.deepEqual(complete('coffer config va'), ['validate']);
	t.deepEqual(complete('coffer backup --class '), ['manual', 'daily', 'weekly', 'monthly']);
	t.deepEqual(complete('coffer backup --dr'), ['--dry-run']);
	t.deepEqual(complete('coffer backup dat'), ['data', 'data']);
	t.deepEqual(complete('coffer backup web'), [String.raw`web\ data\ \$\(x\)\*`]);
	t.deepEqual(complete('coffer restore latest:da'), ['data']);
	t.deepEqual(complete('coffer restore --target da'), ['data']);
	t.deepEqual(complete('coffer restore x --overwrite ke'), ['keep-both']);
	t.deepEqual(complete('coffer snapshots --source d'), ['data']);
	t.deepEqual(complete('coffer --no-'), ['--no-color']);
	t.deepEqual(complete('coffer backup --no-'), ['--no-deltas', '--no-color']);
	const questions = Object.entries(commands).map(([name, {flags}]) => {
		t.deepEqual(complete(`coffer ${name} --`), [...flagWords(flags), ...flagWords(globalFlags)], name);
		return name;
	});
	t.log(`${questions.length + 12} questions to bash`);
});

optionalTest(lackOf('zsh'), 'zsh: the script is valid and answers', async t => {
	const host = await createHost(t);
	const script = [
		'autoload -Uz compinit && compinit -u -D',
		'source <(coffer completion zsh) || exit 3',
		'[[ $_comps[coffer] == _coffer ]] || exit 4',
		// What would be offered, without an editor.
		'compadd() { shift; print -rl -- "$@" }',
		'_files() { print files }',
		'ask() { words=("$@") CURRENT=$#; _coffer; print END }',
		'ask coffer ""; ask coffer config ""; ask coffer backup ""; ask coffer backup --class ""; ask coffer --repository /x restore ""; ask coffer status --',
	].join('\n');
	const {stdout, stderr, status} = spawnSync('zsh', ['-f', '-c', script], {cwd: host.folder, env: host.environmentWithPath, encoding: 'utf8'});
	t.is(status, 0, stderr);
	t.is(stderr, '');
	const answers = stdout.split('END\n').map(answer => answer.split('\n').filter(line => line !== ''));
	t.deepEqual(answers[0], Object.keys(commands));
	t.deepEqual(answers[1], ['show', 'validate', 'path', 'edit']);
	t.deepEqual(answers[2], ['data', 'web data $(x)*', 'files']);
	t.deepEqual(answers[3], ['manual', 'daily', 'weekly', 'monthly']);
	t.deepEqual(answers[4]!.slice(0, 3), ['latest', 'latest', 'latest:data']);
	t.deepEqual(answers[5], flagWords(globalFlags));
});

optionalTest(lackOf('fish'), 'fish: the script is valid and answers', async t => {
	const host = await createHost(t);
	const ask = (line: string): string[] => {
		const {stdout, stderr} = spawnSync('fish', ['--no-config', '-c', `coffer completion fish | source; complete -C '${line}'`], {cwd: host.folder, env: host.environmentWithPath, encoding: 'utf8'});
		t.is(stderr, '');
		return stdout.split('\n').map(answer => answer.split('\t')[0]!).filter(word => word !== '');
	};

	t.deepEqual(ask('coffer ').toSorted(), Object.keys(commands).toSorted());
	t.deepEqual(ask('coffer config ').toSorted(), ['edit', 'path', 'show', 'validate']);
	t.true(ask('coffer backup d').includes('data'));
	t.true(ask('coffer restore lat').includes('latest:data'));
	t.deepEqual(ask('coffer backup --class ').toSorted(), ['daily', 'manual', 'monthly', 'weekly']);
	t.true(ask('coffer status --no').includes('--no-color'));
});
