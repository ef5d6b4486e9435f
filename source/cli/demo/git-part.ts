import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {CofferError, findProgram, runProgram} from '../../engine/index.ts';
import type {DemoPart, DemoScene} from './demo-part.ts';

const commitCount = 30;
const author = {GIT_AUTHOR_NAME: 'crm', GIT_AUTHOR_EMAIL: 'crm@example.org', GIT_COMMITTER_NAME: 'crm', GIT_COMMITTER_EMAIL: 'crm@example.org', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null'};

/** The application's code in a Git repository: branches, tags, a note, a stash. */
export function createGitPart({machine, restored, runtime, signal}: DemoScene, program: string): DemoPart {
	const folder = path.join(machine, 'srv', 'git', 'crm');
	let expected = '';
	const git = async (where: string, ...argv: readonly string[]): Promise<string> => {
		const {output} = await runProgram({program, arguments: argv, what: `git ${argv[0]}`, workingFolder: where, environment: author}, {runtime, signal, log: () => undefined});
		return output.toString().trim();
	};

	const commit = async (name: string, text: string) => {
		await writeFile(path.join(folder, name), text);
		await git(folder, 'add', '-A');
		await git(folder, 'commit', '-q', '-m', `Change ${name}`);
	};

	const refsOf = async (where: string) => `${await git(where, 'for-each-ref')}\nHEAD ${await git(where, 'symbolic-ref', 'HEAD')}\n${await git(where, 'stash', 'list')}`;
	return {
		name: 'crm-code',
		title: 'Git repository',
		async create() {
			await mkdir(folder, {recursive: true});
			await git(folder, '-c', 'init.defaultBranch=main', 'init', '-q');
			for (let number = 1; number <= commitCount; number++) {
				await commit(`module-${number % 7}.ts`, Array.from({length: 200}, (_, line) => `export const value${line} = ${line * number % 97};`).join('\n'));
			}

			await git(folder, 'branch', 'release', 'HEAD~5');
			await git(folder, 'tag', '-a', '-m', 'The first release', 'v1.0', 'HEAD~5');
			await git(folder, 'notes', 'add', '-m', 'Reviewed', 'HEAD~5');
			await writeFile(path.join(folder, 'module-1.ts'), 'half done\n');
			await git(folder, 'stash', 'push', '-q');
		},
		source: () => ({name: 'crm-code', kind: 'git', paths: [folder], classification: 'internal'}),
		async change() {
			await commit('module-3.ts', 'export const rewritten = true;\n');
			await git(folder, 'tag', 'v1.1');
		},
		async lose() {
			expected = await refsOf(folder);
		},
		async restore(run) {
			await run(['restore', 'latest:crm-code', '--target', restored]);
		},
		async compare() {
			const back = path.join(restored, folder);
			const found = await refsOf(back);
			await git(back, 'fsck', '--strict', '--no-dangling');
			const count = (text: string) => `${text.split('\n').filter(line => line.includes('refs/') && !line.startsWith('HEAD')).length} refs`;
			const what = 'refs, HEAD and stash; fsck --strict';
			return [{what, expected: count(expected), found: found === expected ? count(found) : `other refs: ${count(found)}`}];
		},
		close: async () => undefined,
	};
}

/** The program that the part needs. @throws `usage` where it is missing */
export function requireGit(scene: Pick<DemoScene, 'runtime'>): string {
	const program = findProgram(['git'], scene.runtime);
	if (program === undefined) {
		throw new CofferError('usage', 'The demonstration needs git. Install it (Debian: git), and run it again.');
	}

	return program;
}
