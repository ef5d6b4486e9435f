import {readdirSync, readFileSync} from 'node:fs';

/** A file of /proc, or nothing when the process is gone. */
function readGone(file: string): string {
	try {
		return readFileSync(file, 'latin1');
	} catch {
		return '';
	}
}

function threadsOf(pid: number): string[] {
	try {
		return readdirSync(`/proc/${pid}/task`);
	} catch {
		return [];
	}
}

/** The processes that descend from one, without itself. */
export function descendantsOf(pid: number): number[] {
	const children = threadsOf(pid).flatMap(thread => readGone(`/proc/${pid}/task/${thread}/children`).split(' ').filter(text => text !== '').map(Number));
	return children.flatMap(child => [child, ...descendantsOf(child)]);
}

/** What these processes hold in memory together, in bytes: a page that several share counts once (the kernel's proportional set size). */
export function sumMemory(pids: readonly number[]): number {
	const kilobytes = pids.map(pid => Number(/^Pss:\s+(?<count>\d+) kB$/m.exec(readGone(`/proc/${pid}/smaps_rollup`))?.groups?.['count'] ?? 0));
	return kilobytes.reduce((sum, count) => sum + count, 0) * 1024;
}
