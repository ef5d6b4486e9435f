import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, chownSync, existsSync, lchownSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import type {ErrorCode} from '../../../../source/engine/errors.ts';
import {listSnapshots} from '../../../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {openGit} from '../../../../source/engine/sources/git/open-git.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {assertSameRepository, backUpGit, createSourceContext, describeRefs, git, gitLack, makeRepository, restoreGit} from '../../../helpers/git-repositories.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createTestRepository, readSnapshot} from '../../../helpers/repository-session.ts';
import {createFolder} from '../../../helpers/source-folder.ts';

const runtime = createSystemRuntime();

/** A repository, changed by a test, is refused with a reason; nothing is stored or left behind. */
async function assertRefused(t: ExecutionContext, change: (repository: string) => void, code: ErrorCode, message: RegExp): Promise<void> {
	const original = path.join(createFolder(t), 'crm');
	makeRepository(original);
	change(original);
	const {session} = await createTestRepository(runtime);
	const error = await refusesAsync(t, async () => backUpGit(session, {paths: [original]}), code, message);
	t.true(error.message.includes(original), error.message);
	t.deepEqual((await listSnapshots(session)).snapshots, []);
}

test.after.always('nothing is left in memory, however it went', t => {
	t.deepEqual(readdirSync('/dev/shm').filter(name => name.startsWith(`coffer-git-${process.pid}-`)), []);
});

const looseObject = (repository: string, id: string) => path.join(repository, '.git/objects', id.slice(0, 2), id.slice(2));

const cases: ReadonlyArray<{readonly title: string; readonly change: (repository: string) => void; readonly code?: ErrorCode; readonly message: RegExp}> = [
	{title: 'a path that is gone', change(repository) {
		rmSync(repository, {recursive: true});
	}, code: 'source-missing', message: /no git repository .* Is it mounted/},
	{title: 'a folder that is no repository', change(repository) {
		rmSync(path.join(repository, '.git'), {recursive: true});
	}, code: 'source-missing', message: /no git repository/},
	{title: 'a ref without content, as a power loss leaves it', change(repository) {
		writeFileSync(path.join(repository, '.git/refs/heads/main'), '');
	}, message: /refs\/heads\/main is broken/},
	{title: 'a ref to an object that is not there', change(repository) {
		writeFileSync(path.join(repository, '.git/refs/heads/lost'), `${'12'.repeat(20)}\n`);
	}, message: /git pack-objects .*1212/},
	{title: 'a commit that is not there', change(repository) {
		rmSync(looseObject(repository, git(repository, 'rev-parse', 'main')));
	}, message: /git pack-objects/},
	{title: 'a blob that is not there', change(repository) {
		rmSync(looseObject(repository, git(repository, 'rev-parse', 'main:sub/b')));
	}, message: /git pack-objects/},
	{title: 'a damaged object', change(repository) {
		const file = looseObject(repository, git(repository, 'rev-parse', 'main:a'));
		chmodSync(file, 0o600);
		writeFileSync(file, Buffer.from([...readFileSync(file)].map((byte, position) => (position === 9 ? byte ^ 0x41 : byte))));
	}, message: /git pack-objects/},
	{title: 'an object in a pack that is damaged', change(repository) {
		git(repository, 'gc', '-q');
		const folder = path.join(repository, '.git/objects/pack');
		const file = path.join(folder, readdirSync(folder).find(name => name.endsWith('.pack'))!);
		chmodSync(file, 0o600);
		const bytes = readFileSync(file);
		bytes.fill(0x55, 40, bytes.length - 40);
		writeFileSync(file, bytes);
	}, message: /git pack-objects/},
	{title: 'an entry of the stash that is not there', change(repository) {
		rmSync(looseObject(repository, git(repository, 'rev-parse', 'stash@{1}')));
	}, message: /git pack-objects/},
	{title: 'packed refs that are none', change(repository) {
		writeFileSync(path.join(repository, '.git/packed-refs'), 'nonsense\n');
	}, message: /packed-refs holds a line/},
	{title: 'refs in another format', change(repository) {
		git(repository, 'config', '--file', '.git/config', 'core.repositoryFormatVersion', '1');
		git(repository, 'config', '--file', '.git/config', 'extensions.refStorage', 'reftable');
	}, message: /stored as "reftable".*git refs migrate/},
	{title: 'an extension that is not known', change(repository) {
		git(repository, 'config', '--file', '.git/config', 'core.repositoryFormatVersion', '1');
		git(repository, 'config', '--file', '.git/config', 'extensions.later', 'x');
	}, message: /the extension "later"/},
	{title: 'a format of a later version', change(repository) {
		git(repository, 'config', '--file', '.git/config', 'core.repositoryFormatVersion', '2');
	}, message: /version 2/},
	{title: 'a configuration that is none', change(repository) {
		writeFileSync(path.join(repository, '.git/config'), '[core\n');
	}, message: /git config .* failed/},
	{title: 'refs behind a symbolic link', change(repository) {
		mkdirSync(`${repository}-other`);
		symlinkSync(`${repository}-other`, path.join(repository, '.git/other'));
		rmSync(path.join(repository, '.git/refs'), {recursive: true});
		symlinkSync(`${repository}-other`, path.join(repository, '.git/refs'));
	}, message: /refs of the repository .* cannot be read/},
	{title: 'packed refs behind a symbolic link', change(repository) {
		rmSync(path.join(repository, '.git/packed-refs'));
		symlinkSync('/etc/passwd', path.join(repository, '.git/packed-refs'));
	}, message: /packed-refs is no file but a symbolic link/},
	{title: 'a .git that leads nowhere', change(repository) {
		rmSync(path.join(repository, '.git'), {recursive: true});
		writeFileSync(path.join(repository, '.git'), 'gitdir: /nowhere/at/all\n');
	}, message: /\/nowhere\/at\/all, which cannot be read/},
];

for (const {title, change, code = 'source-failed', message} of cases) {
	optionalTest(gitLack, `refused, naming the repository: ${title}`, async t => {
		await assertRefused(t, change, code, message);
	});
}

test('without git the source says what to install', async t => {
	const folder = createFolder(t);
	const context = createSourceContext({...runtime, spawn() {
		throw new Error('nothing is to be started');
	}});
	const open = async () => openGit({kind: 'git', name: 'code', paths: [folder]}, {...context, runtime: {...context.runtime, environment: {PATH: folder}}});
	if (gitLack === undefined) {
		await t.throwsAsync(open, {message: /nothing is to be started/});
	} else {
		await refusesAsync(t, open, 'source-failed', /apt install git/);
	}
});

optionalTest(gitLack, 'an interruption ends git and leaves nothing behind', async t => {
	const original = path.join(createFolder(t), 'crm');
	makeRepository(original);
	const stop = new AbortController();
	const stream = await openGit({kind: 'git', name: 'code', paths: [original]}, {...createSourceContext(runtime), signal: stop.signal});
	await refusesAsync(t, async () => {
		for await (const {path: name, content} of stream.entries(() => undefined)) {
			if (!name.endsWith('coffer.bundle')) {
				continue;
			}

			stop.abort();
			for await (const piece of content!) {
				t.true(piece.byteLength > 0);
			}
		}
	}, 'aborted');
	await stream.close();
});

optionalTest(gitLack, 'what a killed run has left in memory goes with the next one', async t => {
	const original = path.join(createFolder(t), 'crm');
	makeRepository(original);
	const child = spawn('true');
	await once(child, 'close');
	const forsaken = `/dev/shm/coffer-git-${child.pid}-1-0123456789abcdef`;
	mkdirSync(forsaken);
	t.teardown(() => {
		rmSync(forsaken, {recursive: true, force: true});
	});
	const {session} = await createTestRepository(runtime);
	await backUpGit(session, {paths: [original]});
	t.false(existsSync(forsaken));
});

optionalTest(gitLack, 'refs that move while they are read: every bundle is whole and has all of them', async t => {
	const folder = createFolder(t);
	const original = path.join(folder, 'crm.git');
	makeRepository(path.join(folder, 'work'));
	git(folder, 'clone', '-q', '--mirror', 'work', 'crm.git');
	const before = describeRefs(original);
	// Moves two branches together, back and forth, packs refs in between, and ends with its input.
	const pusher = spawn('/bin/sh', ['-c', 'a=$(git rev-parse main); b=$(git rev-parse main~1); while :; do printf "start\\nupdate refs/heads/x %s\\nupdate refs/heads/y %s\\ncommit\\n" $a $a; printf "start\\nupdate refs/heads/x %s\\nupdate refs/heads/y %s\\ncommit\\n" $b $b; done | git update-ref --stdin > /dev/null'], {cwd: original, detached: true, stdio: 'ignore'});
	t.teardown(() => {
		process.kill(-pusher.pid!, 'SIGKILL');
	});
	let halves = 0;
	const rounds = 5;
	for (let round = 0; round < rounds; round++) {
		const {session} = await createTestRepository(runtime);
		await backUpGit(session, {paths: [original]});
		git(original, 'pack-refs', '--all');
		const target = path.join(folder, `target-${round}`);
		t.deepEqual((await restoreGit(session, target)).problems, []);
		const copy = path.join(target, original);
		t.notThrows(() => git(copy, 'fsck', '--strict', '--no-dangling'));
		const refs = git(copy, 'for-each-ref', '--format=%(refname) %(objectname)').split('\n');
		const moving = new Map(refs.map(line => line.split(' ') as [string, string]).filter(([name]) => /refs\/heads\/[xy]$/.test(name)));
		halves += moving.get('refs/heads/x') === moving.get('refs/heads/y') ? 0 : 1;
		t.is(refs.length - moving.size, before['refs']!.split('\n').length);
	}

	t.log(`${rounds} backups while refs moved, ${halves} with one of two that had been moved together`);
});

const lackOfRoot = process.getuid?.() === 0 ? undefined : 'only root can give files away';

optionalTest(gitLack ?? lackOfRoot, 'a repository of another user is read as it is, and comes back as that user\'s', async t => {
	const original = path.join(createFolder(t), 'crm');
	makeRepository(original);
	for (const entry of ['', ...readdirSync(original, {recursive: true, encoding: 'utf8'})]) {
		chownSync(path.join(original, entry), 12_345, 12_346);
	}

	const {session} = await createTestRepository(runtime);
	await backUpGit(session, {paths: [original], workingTree: true});
	const target = createFolder(t);
	t.deepEqual((await restoreGit(session, target)).problems, []);
	const copy = path.join(target, original);
	assertSameRepository(t, original, copy);
	const {stdout} = spawnSync('find', [copy, '!', '(', '-uid', '12345', '-gid', '12346', ')'], {encoding: 'utf8'});
	t.is(stdout, '');
});

optionalTest(gitLack ?? lackOfRoot, 'a user cannot have root put into a snapshot what others keep to themselves', async t => {
	const folder = createFolder(t);
	const at = (name: string) => path.join(folder, name);
	makeRepository(at('private'));
	chmodSync(at('private'), 0o700);
	const {session} = await createTestRepository(runtime);
	const attempts: Readonly<Record<string, (repository: string) => void>> = {
		'.git as a file'(repository) {
			writeFileSync(path.join(repository, '.git'), `gitdir: ${at('private/.git')}\n`);
			chownSync(path.join(repository, '.git'), 12_345, 12_345);
		},
		'.git as a link'(repository) {
			symlinkSync(at('private/.git'), path.join(repository, '.git'));
			lchownSync(path.join(repository, '.git'), 12_345, 12_345);
		},
		alternates(repository) {
			git(repository, 'init', '-q');
			const file = path.join(repository, '.git/objects/info/alternates');
			writeFileSync(file, `${at('private/.git/objects')}\n`);
			chownSync(file, 12_345, 12_345);
		},
		'linked objects'(repository) {
			git(repository, 'init', '-q');
			rmSync(path.join(repository, '.git/objects'), {recursive: true});
			symlinkSync(at('private/.git/objects'), path.join(repository, '.git/objects'));
			lchownSync(path.join(repository, '.git/objects'), 12_345, 12_345);
		},
	};
	for (const [name, attempt] of Object.entries(attempts)) {
		mkdirSync(at(name));
		attempt(at(name));
		await refusesAsync(t, async () => backUpGit(session, {paths: [at(name)]}), 'source-failed', /belongs to somebody else/);
	}

	// What is for everybody to read may be referred to.
	chmodSync(at('private'), 0o755);
	await backUpGit(session, {paths: [at('alternates')]});
	// A file of the repository that is a link is stored as one.
	makeRepository(at('linking'));
	rmSync(path.join(at('linking'), '.git/description'));
	symlinkSync('/etc/shadow', path.join(at('linking'), '.git/description'));
	await backUpGit(session, {paths: [at('linking')]}, {time: new Date(runtime.now() + 1000).toISOString()});
	const {snapshots} = await listSnapshots(session);
	t.is((await readSnapshot(session, snapshots.at(-1)!)).get(path.join(at('linking'), '.git/description'))?.node.type, 'symlink');
	t.log(`${Object.keys(attempts).length} attempts refused`);
});
