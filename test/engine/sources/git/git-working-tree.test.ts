import {chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {toPath, type ByteString} from '../../../../source/engine/byte-string.ts';
import {listSnapshots} from '../../../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {assertSameRepository, backUpGit, commitFile, git, gitLack, makeRepository, restoreGit} from '../../../helpers/git-repositories.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createTestRepository, readSnapshot} from '../../../helpers/repository-session.ts';
import {createFolder, writeLayout} from '../../../helpers/source-folder.ts';
import {describeFolder} from '../../../helpers/walk-folder.ts';

const runtime = createSystemRuntime();

/** The working tree alone, without what is ignored. */
function describeTree(folder: string): Record<string, string> {
	return Object.fromEntries(Object.entries(describeFolder(folder)).filter(([name]) => name !== '.git' && !name.startsWith('.git/') && !name.includes('ignored')));
}

optionalTest(gitLack, 'a working tree comes back as it was: changed, staged, not tracked, without what is ignored; git sees the same state', async t => {
	const original = path.join(createFolder(t), 'crm');
	makeRepository(original);
	writeLayout(original, {
		'.gitignore': '*.ignored\n/build-ignored/\n', 'sub/.gitignore': '!kept.ignored\n', 'x.ignored': 'i', 'build-ignored/y': 'i', 'sub/kept.ignored': 'k', 'new/deep/file': 'n', '-n': 'option', 'line\nfeed': 'l',
		empty: '', staged: 's', gone: 'g', 'forced.ignored': 'f',
	});
	writeFileSync(toPath(`${original}/byte-\u00FF` as ByteString), 'b');
	writeFileSync(path.join(original, '.git/info/exclude'), 'excluded-ignored\n');
	writeFileSync(path.join(original, 'excluded-ignored'), 'e');
	git(original, 'add', '-f', 'gone', 'forced.ignored');
	git(original, 'commit', '-q', '-m', 'More');
	git(original, 'add', 'staged');
	writeFileSync(path.join(original, 'a'), 'changed\n');
	writeFileSync(path.join(original, 'staged'), 'changed after it was staged');
	unlinkSync(path.join(original, 'gone'));
	symlinkSync('/etc/passwd', path.join(original, 'link'));
	chmodSync(path.join(original, 'new/deep/file'), 0o750);
	const {session} = await createTestRepository(runtime);
	const {summary, messages} = await backUpGit(session, {paths: [original], workingTree: true});
	t.is(summary.unreadable, 0);
	t.deepEqual(messages, []);
	const target = createFolder(t);
	t.deepEqual((await restoreGit(session, target)).problems, []);
	const copy = path.join(target, original);
	const expected = describeTree(original);
	expected['forced.ignored'] = describeFolder(original)['forced.ignored']!;
	expected['sub/kept.ignored'] = describeFolder(original)['sub/kept.ignored']!;
	t.deepEqual({...describeFolderWithoutGit(copy)}, expected);
	assertSameRepository(t, original, copy);
	t.is(git(copy, 'status', '--porcelain'), git(original, 'status', '--porcelain'));
	t.is(git(copy, 'show', ':staged'), 's');
	t.log(`${Object.keys(expected).length} entries of a working tree`);
});

function describeFolderWithoutGit(folder: string): Record<string, string> {
	return Object.fromEntries(Object.entries(describeFolder(folder)).filter(([name]) => name !== '.git' && !name.startsWith('.git/')));
}

optionalTest(gitLack, 'a merge with a conflict, a split index and a repository inside that is no submodule', async t => {
	const original = path.join(createFolder(t), 'crm');
	makeRepository(original);
	git(original, 'config', 'core.splitIndex', 'true');
	git(original, 'checkout', '-q', '-b', 'other', 'HEAD~1');
	commitFile(original, 'a', 'another\n');
	t.throws(() => git(original, 'merge', 'main'));
	makeRepository(path.join(original, 'inner'));
	const {session} = await createTestRepository(runtime);
	const {facts} = await backUpGit(session, {paths: [original], workingTree: true});
	const target = createFolder(t);
	t.deepEqual((await restoreGit(session, target)).problems, []);
	const copy = path.join(target, original);
	t.is(facts.repositories!.length, 2);
	assertSameRepository(t, path.join(original, 'inner'), path.join(copy, 'inner'));
	t.is(git(copy, 'status'), git(original, 'status'));
	git(copy, 'add', 'a');
	git(copy, 'commit', '-q', '-m', 'Merged');
});

optionalTest(gitLack, 'nothing outside of the working tree is read, whatever links, the index and core.worktree say', async t => {
	const folder = createFolder(t, {'outside/secret': 'secret'});
	const original = path.join(folder, 'crm');
	makeRepository(original);
	commitFile(original, 'linked/secret', 'own');
	rmSync(path.join(original, 'linked'), {recursive: true});
	symlinkSync('../outside', path.join(original, 'linked'));
	commitFile(original, 'XX/outside/secret', 'x');
	git(original, 'config', 'core.worktree', path.join(folder, 'outside'));
	// An entry of the index that leads out: git makes none, and reads it.
	const index = path.join(original, '.git/index');
	writeFileSync(index, Buffer.from(readFileSync(index, 'latin1').replace('XX/outside', '../outside'), 'latin1'));
	const {session} = await createTestRepository(runtime);
	const {summary, messages} = await backUpGit(session, {paths: [original], workingTree: true});
	t.is(summary.unreadable, 1);
	t.regex(messages.join('\n'), /skipped: .*outside\/secret: the index gives it a name/);
	const {snapshots} = await listSnapshots(session);
	const stored = await readSnapshot(session, snapshots[0]!);
	t.is(stored.get(path.join(original, 'linked'))?.node.type, 'symlink');
	t.deepEqual([...stored].filter(([name, {content}]) => name.includes('outside/secret') || content?.toString() === 'secret').map(([name]) => name), [path.join(original, 'XX/outside/secret')]);
});

const notRoot = process.getuid?.() === 0 ? 'only as an ordinary user' : undefined;

optionalTest(gitLack ?? notRoot, 'what cannot be read in a working tree is named, and the rest is stored', async t => {
	const original = path.join(createFolder(t), 'crm');
	makeRepository(original);
	mkdirSync(path.join(original, 'closed'));
	writeFileSync(path.join(original, 'closed/x'), 'x');
	chmodSync(path.join(original, 'a'), 0);
	chmodSync(path.join(original, 'closed'), 0);
	const {session} = await createTestRepository(runtime);
	const {summary, messages} = await backUpGit(session, {paths: [original], workingTree: true});
	chmodSync(path.join(original, 'closed'), 0o700);
	t.is(summary.unreadable, 1);
	t.true(messages.some(message => message.startsWith('skipped') && message.includes('/a: it cannot be read (EACCES)')));
	t.true(messages.some(message => message.startsWith('warning') && message.includes('closed')));
});
