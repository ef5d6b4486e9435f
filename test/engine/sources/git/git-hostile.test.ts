import {spawnSync} from 'node:child_process';
import {appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {describeRefs, commitFile, git, gitLack, makeRepository} from '../../../helpers/git-repositories.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {straceLack} from '../../../helpers/strace.ts';

/** A program that leaves a file behind when it is run, whatever for. */
function makeTrap(folder: string): {readonly trap: string; readonly isSprung: () => boolean} {
	const trap = path.join(folder, 'trap');
	const sprung = path.join(folder, 'sprung');
	writeFileSync(trap, `#!/bin/sh\necho "$0 $*" >> '${sprung}'\ncat\n`);
	chmodSync(trap, 0o755);
	return {trap, isSprung: () => existsSync(sprung)};
}

const hooks = [
	'applypatch-msg', 'post-applypatch', 'post-checkout', 'post-commit', 'post-index-change', 'post-merge', 'post-receive', 'post-rewrite', 'post-update', 'pre-applypatch', 'pre-auto-gc', 'pre-commit', 'pre-push', 'pre-receive',
	'proc-receive', 'push-to-checkout', 'reference-transaction', 'sendemail-validate', 'update', 'fsmonitor-watchman',
];

/** All that a repository can name to have it run, and a partial clone that would fetch. */
function setTraps(repository: string, trap: string): number {
	const settings: Readonly<Record<string, string>> = {
		'core.fsmonitor': trap, 'core.sshCommand': trap, 'core.gitProxy': trap, 'core.pager': trap, 'core.editor': trap, 'core.askPass': trap, 'core.alternateRefsCommand': trap, 'core.hooksPath': path.join(repository, '.git/hooks'),
		'sequence.editor': trap, 'pager.log': trap, 'pager.config': trap, 'gpg.program': trap, 'gpg.ssh.program': trap, 'log.showSignature': 'true', 'diff.external': trap, 'diff.t.command': trap, 'diff.t.textconv': trap,
		'merge.t.driver': trap, 'filter.t.clean': trap, 'filter.t.smudge': trap, 'filter.t.process': trap, 'filter.t.required': 'true', 'uploadpack.packObjectsHook': trap, 'credential.helper': `!${trap}`,
		'alias.pack-objects': `!${trap}`, 'alias.ls-files': `!${trap}`, 'alias.log': `!${trap}`, 'alias.x': `!${trap}`, 'remote.origin.url': `ext::${trap}`, 'remote.origin.promisor': 'true', 'remote.origin.partialclonefilter': 'blob:none',
		'remote.origin.uploadpack': trap, 'remote.origin.vcs': 'trap', 'protocol.allow': 'always', 'protocol.ext.allow': 'always', 'url.ext::x.insteadOf': 'https://', 'http.proxy': trap, 'gc.auto': '1', 'maintenance.auto': 'true',
		'include.path': path.join(repository, '.git/included'), 'includeIf.gitdir:/.path': path.join(repository, '.git/included'), 'extensions.partialClone': 'origin', 'core.repositoryFormatVersion': '1',
		'submodule.x.update': `!${trap}`, 'submodule.x.url': `ext::${trap}`, 'core.worktree': '/', 'ssh.variant': 'simple', 'init.templateDir': trap, 'core.attributesFile': path.join(repository, '.git/info/attributes'),
		'trailer.x.command': trap, 'interactive.diffFilter': trap, 'browser.x.cmd': trap, 'man.x.cmd': trap, 'difftool.x.cmd': trap, 'mergetool.x.cmd': trap, 'fsck.skipList': '/etc/passwd', 'core.preloadIndex': 'true', 'trace2.eventTarget': path.join(repository, '../traced'),
	};
	for (const [name, value] of Object.entries(settings)) {
		git(repository, 'config', '--file', '.git/config', name, value);
	}

	writeFileSync(path.join(repository, '.git/included'), `[core]\n\tfsmonitor = ${trap}\n`);
	mkdirSync(path.join(repository, '.git/info'), {recursive: true});
	writeFileSync(path.join(repository, '.git/info/attributes'), '* filter=t diff=t merge=t\n');
	for (const hook of hooks) {
		writeFileSync(path.join(repository, '.git/hooks', hook), readFileSync(trap));
		chmodSync(path.join(repository, '.git/hooks', hook), 0o755);
	}

	return Object.keys(settings).length + hooks.length;
}

/** Which programs were started, by their absolute paths with the first argument. */
function startedPrograms(trace: string): string[] {
	return [...readFileSync(trace, 'latin1').matchAll(/execve\("(?<program>[^"]*)", \["[^"]*"(?:, "(?<first>[^"]*)")?/g)].map(({groups}) => `${groups!['program']} ${groups!['first'] ?? ''}${groups!['first'] === '-c' ? ' …' : ''}`);
}

/** Back up and restore in a process of its own, which is watched. */
function runTraced(t: ExecutionContext, source: string, target: string, folder: string): readonly string[] {
	const trace = path.join(folder, 'trace');
	const script = path.join(import.meta.dirname, '../../../helpers/git-round-trip.ts');
	const {status, stdout, stderr} = spawnSync('strace', ['-f', '-qq', '-s', '4096', '-e', 'trace=execve', '-o', trace, process.execPath, script, source, target], {
		encoding: 'utf8', cwd: source,
		// What a hostile environment could add.
		env: {...process.env, GIT_DIR: source, GIT_EXTERNAL_DIFF: path.join(folder, 'trap'), GIT_SSH_COMMAND: path.join(folder, 'trap'), GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.fsmonitor', GIT_CONFIG_VALUE_0: path.join(folder, 'trap')},
	});
	t.is(status, 0, stderr + stdout);
	return startedPrograms(trace).slice(1);
}

optionalTest(gitLack ?? straceLack, 'a repository full of traps: nothing but git itself is started, neither by the backup nor by the restore', t => {
	const folder = createFolder(t);
	const original = path.join(folder, 'crm');
	makeRepository(original);
	commitFile(original, '.gitattributes', '* filter=t diff=t merge=t\n');
	git(original, 'update-ref', 'refs/heads/--upload-pack=trap', 'HEAD');
	const {trap, isSprung} = makeTrap(folder);
	const traps = setTraps(original, trap);
	appendFileSync(path.join(original, 'a'), 'changed\n');
	writeFileSync(path.join(original, '--upload-pack=trap'), 'x');
	const started = runTraced(t, original, path.join(folder, 'target'), folder);
	t.false(isSprung(), isSprung() ? readFileSync(path.join(folder, 'sprung'), 'utf8') : '');
	t.false(existsSync(path.join(folder, 'traced')));
	t.deepEqual(started.filter(call => !/^\/\S*\/git (?:version|config|pack-objects|ls-files|ls-tree|cat-file|log|index-pack|rev-list)$/.test(call)), []);
	t.true(started.length >= 8);
	const copy = path.join(folder, 'target', original);
	t.is(readFileSync(path.join(copy, '.git/config'), 'utf8'), readFileSync(path.join(original, '.git/config'), 'utf8'));
	t.deepEqual(readdirSync(path.join(copy, '.git/hooks')).toSorted(), readdirSync(path.join(original, '.git/hooks')).toSorted());
	t.is(readFileSync(path.join(copy, 'a'), 'utf8'), readFileSync(path.join(original, 'a'), 'utf8'));
	// The traps are real: git without these measures walks into them.
	spawnSync('git', ['status'], {cwd: original, env: {PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null', GIT_WORK_TREE: original}});
	t.true(isSprung());
	for (const repository of [original, copy]) {
		writeFileSync(path.join(repository, '.git/config'), '[core]\n\trepositoryFormatVersion = 0\n');
	}

	t.deepEqual(describeRefs(copy), describeRefs(original));
	t.log(`${traps} traps, ${started.length} programs started, all of them git`);
});

optionalTest(gitLack ?? straceLack, 'a partial clone whose remote would run something fetches nothing', t => {
	const folder = createFolder(t);
	makeRepository(path.join(folder, 'origin'));
	git(path.join(folder, 'origin'), 'config', 'uploadpack.allowFilter', 'true');
	const original = path.join(folder, 'partial');
	git(folder, 'clone', '-q', '--no-checkout', '--filter=blob:none', `file://${path.join(folder, 'origin')}`, 'partial');
	const {trap, isSprung} = makeTrap(folder);
	git(original, 'config', 'remote.origin.url', `ext::${trap}`);
	git(original, 'config', 'protocol.ext.allow', 'always');
	const started = runTraced(t, original, path.join(folder, 'target'), folder);
	t.false(isSprung());
	t.deepEqual(started.filter(call => /fetch|remote|upload/.test(call)), []);
	t.log(`${started.length} programs started`);
});
