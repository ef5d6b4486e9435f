import {parentPort, workerData} from 'node:worker_threads';
import {DeltaTable, type DeltaTableMemory} from '../../source/engine/repository/delta-table.ts';
import {SimilarityIndex, type SimilarityMemory} from '../../source/engine/repository/similarity-index.ts';

export type LookupTask =
	| {readonly kind: 'deltas'; readonly memory: DeltaTableMemory; readonly numbers: readonly number[]}
	| {readonly kind: 'sketches'; readonly memory: SimilarityMemory; readonly sketches: readonly Uint8Array[]};

/* Looks things up in a table that another thread has filled, and posts the answers. */
const task = workerData as LookupTask;
if (task.kind === 'deltas') {
	const table = new DeltaTable(task.memory);
	parentPort!.postMessage(task.numbers.map(number => table.get(number)));
} else {
	const index = new SimilarityIndex(task.memory);
	parentPort!.postMessage(task.sketches.map(sketch => index.find(sketch)));
}
