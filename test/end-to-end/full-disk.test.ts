import {execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {randomBytes} from 'node:crypto';
import {backup} from '../../source/engine/operations/backup/backup.ts';
import {prune} from '../../source/engine/operations/prune/prune.ts';
import {verify} from '../../source/engine/operations/verify/verify.ts';
import {openStorage} from '../../source/engine/repository/repository.ts';
import {isCofferError} from '../../source/engine/errors.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {findGarbage} from '../helpers/prune-scene.ts';
import {createTestRepository, describeSnapshots, reopen} from '../helpers/repository-session.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {createFolder, writeLayout} from '../helpers/source-folder.ts';
import {systemRuntime as runtime} from '../helpers/traced-backup.ts';

const mountLack = process.geteuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0 ? undefined : 'only root can mount a small file system';

function resize(folder: string, kibibytes: number): void {
	execFileSync('mount', ['-o', `remount,size=${kibibytes}k`, folder]);
}

function mountSmall(folder: string, kibibytes: number): () => void {
	mkdirSync(folder, {recursive: true});
	execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder]);
	return () => {
		execFileSync('umount', [folder]);
	};
}

optionalTest(mountLack, 'fault 7: the disk of the repository is full at many sizes: the run fails, all is intact, and the next one works once there is room', async t => {
	const work = createFolder(t);
	const sizes = Array.from({length: 24}, (_, index) => index * 20);
	let full = 0;
	let done = 0;
	let littered = 0;
	let pruned = 0;
	for (const free of sizes) {
		const folder = createFolder(t, {'a/large': randomBytes(300_000), 'b/small': 'small', 'b/text': 'text '.repeat(1000)});
		const disk = path.join(work, 'disk');
		const unmount = mountSmall(disk, 4096);
		try {
			const root = path.join(disk, 'repository');
			const repository = await createTestRepository(runtime, openStorage(root, runtime));
			const source = {kind: 'files', name: 'files', paths: [folder]} as const;
			await backup(repository.session, {source});
			const [first] = await describeSnapshots(repository.session);
			const used = Number(execFileSync('df', ['--output=used', '-k', disk], {encoding: 'utf8'}).trim().split('\n').at(-1));
			resize(disk, used + free);
			writeLayout(folder, {'a/large': randomBytes(300_000), 'b/small': 'other'});
			const session = await reopen(repository, openStorage(root, runtime), runtime);
			let isDone = false;
			try {
				await backup(session, {source});
				isDone = true;
				done++;
			} catch (error) {
				full++;
				t.true(isCofferError(error, 'storage-full'), `${free} KiB free: ${String(error)}`);
			}

			const texts = await describeSnapshots(session);
			t.is(texts[0], first);
			t.is(texts.length, 1 + Number(isDone), `${free} KiB`);
			t.deepEqual((await verify(session, {readData: 'all'})).problems, []);
			if (!isDone) {
				const garbage = (await findGarbage(session)).length;
				littered += Number(garbage > 0);
				const isPruned = await prune(session).then(() => true).catch((error: unknown) => {
					t.true(isCofferError(error, 'storage-full'), String(error));
					return false;
				});
				pruned += Number(isPruned && garbage > 0);
				t.deepEqual(isPruned ? await findGarbage(session) : [], [], `${free} KiB`);
				t.deepEqual(await describeSnapshots(session), texts);
			}

			resize(disk, 8192);
			await backup(await reopen(repository, openStorage(root, runtime), runtime), {source});
			t.is((await describeSnapshots(session)).length, texts.length + 1);
			await session.storage.close();
		} finally {
			unmount();
		}
	}

	t.true(full > 8 && done > 4, `${full} full, ${done} done`);
	t.true(littered > 3);
	t.is(pruned, littered, 'a prune on the full disk takes away what failed runs left');
	t.log(`${littered} failed runs left something behind, ${pruned} prunes took it away on the disk as full as it was`);
	t.log(`${sizes.length} sizes, from nothing free to ${sizes.at(-1)} KiB: ${full} runs failed with storage-full, ${done} had room enough; intact every time, every next run succeeded`);
});

optionalTest(mountLack, 'fault 7: the command line says that the disk is full, ends with 1, and goes on once there is room', t => {
	const host = new TestHost(t);
	const unmount = mountSmall(host.path('disk'), 400);
	try {
		const named = ['--repository', host.path('disk/repository'), '--key-file', host.path('key')];
		t.is(host.run(['init', ...named]).code, 0);
		writeLayout(host.path('data'), {file: randomBytes(1_000_000)});
		const {code, stderr} = host.run(['backup', host.path('data'), ...named]);
		t.is(code, 1);
		t.regex(stderr, /space|full/i);
		t.is(host.run(['snapshots', ...named]).code, 0);
		writeFileSync(host.path('data/file'), 'small');
		t.is(host.run(['backup', host.path('data'), ...named]).code, 0, 'what the failed run began is cleared away');
		t.is(host.run(['verify', '--read-data', ...named]).code, 0);
	} finally {
		unmount();
	}
});
