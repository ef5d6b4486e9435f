import {appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {listSnapshots} from '../../../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {assertSameRepository, backUpGit, commitFile, git, gitLack, makeRepository, restoreGit, type GitBackup} from '../../../helpers/git-repositories.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createTestRepository, readSnapshot} from '../../../helpers/repository-session.ts';
import {createFolder} from '../../../helpers/source-folder.ts';

const runtime = createSystemRuntime();
const count = (folder: string) => git(folder, 'for-each-ref').split('\n').filter(line => line !== '').length;

type RoundTrip = GitBackup & {
	/** Where a path of the source is in the target. */
	readonly restored: (original: string) => string;
	/** Paths in the snapshot. */
	readonly stored: readonly string[];
};

/** Back repositories up, and restore them elsewhere without any problem. */
async function roundTrip(t: ExecutionContext, paths: readonly string[], hasWorkingTree = false): Promise<RoundTrip> {
	const {session} = await createTestRepository(runtime);
	const backup = await backUpGit(session, {paths, workingTree: hasWorkingTree});
	t.is(backup.summary.unreadable, 0);
	const target = createFolder(t);
	t.deepEqual((await restoreGit(session, target)).problems, []);
	const {snapshots} = await listSnapshots(session);
	return {...backup, restored: original => path.join(target, original), stored: [...(await readSnapshot(session, snapshots[0]!)).keys()]};
}

/** The bundle of a repository in a fresh snapshot, as a file. */
async function storedBundle(t: ExecutionContext, original: string): Promise<string> {
	const {session} = await createTestRepository(runtime);
	await backUpGit(session, {paths: [original]});
	const target = createFolder(t);
	await restoreGit(session, target, {includes: ['coffer.bundle']});
	return path.join(target, original, '.git/coffer.bundle');
}

optionalTest(gitLack, 'a repository comes back with all its refs, its stash, hooks and configuration, and can be worked with', async t => {
	const original = path.join(createFolder(t), 'crm');
	makeRepository(original);
	const at = (name: string) => path.join(original, '.git', name);
	git(original, 'config', 'remote.origin.url', 'https://user:secret@example.org/crm.git');
	writeFileSync(at('hooks/pre-commit'), '#!/bin/sh\nexit 0\n');
	chmodSync(at('hooks/pre-commit'), 0o750);
	writeFileSync(at('info/attributes'), '*.bin binary\n');
	const {restored, facts, messages, stored} = await roundTrip(t, [original]);
	assertSameRepository(t, original, restored(original));
	for (const name of ['HEAD', 'config', 'description', 'hooks/pre-commit', 'info/attributes', 'info/exclude', 'logs/refs/stash']) {
		t.deepEqual(readFileSync(restored(at(name))), readFileSync(at(name)), name);
		t.is(statSync(restored(at(name))).mode, statSync(at(name)).mode, name);
	}

	t.false(existsSync(restored(at('coffer.bundle'))) || existsSync(restored(at('coffer-rebuild'))));
	t.like(facts, {origin: git(original, 'version').replace('git version', 'git'), repositories: [{path: original, refs: 12, head: 'main', lastCommit: {time: '2026-01-01T00:00:00.000Z'}}]});
	t.deepEqual(messages, []);
	t.deepEqual(stored.filter(name => /objects\/.|packed-refs|index|\.git\/logs\/HEAD|^\/(?!tmp)/.test(name)), []);
	git(restored(original), 'reset', '-q', '--hard');
	git(restored(original), 'stash', 'pop', '-q');
	t.is(readFileSync(restored(path.join(original, 'a')), 'utf8'), 'stashed twice\n');
	commitFile(restored(original), 'new', 'x');
	git(restored(original), 'gc', '-q');
	t.notThrows(() => git(restored(original), 'fsck', '--strict'));
	t.log(`${count(original)} refs, ${stored.length} entries in the snapshot`);
});

optionalTest(gitLack, 'the bundle is one for any git: it verifies, and is cloned with all refs', async t => {
	const original = path.join(createFolder(t), 'crm');
	makeRepository(original);
	const file = await storedBundle(t, original);
	t.regex(git(original, 'bundle', 'verify', file), /complete history/);
	const clone = path.join(createFolder(t), 'clone.git');
	git('/', 'clone', '-q', '--mirror', file, clone);
	const plain = (folder: string) => git(folder, 'for-each-ref', '--format=%(refname) %(objectname)').split('\n').filter(line => !line.includes('origin/HEAD'));
	t.deepEqual(plain(clone), plain(original));
	t.notThrows(() => git(clone, 'fsck', '--strict'));
});

optionalTest(gitLack, 'a bare repository, a detached HEAD, a branch that is not born, one without any commit, one with SHA-256', async t => {
	const folder = createFolder(t);
	const at = (name: string) => path.join(folder, name);
	makeRepository(at('work'));
	git(folder, 'clone', '-q', '--mirror', 'work', 'bare.git');
	git(folder, 'clone', '-q', 'work', 'detached');
	git(at('detached'), 'checkout', '-q', '--detach', 'HEAD~1');
	commitFile(at('detached'), 'only-here', 'x');
	git(folder, 'clone', '-q', 'work', 'unborn');
	git(at('unborn'), 'symbolic-ref', 'HEAD', 'refs/heads/later');
	git(folder, 'init', '-q', 'empty');
	git(folder, 'init', '-q', '--bare', 'empty.git');
	makeRepository(at('sha256'), ['--object-format=sha256']);
	const originals = ['bare.git', 'detached', 'unborn', 'empty', 'empty.git', 'sha256'].map(name => at(name));
	const {restored, facts, stored} = await roundTrip(t, originals);
	for (const original of originals) {
		assertSameRepository(t, original, restored(original));
	}

	const id = git(at('detached'), 'rev-parse', 'HEAD');
	t.deepEqual(facts.repositories!.map(({head, refs, lastCommit}) => [head, refs > 0, lastCommit !== undefined]), [
		['main', true, true], [id, true, true], ['refs/heads/later'.slice('refs/heads/'.length), true, true],
		...[1, 2].map(() => [git(at('empty'), 'symbolic-ref', '--short', 'HEAD'), false, false]), ['main', true, true],
	]);
	t.deepEqual(originals.filter(original => stored.includes(path.join(original, 'coffer.bundle')) || stored.includes(path.join(original, '.git/coffer.bundle'))).map(name => path.basename(name)), ['bare.git', 'detached', 'unborn', 'sha256']);
	t.true(stored.includes(path.join(at('bare.git'), 'HEAD')));
	commitFile(restored(at('empty')), 'first', 'x');
});

optionalTest(gitLack, 'shallow and partial clones come back as such, and what they lack is told', async t => {
	const folder = createFolder(t);
	const at = (name: string) => path.join(folder, name);
	makeRepository(at('origin'));
	commitFile(at('origin'), 'c', 'third\n');
	git(at('origin'), 'config', 'uploadpack.allowFilter', 'true');
	git(folder, 'clone', '-q', '--depth=2', `file://${at('origin')}`, 'shallow');
	git(folder, 'clone', '-q', '--no-checkout', '--filter=blob:none', `file://${at('origin')}`, 'partial');
	const missing = () => git(at('partial'), 'rev-list', '--objects', '--all', '--missing=print').split('\n').filter(line => line.startsWith('?')).length;
	const missingBefore = missing();
	t.true(missingBefore > 0);
	const {restored, facts, messages} = await roundTrip(t, [at('shallow'), at('partial')]);
	t.is(missing(), missingBefore);
	for (const name of ['shallow', 'partial']) {
		assertSameRepository(t, at(name), restored(at(name)));
	}

	t.is(git(restored(at('shallow')), 'rev-list', '--count', 'HEAD'), '2');
	t.deepEqual(facts.repositories!.map(({absent}) => absent), [['the history before that of a shallow clone'], ['objects that the partial clone has not fetched']]);
	t.is(messages.filter(message => message.startsWith('warning')).length, 2);
	// It can fetch what it lacks.
	git(restored(at('partial')), 'checkout', '-q', 'main');
	t.is(readFileSync(restored(path.join(at('partial'), 'c')), 'utf8'), 'third\n');
	t.log(`${missingBefore} objects missing in the partial clone, none fetched`);
});

optionalTest(gitLack, 'submodules come along with the repository that holds theirs; those that were never fetched are told, without passwords', async t => {
	const folder = createFolder(t);
	const at = (name: string) => path.join(folder, name);
	makeRepository(at('library'));
	makeRepository(at('project'));
	git(at('project'), 'submodule', 'add', '-q', at('library'), 'vendor/library');
	git(at('project'), 'submodule', 'add', '-q', at('library'), 'gone');
	git(at('project'), 'config', '-f', '.gitmodules', 'submodule.gone.url', 'https://user:secret@example.org/x.git');
	git(at('project'), 'add', '.gitmodules');
	git(at('project'), 'commit', '-q', '-m', 'Submodules');
	rmSync(at('project/.git/modules/gone'), {recursive: true});
	rmSync(at('project/gone/.git'));
	commitFile(at('project/vendor/library'), 'only-here', 'x');
	const {restored, facts, messages} = await roundTrip(t, [at('project')], true);
	assertSameRepository(t, at('project'), restored(at('project')));
	assertSameRepository(t, at('project/vendor/library'), restored(at('project/vendor/library')));
	t.is(git(restored(at('project')), 'status', '--porcelain', '--ignore-submodules=none'), git(at('project'), 'status', '--porcelain', '--ignore-submodules=none'));
	t.deepEqual(facts.repositories!.map(({path: name, absent}) => [path.relative(folder, name), absent]), [
		['project/vendor/library', undefined], ['project', ['the submodule gone (https://user:***@example.org/x.git)']],
	]);
	t.false(messages.join(' ').includes('secret'));
	const alone = await roundTrip(t, [at('project/vendor/library')]);
	t.is(git(alone.restored(at('project/.git/modules/vendor/library')), 'rev-parse', 'main'), git(at('project/vendor/library'), 'rev-parse', 'main'));
});

optionalTest(gitLack, 'working trees that were added: the repository they belong to, with what their heads stand on; once, however many of them are named', async t => {
	const folder = createFolder(t);
	const at = (name: string) => path.join(folder, name);
	makeRepository(at('main'));
	git(at('main'), 'worktree', 'add', '-q', '--detach', at('second'));
	commitFile(at('second'), 'only-here', 'x');
	writeFileSync(path.join(at('second'), 'untracked'), 'u');
	const {restored, facts, stored} = await roundTrip(t, [at('second'), at('main')], true);
	t.is(facts.repositories!.length, 1);
	assertSameRepository(t, at('main'), restored(at('main')));
	t.is(readFileSync(restored(path.join(at('second'), 'untracked')), 'utf8'), 'u');
	t.true(stored.includes(path.join(at('second'), '.git')));
	const head = git(at('second'), 'rev-parse', 'HEAD');
	t.is(git(restored(at('main')), 'cat-file', '-t', head), 'commit');
	// At their old places all of it works again.
	rmSync(at('main'), {recursive: true});
	rmSync(at('second'), {recursive: true});
	renameSync(restored(at('main')), at('main'));
	renameSync(restored(at('second')), at('second'));
	t.is(git(at('second'), 'rev-parse', 'HEAD'), head);
	t.is(git(at('second'), 'status', '--porcelain'), '?? untracked');
});

optionalTest(gitLack, 'objects that lie in another store are in the snapshot; so are those of repositories with the folder elsewhere', async t => {
	const folder = createFolder(t);
	const at = (name: string) => path.join(folder, name);
	makeRepository(at('store'));
	git(folder, 'clone', '-q', '--shared', 'store', 'borrower');
	commitFile(at('borrower'), 'own', 'x');
	git(folder, 'init', '-q', '--separate-git-dir', at('elsewhere.git'), at('separate'));
	commitFile(at('separate'), 'a', 'x');
	const {restored} = await roundTrip(t, [at('borrower'), at('separate')]);
	t.false(existsSync(restored(path.join(at('borrower'), '.git/objects/info/alternates'))));
	assertSameRepository(t, at('borrower'), restored(at('borrower')));
	assertSameRepository(t, at('elsewhere.git'), restored(at('elsewhere.git')));
	t.is(readFileSync(restored(path.join(at('separate'), '.git')), 'utf8'), readFileSync(path.join(at('separate'), '.git'), 'utf8'));
});

optionalTest(gitLack, 'contents of Git LFS that are here are in the snapshot, and what else there may be is told', async t => {
	const folder = createFolder(t);
	for (const name of ['with', 'without']) {
		const repository = path.join(folder, name);
		git(folder, 'init', '-q', '-b', 'main', name);
		commitFile(repository, '.gitattributes', '*.bin filter=lfs diff=lfs merge=lfs -text\n');
	}

	const lfs = path.join(folder, 'with/.git/lfs/objects/ab/cd/abcd');
	mkdirSync(path.dirname(lfs), {recursive: true});
	appendFileSync(lfs, 'content');
	const {restored, facts} = await roundTrip(t, [path.join(folder, 'with'), path.join(folder, 'without')]);
	t.is(readFileSync(restored(lfs), 'utf8'), 'content');
	t.deepEqual(facts.repositories!.map(({absent}) => absent), [['those contents of Git LFS that this machine has not fetched'], ['the contents that Git LFS keeps elsewhere']]);
});

optionalTest(gitLack, 'the bundle of the next day adds little, also after git has packed everything anew', async t => {
	const original = path.join(createFolder(t), 'crm');
	makeRepository(original);
	const text = (day: number) => Array.from({length: 3000}, (_line, number) => `${number} ${number % 300 === 0 ? `day ${day}` : 'unchanged'} ${(number * 7919) % 1000}\n`).join('');
	for (let number = 0; number < 20; number++) {
		commitFile(original, `file-${number % 5}`, text(number));
	}

	const {session} = await createTestRepository(runtime);
	const first = await backUpGit(session, {paths: [original]}, {time: '2026-01-01T00:00:00.000Z'});
	git(original, 'gc', '-q', '--aggressive');
	const packed = await backUpGit(session, {paths: [original]}, {time: '2026-01-02T00:00:00.000Z'});
	const bundles = (await listSnapshots(session)).snapshots;
	const [before, after] = await Promise.all(bundles.map(async snapshot => (await readSnapshot(session, snapshot)).get(path.join(original, '.git/coffer.bundle'))?.sha256));
	t.is(after, before);
	t.true(packed.summary.addedBytes < first.summary.addedBytes / 10);
	t.log(`${first.summary.addedBytes} bytes at first, ${packed.summary.addedBytes} after gc; ${readdirSync(original).length} entries`);
});

optionalTest(gitLack, 'a very large repository keeps what git has compressed, and comes back like any other', async t => {
	const original = path.join(createFolder(t), 'crm');
	makeRepository(original);
	commitFile(original, 'large', 'compressible\n'.repeat(10_000));
	const {session} = await createTestRepository(runtime);
	const bundleSize = async (time: string): Promise<number> => {
		await backUpGit(session, {paths: [original]}, {time});
		const {snapshots} = await listSnapshots(session);
		return (await readSnapshot(session, snapshots.at(-1)!)).get(path.join(original, '.git/coffer.bundle'))!.node.size!;
	};

	const plain = await bundleSize('2026-01-01T00:00:00.000Z');
	// A hole of 600 MiB without an index, which git passes over.
	const large = path.join(original, '.git/objects/pack/pack-large.pack');
	writeFileSync(large, '');
	truncateSync(large, 600 * 1024 * 1024);
	const compressed = await bundleSize('2026-01-02T00:00:00.000Z');
	t.true(compressed < plain / 2);
	rmSync(large);
	const target = createFolder(t);
	t.deepEqual((await restoreGit(session, target)).problems, []);
	assertSameRepository(t, original, path.join(target, original));
	t.log(`a bundle of ${plain} bytes, with compression ${compressed}`);
});
