import {spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {storeStream, type StreamSummary} from '../../source/engine/operations/store-stream/store-stream.ts';
import {restore, type RestoreRequest, type RestoreSummary} from '../../source/engine/operations/restore/restore.ts';
import type {RepositorySession} from '../../source/engine/repository/repository.ts';
import type {Runtime} from '../../source/engine/runtime.ts';
import type {SourceFacts} from '../../source/engine/source-facts.ts';
import {openGit} from '../../source/engine/sources/git/open-git.ts';
import type {GitSource} from '../../source/engine/sources/source.ts';
import type {SourceContext} from '../../source/engine/sources/source-stream.ts';
import {newestSnapshot} from './repository-session.ts';
import {createTestRuntime} from './test-runtime.ts';

/** Why git cannot be used here; `undefined` where it can. */
export const gitLack: string | undefined = spawnSync('git', ['version']).status === 0 ? undefined : 'git is not installed';

const environment = {
	PATH: process.env['PATH'], HOME: tmpdir(), GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C.UTF-8', TZ: 'UTC',
	GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.org', GIT_COMMITTER_NAME: 'C', GIT_COMMITTER_EMAIL: 'c@example.org',
	GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
};

/** Run git in a folder as a person would, without that person's configuration. @returns What it wrote, without the end of the last line. @throws Error with what it said */
export function git(folder: string, ...parameters: readonly string[]): string {
	// Repositories of other users are theirs on purpose; files are the transport of the tests.
	const {status, stdout, stderr} = spawnSync('git', ['-c', 'safe.directory=*', '-c', 'protocol.file.allow=always', ...parameters], {cwd: folder, env: environment, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024});
	if (status !== 0) {
		throw new Error(`git ${parameters.join(' ')} in ${folder}: ${stderr}`);
	}

	return stdout.replace(/\n$/, '');
}

/** Write a file and commit it. */
export function commitFile(folder: string, name: string, content: string): void {
	mkdirSync(path.dirname(path.join(folder, name)), {recursive: true});
	writeFileSync(path.join(folder, name), content);
	git(folder, 'add', '--', name);
	git(folder, 'commit', '-q', '-m', `Change ${name}`);
}

/** Those that this process has made, to be copied. */
const templates = new Map<string, string>();

/** A repository with refs of all kinds, some packed, some loose, and two entries in its stash. @param options - For "git init". */
export function makeRepository(folder: string, options: readonly string[] = []): void {
	const key = options.join(' ');
	let template = templates.get(key);
	if (template === undefined) {
		template = mkdtempSync(path.join(tmpdir(), 'coffer-template-'));
		templates.set(key, template);
		fillRepository(template, options);
		process.once('exit', () => {
			rmSync(template!, {recursive: true, force: true});
		});
	}

	cpSync(template, folder, {recursive: true, preserveTimestamps: true, verbatimSymlinks: true});
}

function fillRepository(folder: string, options: readonly string[]): void {
	git(folder, 'init', '-q', '-b', 'main', ...options);
	commitFile(folder, 'a', 'first\n');
	commitFile(folder, 'sub/b', 'b\n'.repeat(1000));
	git(folder, 'tag', 'light');
	git(folder, 'tag', '-a', 'annotated', '-m', 'A tag');
	git(folder, 'tag', 'of-a-blob', git(folder, 'rev-parse', 'HEAD:a'));
	git(folder, 'tag', '-a', 'of-a-tag', '-m', 'Another', 'annotated');
	git(folder, 'branch', 'packed');
	git(folder, 'notes', 'add', '-m', 'A note');
	git(folder, 'pack-refs', '--all');
	commitFile(folder, 'a', 'second\n');
	git(folder, 'branch', 'feature/ümlaut-☃');
	git(folder, 'update-ref', 'refs/pull/7/head', 'HEAD~1');
	git(folder, 'update-ref', 'refs/heads/-option', 'HEAD');
	git(folder, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
	git(folder, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
	for (const content of ['stashed once\n', 'stashed twice\n']) {
		writeFileSync(path.join(folder, 'a'), content);
		git(folder, 'stash', 'push', '-q', '-m', content.trim());
	}
}

/** Everything that refs say, to be compared as a whole. */
export function describeRefs(folder: string): Record<string, string> {
	const head = spawnSync('git', ['-c', 'safe.directory=*', 'rev-parse', 'HEAD'], {cwd: folder, env: environment, encoding: 'utf8'}).stdout;
	const symbolic = spawnSync('git', ['-c', 'safe.directory=*', 'symbolic-ref', 'HEAD'], {cwd: folder, env: environment, encoding: 'utf8'}).stdout;
	return {
		refs: git(folder, 'for-each-ref', '--format=%(refname) %(objectname) %(objecttype) %(symref) %(*objectname)'),
		head, symbolic,
		stash: git(folder, 'reflog', 'show', '--format=%H %gd %gs', '--all').split('\n').filter(line => line.includes('stash@')).join('\n'),
	};
}

/** What a source is given by tests. `messages` gets warnings and the log. */
export function createSourceContext(runtime: Runtime = createTestRuntime(), messages: string[] = []): SourceContext {
	return {
		runtime,
		readSecret: async () => Buffer.alloc(0),
		log(message) {
			messages.push(`log: ${message}`);
		},
		warn(message) {
			messages.push(`warning: ${message}`);
		},
	};
}

export type GitBackup = {
	readonly summary: StreamSummary;
	readonly facts: SourceFacts;
	/** Warnings, the log, and what was skipped. */
	readonly messages: readonly string[];
};

/** Store git repositories as one snapshot, through the source itself. */
export async function backUpGit(session: RepositorySession, source: Pick<GitSource, 'paths' | 'workingTree'>, {runtime = session.runtime, time = new Date(runtime.now()).toISOString()}: {readonly runtime?: Runtime; readonly time?: string} = {}): Promise<GitBackup> {
	const messages: string[] = [];
	const stream = await openGit({kind: 'git', name: 'code', ...source}, createSourceContext(runtime, messages));
	try {
		const summary = await storeStream(session, {
			source: 'code', kind: 'git', class: 'manual', tags: [], paths: stream.paths, time, program: 'test',
			entries: onSkip => stream.entries((entry, reason) => {
				messages.push(`skipped: ${entry}: ${reason}`);
				onSkip(entry, reason);
			}),
		});
		return {summary, facts: stream.facts(), messages};
	} finally {
		await stream.close();
	}
}

/** Restore the newest snapshot, and with it its repositories. */
export async function restoreGit(session: RepositorySession, target: string, more: Partial<RestoreRequest> = {}): Promise<RestoreSummary> {
	return restore(session, {snapshot: await newestSnapshot(session), target, ...more});
}

/** That two repositories are equal to git, and the second one whole. */
export function assertSameRepository(t: ExecutionContext, original: string, restored: string): void {
	t.deepEqual(describeRefs(restored), describeRefs(original));
	t.notThrows(() => git(restored, 'fsck', '--strict', '--full', '--no-dangling'));
}
