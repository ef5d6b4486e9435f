import {spawnSync} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {createSystemRuntime} from '../../../source/engine/runtime.ts';
import {createLocalStorage} from '../../../source/engine/storage/local.ts';
import type {Storage} from '../../../source/engine/storage/storage.ts';
import {optionalTest} from '../../helpers/optional-test.ts';
import {listNames} from '../../helpers/storage-assertions.ts';
import {runStorageScript, type ScriptOutcome} from '../../helpers/storage-script.ts';

const lack = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0 ? undefined : 'strace is not installed or may not trace';

const writeNew = 'await storage.write("packs/new", Buffer.from("new"));';
const commitOld = 'const pending = await storage.create(); await pending.append([Buffer.from("new")]); await pending.commit("packs/old");';
/** The fsyncs of a first write into an existing folder, in order. */
const syncs = ['', 'tmp/X', '', 'packs'];

type Traced = {
	readonly outcome: ScriptOutcome;
	/** The calls below the root that make something durable or visible; temporary names are `tmp/X`. */
	readonly calls: readonly string[];
};

async function prepare(t: ExecutionContext): Promise<{root: string; storage: Storage}> {
	const root = await mkdtemp(join(tmpdir(), 'coffer-durability-'));
	t.teardown(async () => rm(root, {recursive: true}));
	const storage = createLocalStorage({folder: root, runtime: createSystemRuntime()});
	await storage.write('packs/old', Buffer.from('old'));
	return {root, storage};
}

function readCalls(log: string, root: string): string[] {
	const calls: string[] = [];
	for (const line of log.split('\n')) {
		const match = /^\d+ +(fsync|fdatasync|rename|mkdir|unlink)\((.*)\) += (-?\d+)/.exec(line);
		const [, call, callArguments, result] = match ?? [];
		if (!callArguments?.includes(root)) {
			continue;
		}

		// Paths stand in quotes, those of descriptors in angle brackets.
		const paths = callArguments.split(/[<>"]/).filter(part => part.startsWith(root));
		const names = paths.map(path => path.slice(root.length + 1).replace(/^tmp\/[\da-f]+/, 'tmp/X'));
		calls.push(`${call} ${names.join(' ')}${result === '0' ? '' : ' failed'}`);
	}

	return calls;
}

async function trace(root: string, body: string, ...options: string[]): Promise<Traced> {
	const log = `${root}.strace`;
	try {
		const outcome = await runStorageScript(root, body, ['strace', '-f', '-y', '-s', '300', '-o', log, '-e', 'trace=fsync,fdatasync,rename,mkdir,unlink', ...options]);
		return {outcome, calls: readCalls(await readFile(log, 'utf8'), root)};
	} finally {
		await rm(log, {force: true});
	}
}

optionalTest(lack, 'order: folders, file, then the name, then its folder', async t => {
	const {root} = await prepare(t);
	const {outcome, calls} = await trace(root, 'await storage.write("packs/ab/new", Buffer.from("new")); await storage.remove("packs/old");');
	t.deepEqual(outcome, {});
	t.deepEqual(calls, [
		'mkdir tmp failed', 'fsync ', 'fsync tmp/X', 'mkdir packs failed', 'fsync ', 'mkdir packs/ab', 'fsync packs',
		'rename tmp/X packs/ab/new', 'fsync packs/ab',
		'unlink packs/old', 'fsync packs',
	]);
});

optionalTest(lack, 'a new root is made durable in the folder above it', async t => {
	const {root} = await prepare(t);
	const {calls} = await trace(root, `await createLocalStorage({folder: ${JSON.stringify(join(root, 'c', 'd'))}, runtime: createSystemRuntime()}).create();`);
	t.deepEqual(calls, ['mkdir c', 'fsync ', 'mkdir c/d', 'fsync c', 'mkdir c/d/tmp', 'fsync c/d']);
});

for (const [index, path] of syncs.entries()) {
	for (const [title, body] of [['a new object', writeNew], ['a replaced object', commitOld]] as const) {
		optionalTest(lack, `fsync ${index + 1} of ${title} fails with EIO: an error, nothing visible, no second try`, async t => {
			const {root, storage} = await prepare(t);
			const {outcome, calls} = await trace(root, body, '-e', `inject=fsync:error=EIO:when=${index + 1}`);
			t.is(outcome.code, 'storage-failed');
			t.false(outcome.isRetryable);
			t.regex(outcome.message!, /EIO/);
			const failed = calls.indexOf(`fsync ${path} failed`);
			t.true(failed !== -1, calls.join('\n'));
			t.false(calls.slice(failed + 1).includes(`fsync ${path}`), calls.join('\n'));
			t.deepEqual(await listNames(storage), ['packs/old']);
			t.is(String(await storage.read('packs/old')), 'old');
			t.is(await storage.sweep(0), 0);
			await storage.write('packs/new', Buffer.from('new'));
		});
	}

	for (const error of ['EINVAL', 'EOPNOTSUPP']) {
		optionalTest(lack, `fsync ${index + 1} fails with ${error}: ${path === 'tmp/X' ? 'an error for the file' : 'the file system cannot do it for folders, done'}`, async t => {
			const {root, storage} = await prepare(t);
			const {outcome} = await trace(root, writeNew, '-e', `inject=fsync:error=${error}:when=${index + 1}`);
			t.is(outcome.code, path === 'tmp/X' ? 'storage-failed' : undefined);
			t.deepEqual(await listNames(storage), path === 'tmp/X' ? ['packs/old'] : ['packs/new', 'packs/old']);
		});
	}
}

for (const [call, error, code] of [
	['fsync', 'ENOSPC', 'storage-full'], ['fsync', 'EDQUOT', 'storage-full'], ['rename', 'ENOSPC', 'storage-full'], ['rename', 'EPERM', 'storage-denied'],
	['rename', 'EIO', 'storage-failed'], ['mkdir', 'EROFS', 'storage-denied'],
] as const) {
	optionalTest(lack, `${call} fails with ${error}: ${code}, nothing visible`, async t => {
		const {root, storage} = await prepare(t);
		const {outcome} = await trace(root, writeNew, '-e', `inject=${call}:error=${error}:when=1+`);
		t.is(outcome.code, code);
		t.deepEqual(await listNames(storage), ['packs/old']);
		t.is(await storage.sweep(0), 0);
	});
}

optionalTest(lack, 'the fsync after a removal fails: an error', async t => {
	const {root} = await prepare(t);
	const {outcome} = await trace(root, 'await storage.remove("packs/old");', '-e', 'inject=fsync:error=EIO:when=1');
	t.is(outcome.code, 'storage-failed');
	t.false(outcome.isRetryable);
});

optionalTest(lack, 'where hard links are not to be had, a failed fsync leaves no new object', async t => {
	const {root, storage} = await prepare(t);
	const {outcome} = await trace(root, commitOld, '-e', 'trace=link,fsync', '-e', 'inject=link:error=EPERM', '-e', 'inject=fsync:error=EIO:when=4');
	t.is(outcome.code, 'storage-failed');
	t.deepEqual(await listNames(storage), []);
});

for (const [call, count] of [['mkdir', 2], ['fsync', 4], ['rename', 1]] as const) {
	for (let when = 1; when <= count; when++) {
		optionalTest(lack, `killed at ${call} ${when}: the old object or the new one, and the next write works`, async t => {
			const {root, storage} = await prepare(t);
			await t.throwsAsync(trace(root, commitOld, '-e', `inject=${call}:signal=SIGKILL:when=${when}`));
			t.true(['old', 'new'].includes(String(await storage.read('packs/old'))));
			t.deepEqual(await listNames(storage), ['packs/old']);
			await storage.write('packs/old', Buffer.from('newest'));
			t.is(String(await storage.read('packs/old')), 'newest');
			t.true(await storage.sweep(0) <= 2);
			t.is(await storage.sweep(0), 0);
		});
	}
}
