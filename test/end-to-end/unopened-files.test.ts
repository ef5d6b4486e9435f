import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {backup} from '../../source/engine/operations/backup/backup.ts';
import {openStorage} from '../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {createTestRepository} from '../helpers/repository-session.ts';
import {createFolder, writeLayout} from '../helpers/source-folder.ts';

const lack = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0 ? undefined : 'strace is not installed or may not trace';
const script = fileURLToPath(new URL('../helpers/backup-process.ts', import.meta.url));
const system = createSystemRuntime();

optionalTest(lack, 'a run opens only the files that have changed', async t => {
	const folder = createFolder(t, Object.fromEntries(Array.from({length: 40}, (_, index) => [`sub-${index % 4}/file-${index}`, `${index}`])));
	const work = createFolder(t);
	const runtime = {...system, now: () => system.now() + 10_000};
	const repository = await createTestRepository(runtime, openStorage(path.join(work, 'repository'), runtime));
	await backup(repository.session, {source: {kind: 'files', name: 'files', paths: [folder]}});
	writeLayout(folder, {'sub-1/file-1': 'changed', 'sub-2/new': 'new'});
	const log = path.join(work, 'log');
	const {status} = spawnSync('strace', ['-f', '-o', log, '-e', 'trace=openat', process.execPath, script, path.join(work, 'repository'), repository.secret.keyFile!.slotId, folder]);
	t.is(status, 0);
	const opened = readFileSync(log, 'utf8').split('\n').filter(line => line.includes(`"${folder}`) && !line.includes('O_DIRECTORY')).map(line => /"([^"]+)"/.exec(line)![1]!.slice(folder.length + 1));
	t.deepEqual(opened.toSorted((a, b) => a.localeCompare(b)), ['sub-1/file-1', 'sub-2/new']);
});
