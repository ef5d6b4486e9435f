import {once} from 'node:events';
import {Worker} from 'node:worker_threads';
import type {LookupTask} from './lookup-worker.ts';

/** Look things up in a thread. @returns What it found, in the order of the task. */
export async function lookUpInThread(task: LookupTask): Promise<unknown[]> {
	const worker = new Worker(new URL('lookup-worker.ts', import.meta.url), {workerData: task});
	const [found] = await once(worker, 'message') as [unknown[]];
	return found;
}
