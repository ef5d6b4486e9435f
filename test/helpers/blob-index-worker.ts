import {parentPort, workerData} from 'node:worker_threads';
import {BlobIndex, type BlobIndexMemory} from '../../source/engine/repository/blob-index.ts';

export type BlobIndexTask = {
	readonly memory: BlobIndexMemory;
	/** 32 bytes each. */
	readonly ids: Uint8Array;
	/** Goes from 0 to the number of threads when all are ready. */
	readonly gate: SharedArrayBuffer;
	readonly threads: number;
};

/* One thread of the tests of BlobIndex: wait for the others, add all ids, and say which were new. */
const {memory, ids, gate, threads} = workerData as BlobIndexTask;
const index = new BlobIndex(memory);
const ready = new Int32Array(gate);
Atomics.add(ready, 0, 1);
while (Atomics.load(ready, 0) < threads) {
	// All threads shall begin at the same instant.
}

const added: number[] = [];
for (let number = 0; number < ids.byteLength / 32; number++) {
	const id = ids.subarray(number * 32, (number + 1) * 32);
	if (index.add(id)) {
		added.push(number);
	}

	if (!index.has(id)) {
		throw new Error(`${number} is not there right after it was added`);
	}
}

parentPort!.postMessage(added);
