import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

/** The program that writes a host's own files. */
export const hostFilesScript = fileURLToPath(new URL('write-host-files.ts', import.meta.url));
/** One thread in the pool, so that calls come in a known order. */
export const hostFilesEnvironment = {...process.env, UV_THREADPOOL_SIZE: '1', NODE_DISABLE_COMPILE_CACHE: '1'};
/** The calls of the system by which a host's own files are changed. */
export const hostFileCalls = ['mkdir', 'openat', 'write', 'pwrite64', 'fsync', 'fdatasync', 'ftruncate', 'chmod', 'fchmod', 'link', 'rename', 'unlink', 'close'] as const;

/** Run the program under strace, which writes FOLDER.log. @param options - Of strace. */
export function traceHostFiles(written: string, folder: string, ...options: readonly string[]) {
	const log = `${folder}.log`;
	const {status, signal} = spawnSync('strace', ['-f', '-y', '-o', log, ...options, process.execPath, hostFilesScript, written, folder], {env: hostFilesEnvironment});
	return {status, isKilled: signal === 'SIGKILL' || status === 137, log: readFileSync(log, 'utf8')};
}

/** For each call the numbers, counted by thread, at which it touches the folder. */
export function findPoints(log: string, folder: string): Array<readonly [string, number]> {
	const counts = new Map<string, number>();
	const points = new Map<string, readonly [string, number]>();
	for (const [, thread, call, rest] of log.matchAll(/^(\d+) +(\w+)\((.*)$/gm)) {
		const number = (counts.get(`${thread} ${call}`) ?? 0) + 1;
		counts.set(`${thread} ${call}`, number);
		if (rest!.includes(`${folder}/`) || rest!.includes(`${folder}"`) || rest!.includes(`${folder}>`)) {
			points.set(`${call} ${number}`, [call!, number]);
		}
	}

	return [...points.values()];
}
