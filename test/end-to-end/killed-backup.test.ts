import {spawnSync} from 'node:child_process';
import {cpSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';
import {backup} from '../../source/engine/operations/backup/backup.ts';
import {openStorage} from '../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {createDump, editDump} from '../helpers/dump-days.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {createTestRepository, describeSnapshots, reopen, type TestRepository} from '../helpers/repository-session.ts';
import {createFolder} from '../helpers/source-folder.ts';
import {readStoredChunks} from '../helpers/stored-chunks.ts';

const lack = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0 ? undefined : 'strace is not installed or may not trace';
const script = fileURLToPath(new URL('../helpers/backup-process.ts', import.meta.url));
/** Every call by which a backup changes the file system. */
const mutatingCalls = ['mkdir', 'openat', 'writev', 'write', 'fsync', 'link', 'rename', 'unlink'] as const;
const runtime = createSystemRuntime();

type Scene = {
	readonly repository: TestRepository;
	readonly slotId: string;
	readonly folder: string;
	readonly work: string;
};

const open = async (repository: TestRepository, root: string) => reopen(repository, openStorage(root, runtime), runtime);

async function prepare(t: ExecutionContext, largeBytes: number): Promise<Scene> {
	const work = createFolder(t);
	const dump = createDump(1000);
	const folder = createFolder(t, {'a.txt': 'alpha', 'b/large': runtime.randomBytes(largeBytes), 'b/c': 'gamma', 'dump.sql': dump});
	const repository = await createTestRepository(runtime, openStorage(path.join(work, 'original'), runtime));
	await backup(repository.session, {source: {kind: 'files', name: 'files', paths: [folder]}});
	writeFileSync(path.join(folder, 'a.txt'), 'changed');
	writeFileSync(path.join(folder, 'b/large'), runtime.randomBytes(largeBytes));
	writeFileSync(path.join(folder, 'dump.sql'), editDump(dump, 2));
	return {repository, slotId: repository.secret.keyFile!.slotId, folder, work};
}

function trace({slotId, folder, work}: Scene, root: string, ...options: readonly string[]) {
	const log = path.join(work, 'strace.log');
	const command = ['-f', '-o', log, ...options, process.execPath, script, root, slotId, folder];
	// One thread in the pool, so that calls come in a known order.
	const {signal, status} = spawnSync('strace', command, {env: {...process.env, UV_THREADPOOL_SIZE: '1', NODE_DISABLE_COMPILE_CACHE: '1'}, encoding: 'utf8'});
	return {isKilled: signal === 'SIGKILL' || status === 137, status, log: readFileSync(log, 'utf8')};
}

/** For each call the numbers, counted by thread, at which it touches the repository. */
function findPoints(log: string, root: string): Map<string, Set<number>> {
	const counts = new Map<string, number>();
	const points = new Map<string, Set<number>>();
	for (const line of log.split('\n')) {
		const [, thread, call, rest] = /^(\d+) +(\w+)\((.*)/.exec(line) ?? [];
		if (thread === undefined || call === undefined) {
			continue;
		}

		const key = `${thread} ${call}`;
		const count = (counts.get(key) ?? 0) + 1;
		counts.set(key, count);
		const isReading = call === 'openat' && !rest?.includes('O_CREAT');
		if (rest?.includes(root) && !isReading) {
			points.set(call, (points.get(call) ?? new Set<number>()).add(count));
		}
	}

	return points;
}

async function killEverywhere(t: ExecutionContext, scene: Scene, atMost: number): Promise<void> {
	const {repository, folder, work} = scene;
	const original = path.join(work, 'original');
	const [first] = await describeSnapshots(await open(repository, original));
	const root = path.join(work, 'copy');
	const copy = () => {
		rmSync(root, {recursive: true, force: true});
		cpSync(original, root, {recursive: true});
	};

	copy();
	const recorded = trace(scene, root, '-y', '-e', `trace=${mutatingCalls.join(',')}`);
	t.is(recorded.status, 0);
	t.true((await readStoredChunks(await open(repository, root))).some(({depth}) => depth > 0), 'some of it is deltas');
	let killed = 0;
	let committed = 0;
	const tried: string[] = [];
	for (const [call, numbers] of findPoints(recorded.log, root)) {
		const all = [...numbers].sort((a, b) => a - b);
		const step = Math.max(1, Math.ceil(all.length / atMost));
		const chosen = all.filter((_, index) => index % step === 0 || index === all.length - 1);
		tried.push(`${call} ${chosen.length}/${all.length}`);
		for (const number of chosen) {
			copy();
			const {isKilled} = trace(scene, root, '-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${number}`);
			killed += Number(isKilled);
			const texts = await describeSnapshots(await open(repository, root));
			t.is(texts[0], first, `${call} ${number}: the earlier snapshot is intact`);
			committed += texts.length - 1;
			await backup(await open(repository, root), {source: {kind: 'files', name: 'files', paths: [folder]}});
			const after = await describeSnapshots(await open(repository, root));
			t.is(after.length, texts.length + 1, `${call} ${number}: the next run succeeds`);
			t.is(after[0], first);
			t.deepEqual(await openStorage(root, runtime).list('writers'), [], `${call} ${number}: the dead run's record is gone`);
		}
	}

	t.true(killed >= 12, `${killed} were killed`);
	t.log(`killed at ${killed} points (${tried.join(', ')}): ${committed} after the snapshot was written; the earlier snapshot was intact and the next run succeeded every time`);
}

const isSoak = process.env['COFFER_SOAK'] === '1';

optionalTest(lack, `kill -9 at ${isSoak ? 'every call' : 'calls of every kind'} that ${isSoak ? 'changes' : 'change'} the repository, in one thread`, async t => {
	t.timeout(600_000);
	await killEverywhere(t, await prepare(t, 300_000), isSoak ? Number.POSITIVE_INFINITY : 2);
});

optionalTest(lack, 'kill -9 at calls that change the repository, with worker threads', async t => {
	t.timeout(600_000);
	await killEverywhere(t, await prepare(t, 9_000_000), isSoak ? 8 : 1);
});
