import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';

const names: ReadonlySet<string> = new Set(['cron', 'crond', 'busybox-crond', 'dcron', 'fcron']);

/** Whether a cron runs here that reads crontabs. @param processes - /proc. @returns `undefined` where this user does not see the processes of others */
export async function isCronRunning(processes: string): Promise<boolean | undefined> {
	const nameOf = async (pid: string) => {
		try {
			return (await readFile(path.join(processes, pid, 'comm'), 'utf8')).trim();
		} catch {
			return undefined;
		}
	};

	if (await nameOf('1') === undefined) {
		return undefined;
	}

	for (const pid of await readdir(processes).catch(() => [])) {
		if (/^\d+$/.test(pid) && names.has(await nameOf(pid) ?? '')) {
			return true;
		}
	}

	return false;
}
