import {renameSync, symlinkSync, unlinkSync} from 'node:fs';
import path from 'node:path';
import {parentPort, workerData} from 'node:worker_threads';

export type SwapTask = {
	/** Folders that are swapped for a link again and again, each below `target`. */
	readonly names: readonly string[];
	readonly target: string;
	/** Where the links lead. */
	readonly outside: string;
	/** Two numbers of 32 bits: the first becomes 1 when it shall end, the second counts the swaps. */
	readonly control: SharedArrayBuffer;
};

/* One thread: move each folder away, put a link in its place, and put it back, as long as it may. */
const {names, target, outside, control} = workerData as SwapTask;
const numbers = new Int32Array(control);
parentPort!.postMessage('ready');
while (Atomics.load(numbers, 0) === 0) {
	for (const name of names) {
		const place = path.join(target, name);
		const aside = path.join(target, `.aside-${path.basename(name)}`);
		try {
			renameSync(place, aside);
		} catch {
			continue;
		}

		try {
			symlinkSync(outside, place);
			Atomics.add(numbers, 1, 1);
			unlinkSync(place);
		} catch {
			// The restore may have made the folder anew.
		}

		try {
			renameSync(aside, place);
		} catch {
			// Its files are found aside then.
		}
	}
}

parentPort!.postMessage('ended');
