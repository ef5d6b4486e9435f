import {spawn} from 'node:child_process';
import {once} from 'node:events';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import path from 'node:path';
import test from 'ava';
import {backup} from '../../source/engine/operations/backup/backup.ts';
import {verify} from '../../source/engine/operations/verify/verify.ts';
import {listSnapshots, openStorage} from '../../source/engine/repository/repository.ts';
import {createDump, editDump} from '../helpers/dump-days.ts';
import {createTestRepository, readSnapshot, reopen} from '../helpers/repository-session.ts';
import {createFolder, writeLayout} from '../helpers/source-folder.ts';
import {readStoredChunks} from '../helpers/stored-chunks.ts';
import {systemRuntime as runtime} from '../helpers/traced-backup.ts';

const script = fileURLToPath(new URL('../helpers/backup-process.ts', import.meta.url));

async function runBackup(root: string, slotId: string, folder: string): Promise<number> {
	const child = spawn(process.execPath, [script, root, slotId, folder], {stdio: ['ignore', 'ignore', 'inherit']});
	const [code] = await once(child, 'close') as [number];
	return code;
}

for (const isSame of [false, true]) {
	test(`fault 8: two backups at once of ${isSame ? 'the same folder' : 'two folders with much in common'}: both snapshots are whole`, async t => {
		const rounds = 4;
		const root = path.join(createFolder(t), 'repository');
		const common = Object.fromEntries(Array.from({length: 60}, (_, index) => [`common/${index}`, runtime.randomBytes(20_000)]));
		const one = createFolder(t, {...common, own: 'one'});
		const other = isSame ? one : createFolder(t, {...common, own: 'other'});
		const repository = await createTestRepository(runtime, openStorage(root, runtime));
		const {slotId} = (repository.secret.keyFile!);
		let entries = 0;
		let dump = createDump(1000);
		for (let round = 1; round <= rounds; round++) {
			const added = runtime.randomBytes(400_000);
			for (const folder of new Set([one, other])) {
				writeLayout(folder, {[`round-${round}`]: added, 'common/0': `${round}`, 'dump.sql': dump});
			}

			t.deepEqual(await Promise.all([runBackup(root, slotId, one), runBackup(root, slotId, other)]), [0, 0]);
			const session = await reopen(repository, openStorage(root, runtime), runtime);
			const {snapshots, problems} = await listSnapshots(session);
			t.deepEqual(problems, []);
			t.is(snapshots.length, round * 2);
			for (const snapshot of snapshots.slice(-2)) {
				const read = await readSnapshot(session, snapshot);
				const from = read.has(`${one}/own`) ? one : other;
				t.is(read.get(`${from}/own`)?.content?.toString(), from === one ? 'one' : 'other');
				t.deepEqual(read.get(`${from}/round-${round}`)?.content, Buffer.from(added));
				t.is(read.get(`${from}/dump.sql`)?.content?.toString(), dump);
				entries += read.size;
			}

			const summary = await verify(session, {readData: 'all'});
			t.deepEqual(summary.problems, [], 'a chain that forks is no problem');
			dump = editDump(dump, round);
		}

		const session = await reopen(repository, openStorage(root, runtime), runtime);
		await backup(session, {source: {kind: 'files', name: 'files', paths: [one]}});
		t.deepEqual(await openStorage(root, runtime).list('writers'), []);
		const deepest = Math.max(...(await readStoredChunks(session)).map(({depth}) => depth));
		t.is(deepest, rounds - 1);
		t.log(`${rounds} rounds, deltas of depth ${deepest}, ${rounds * 2} snapshots of two processes, ${entries} entries read back, verify found nothing`);
	});
}
