import {readdirSync, readFileSync, readlinkSync} from 'node:fs';
import {setTimeout as after} from 'node:timers/promises';

/** Whether a process is there, and no mere entry of one that has ended. */
export function isAlive(pid: number): boolean {
	try {
		return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
	} catch {
		return false;
	}
}

/** The processes that work in a folder: a program that was started there, and what it started in turn. */
export function processesIn(folder: string): number[] {
	return readdirSync('/proc').filter(name => /^\d+$/.test(name)).map(Number).filter(pid => {
		try {
			return readlinkSync(`/proc/${pid}/cwd`) === folder && isAlive(pid);
		} catch {
			return false;
		}
	});
}

/**
Look again and again until something outside of this process is so, which nobody tells.
@param options.timeoutMs - @default 30,000
@throws When the time is over.
*/
export async function until(what: string, isSo: () => boolean, {timeoutMs = 30_000}: {readonly timeoutMs?: number} = {}): Promise<void> {
	const end = performance.now() + timeoutMs;
	while (!isSo()) {
		if (performance.now() > end) {
			throw new Error(`Not so within ${timeoutMs} ms: ${what}`);
		}

		await after(10);
	}
}

/** The processes with a text in their arguments. */
export function processesWith(text: string): number[] {
	return readdirSync('/proc').filter(name => /^\d+$/.test(name)).map(Number).filter(pid => {
		try {
			return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text) && isAlive(pid);
		} catch {
			return false;
		}
	});
}
