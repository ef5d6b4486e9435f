import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync} from 'node:fs';
import {getPriority, setPriority} from 'node:os';
import type {IoPriority} from '../engine/index.ts';
import type {Priority} from './command-line.ts';

/** Classes and levels of ionice(1). */
const ioClasses: Readonly<Record<Exclude<IoPriority, 'normal'>, readonly string[]>> = {low: ['-c', '2', '-n', '7'], idle: ['-c', '3']};

/** In util-linux it lies in one of these; PATH may be anybody's. */
const ionicePlaces = ['/usr/bin/ionice', '/bin/ionice'];

/** Linux gives each thread a priority of its own, and those that there are keep theirs. */
function ownThreads(): number[] {
	try {
		return readdirSync('/proc/self/task').map(Number);
	} catch {
		return [0];
	}
}

/**
Let other processes go first, with all threads that there are and will be, and programs that are started. A priority that is lower already stays. Where the system does not allow it, all goes on as it is.
*/
export function giveWay({niceness, ioPriority}: Priority): void {
	const threads = ownThreads();
	for (const thread of threads) {
		try {
			if (getPriority(thread) < niceness) {
				setPriority(thread, niceness);
			}
		} catch {
			// The thread has ended, or a container forbids it.
		}
	}

	if (ioPriority !== 'normal') {
		const argv = [...ioClasses[ioPriority], '-t', '-p', ...threads.filter(thread => thread > 0).map(String)];
		const ionice = ionicePlaces.find(place => existsSync(place));
		if (ionice !== undefined) {
			spawnSync(ionice, argv, {stdio: 'ignore', env: {}, timeout: 10_000});
		}
	}
}
