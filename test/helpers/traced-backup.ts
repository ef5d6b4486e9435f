import {spawnSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';
import {backup} from '../../source/engine/operations/backup/backup.ts';
import {openStorage, type RepositorySession, type Storage} from '../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {createTestRepository, reopen, type TestRepository} from './repository-session.ts';
import {createFolder} from './source-folder.ts';

const script = fileURLToPath(new URL('backup-process.ts', import.meta.url));
export const systemRuntime = createSystemRuntime();

/** A repository on disk with one snapshot of `folder`, which has changed since. */
export type BackupScene = {
	readonly repository: TestRepository;
	readonly slotId: string;
	readonly folder: string;
	/** Of the repository. */
	readonly root: string;
	readonly work: string;
};

/** Make the scene. @param largeBytes - Of the one file that is not tiny; random. */
export async function prepareBackupScene(t: ExecutionContext, largeBytes: number): Promise<BackupScene> {
	const work = createFolder(t);
	const folder = createFolder(t, {'a.txt': 'alpha', 'b/large': systemRuntime.randomBytes(largeBytes), 'b/c': 'gamma'});
	const root = path.join(work, 'repository');
	const repository = await createTestRepository(systemRuntime, openStorage(root, systemRuntime));
	await backup(repository.session, {source: {kind: 'files', name: 'files', paths: [folder]}});
	writeFileSync(path.join(folder, 'a.txt'), 'changed');
	writeFileSync(path.join(folder, 'b/large'), systemRuntime.randomBytes(largeBytes));
	return {repository, slotId: repository.secret.keyFile!.slotId, folder, root, work};
}

/** Run the scene's backup in a process of its own under strace, with one thread in the pool, so that calls come in a known order. */
export function traceBackup({slotId, folder, work, root}: BackupScene, ...options: readonly string[]) {
	const logFile = path.join(work, 'strace.log');
	const {signal, status, stderr} = spawnSync('strace', ['-f', '-o', logFile, ...options, process.execPath, script, root, slotId, folder], {
		env: {...process.env, UV_THREADPOOL_SIZE: '1', NODE_DISABLE_COMPILE_CACHE: '1'}, encoding: 'utf8',
	});
	return {isKilled: signal === 'SIGKILL' || status === 137, status, stderr, log: readFileSync(logFile, 'latin1')};
}

/** The scene's repository opened anew. @param storage - @default the one on disk */
export async function reopenScene({repository, root}: BackupScene, storage: Storage = openStorage(root, systemRuntime)): Promise<RepositorySession> {
	return reopen(repository, storage, systemRuntime);
}
