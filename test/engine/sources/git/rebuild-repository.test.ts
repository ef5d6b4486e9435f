import {spawnSync} from 'node:child_process';
import {chmodSync, cpSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {overwritePolicies} from '../../../../source/engine/operations/restore/restore.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {rebuildRepository} from '../../../../source/engine/sources/git/rebuild-repository.ts';
import type {RepositorySession} from '../../../../source/engine/repository/repository.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {assertSameRepository, backUpGit, commitFile, createSourceContext, describeRefs, git, gitLack, makeRepository, restoreGit} from '../../../helpers/git-repositories.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createTestRepository} from '../../../helpers/repository-session.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {straceLack} from '../../../helpers/strace.ts';
import {describeFolder} from '../../../helpers/walk-folder.ts';

const runtime = createSystemRuntime();
const context = createSourceContext(runtime);

type Scene = {readonly session: RepositorySession; readonly original: string; readonly target: string; /** The repository in the target. */ readonly copy: string};

async function createScene(t: ExecutionContext): Promise<Scene> {
	const folder = createFolder(t);
	const original = path.join(folder, 'crm');
	makeRepository(original);
	const {session} = await createTestRepository(runtime);
	await backUpGit(session, {paths: [original]});
	const target = path.join(folder, 'target');
	return {session, original, target, copy: path.join(target, original)};
}

/** Files of a snapshot as a restore leaves them where there is no git, in a folder of their own. */
async function restoreFiles(t: ExecutionContext): Promise<Scene & {readonly gitFolder: string}> {
	const scene = await createScene(t);
	await restoreGit(scene.session, scene.target, {includes: ['coffer.bundle']});
	const bundle = path.join(scene.copy, '.git/coffer.bundle');
	const kept = path.join(scene.target, 'kept');
	cpSync(bundle, kept);
	await restoreGit(scene.session, scene.target, {overwrite: 'never'});
	for (const name of ['packed-refs', 'objects/pack', 'objects/info']) {
		spawnSync('rm', ['-rf', path.join(scene.copy, '.git', name)]);
	}

	cpSync(kept, bundle);
	return {...scene, gitFolder: path.join(scene.copy, '.git')};
}

const objectsAndRefs = (repository: string) => Object.fromEntries(Object.entries(describeFolder(path.join(repository, '.git'))).filter(([name]) => /^(?:objects|refs|packed-refs)/.test(name)));

optionalTest(gitLack, 'a repository that is there already is touched under "always" only; the bundle is left for whoever wants it', async t => {
	const results: Record<string, string> = {};
	const {session, target: folder, original} = await createScene(t);
	const there = path.join(folder, 'there');
	git('/', 'clone', '-q', original, there);
	commitFile(there, 'a', 'changed here\n');
	git(there, 'update-ref', 'refs/heads/only-here', 'HEAD');
	for (const overwrite of overwritePolicies) {
		for (const canDelete of [false, true]) {
			const target = path.join(folder, `${overwrite}-${canDelete}`);
			const copy = path.join(target, original);
			cpSync(there, copy, {recursive: true, preserveTimestamps: true});
			const before = objectsAndRefs(copy);
			const {problems} = await restoreGit(session, target, {overwrite, delete: canDelete});
			const refs = describeRefs(copy)['refs']!.split('\n');
			t.true(refs.some(line => line.startsWith('refs/heads/only-here')));
			t.notThrows(() => git(copy, 'fsck', '--strict', '--no-dangling'));
			if (overwrite === 'always') {
				t.deepEqual(problems, []);
				const wanted = describeRefs(original)['refs']!.split('\n');
				t.deepEqual(wanted.filter(line => !refs.includes(line)), []);
			} else {
				t.is(problems.length, 1);
				t.regex(problems[0]!.message, /a repository is there already.*--overwrite always.*git clone --mirror/);
				t.deepEqual(Object.entries(before).filter(([name, state]) => !name.startsWith('refs/remotes/origin') && objectsAndRefs(copy)[name] !== state && !state.startsWith('directory')), []);
				t.true(existsSync(path.join(copy, '.git/coffer.bundle')));
			}

			results[`${overwrite}${canDelete ? ' with --delete' : ''}`] = problems.length === 0 ? 'changed' : 'left';
		}
	}

	t.log(results);
});

optionalTest(gitLack, 'restored once more: what is there and whole stays as it is, without the bundle; what has been damaged is told', async t => {
	const {session, target, copy, original} = await createScene(t);
	await restoreGit(session, target);
	const before = objectsAndRefs(copy);
	t.deepEqual((await restoreGit(session, target)).problems, []);
	t.deepEqual(objectsAndRefs(copy), before);
	t.false(existsSync(path.join(copy, '.git/coffer.bundle')));
	const folder = path.join(copy, '.git/objects/pack');
	const pack = path.join(folder, readdirSync(folder).find(name => name.endsWith('.pack'))!);
	chmodSync(pack, 0o600);
	writeFileSync(pack, readFileSync(pack).fill(0, 100, 2000));
	t.is((await restoreGit(session, target)).problems.length, 1);
	t.true(existsSync(path.join(copy, '.git/coffer.bundle')));
	t.deepEqual((await restoreGit(session, target, {overwrite: 'always'})).problems, []);
	assertSameRepository(t, original, copy);
});

optionalTest(gitLack, 'dry runs and restores of a part give files and no repository', async t => {
	const {session, target, copy} = await createScene(t);
	t.deepEqual((await restoreGit(session, target, {isDryRun: true})).problems, []);
	t.false(existsSync(target));
	await restoreGit(session, target, {includes: ['hooks', 'config']});
	t.false(existsSync(path.join(copy, '.git/objects')));
	await restoreGit(session, target, {includes: ['coffer.bundle']});
	t.true(statSync(path.join(copy, '.git/coffer.bundle')).size > 1000);
	t.false(existsSync(path.join(copy, '.git/packed-refs')));
});

optionalTest(gitLack, 'without git, or with a bundle that is damaged or none, everything stays, and the message says how to go on', async t => {
	const {gitFolder, copy} = await restoreFiles(t);
	const bundle = path.join(gitFolder, 'coffer.bundle');
	const whole = readFileSync(bundle);
	const options = {folder: gitFolder, path: '/srv/crm/.git', mayReplace: false};
	const damages: Readonly<Record<string, Buffer>> = {
		'cut off': whole.subarray(0, -30),
		'cut off in its header': whole.subarray(0, 100),
		'a flipped bit': Buffer.from(whole.map((byte, position) => (position === whole.length - 400 ? byte ^ 1 : byte))),
		'no bundle': Buffer.from('nothing'),
		'a ref to an object that it lacks': Buffer.from(whole.toString('latin1').replace(/[\da-f]{40} refs\/heads\/main/, () => `${'ab'.repeat(20)} refs/heads/main`), 'latin1'),
	};
	for (const [name, damaged] of Object.entries(damages)) {
		writeFileSync(bundle, damaged);
		const error = await refusesAsync(t, async () => rebuildRepository(options, context), 'target-unusable', /Its refs and objects stay in \/srv\/crm\/.git\/coffer.bundle; .*git clone --mirror/);
		t.deepEqual(readFileSync(bundle), damaged, name);
		t.false(existsSync(path.join(gitFolder, 'packed-refs')) || existsSync(path.join(gitFolder, 'coffer-rebuild')), `${name}: ${error.message}`);
	}

	writeFileSync(bundle, whole);
	symlinkSync('/tmp', path.join(gitFolder, 'coffer-rebuild'));
	await refusesAsync(t, async () => rebuildRepository(options, context), 'target-unusable', /coffer-rebuild is in the way/);
	spawnSync('rm', [path.join(gitFolder, 'coffer-rebuild')]);
	await rebuildRepository(options, context);
	t.notThrows(() => git(copy, 'fsck', '--strict', '--no-dangling'));
	t.log(`${Object.keys(damages).length} damaged bundles`);
});

optionalTest(gitLack, 'an interruption leaves what the next run makes whole', async t => {
	const {gitFolder, original, copy} = await restoreFiles(t);
	const stop = new AbortController();
	const options = {folder: gitFolder, path: gitFolder, mayReplace: false};
	await refusesAsync(t, async () => rebuildRepository(options, {...context, signal: stop.signal, log() {
		stop.abort();
	}, runtime: {...runtime, spawn: ((program: string, parameters: string[], more: object) => {
		if (parameters.includes('rev-list')) {
			stop.abort();
		}

		return runtime.spawn(program, parameters, more);
	}) as typeof runtime.spawn}}), 'aborted');
	t.true(existsSync(path.join(gitFolder, 'coffer.bundle')));
	await rebuildRepository(options, context);
	assertSameRepository(t, original, copy);
});

optionalTest(gitLack ?? straceLack, 'killed at each call that changes a name, a rebuild is taken up and ends well', async t => {
	const {gitFolder, original, copy, target} = await restoreFiles(t);
	const start = path.join(target, 'start');
	cpSync(gitFolder, start, {recursive: true});
	const script = path.join(import.meta.dirname, '../../../helpers/git-rebuild.ts');
	let kills = 0;
	for (const call of ['rename', 'unlink', 'mkdir']) {
		for (let number = 1; ; number++) {
			spawnSync('rm', ['-rf', gitFolder]);
			cpSync(start, gitFolder, {recursive: true});
			// Children are not followed: it is this program that is killed.
			const {signal, stderr} = spawnSync('strace', ['-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${number}`, process.execPath, '--v8-pool-size=0', script, gitFolder], {encoding: 'utf8', env: {...process.env, UV_THREADPOOL_SIZE: '1'}});
			if (signal !== 'SIGKILL') {
				t.is(stderr, '');
				break;
			}

			kills++;
			t.true(existsSync(path.join(gitFolder, 'coffer.bundle')) || existsSync(path.join(gitFolder, 'packed-refs')));
			if (existsSync(path.join(gitFolder, 'coffer.bundle'))) {
				await rebuildRepository({folder: gitFolder, path: gitFolder, mayReplace: false}, context);
			}

			assertSameRepository(t, original, copy);
		}
	}

	t.true(kills >= 10);
	t.log(`${kills} kills`);
});
