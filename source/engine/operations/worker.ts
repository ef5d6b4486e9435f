import {parentPort, workerData} from 'node:worker_threads';
import {toPortableError} from '../portable-error.ts';
import {createSystemRuntime} from '../runtime.ts';
import {openStorage} from '../repository/repository.ts';
import {loadJob} from './job.ts';
import type {WorkerAnswer, WorkerRequest, WorkerStart} from './worker-protocol.ts';

/* The entry of a worker thread: one job, requests answered one after the other. */
const {kind, storageUrl, limit, init} = workerData as WorkerStart;
const port = parentPort!;

const job = (async () => {
	const createJob = await loadJob(kind);
	const runtime = createSystemRuntime();
	return createJob(init, {storage: openStorage(storageUrl, runtime, {blocksOnRead: true, limit}), runtime});
})();

async function answer(request: WorkerRequest): Promise<void> {
	let result: WorkerAnswer;
	try {
		const ready = await job;
		switch (request.request) {
			case 'tell': {
				ready.tell?.(request.news);
				return;
			}

			case 'run': {
				result = {isOk: true, value: await ready.run(request.batch)};
				break;
			}

			case 'finish': {
				result = {isOk: true, value: await ready.finish()};
				break;
			}

			case 'discard': {
				await ready.discard();
				result = {isOk: true, value: undefined};
				break;
			}
		}
	} catch (error) {
		result = {isOk: false, error: toPortableError(error)};
	}

	port.postMessage(result);
}

let tail: Promise<void> = Promise.resolve();
port.on('message', (request: WorkerRequest) => {
	tail = tail.then(async () => answer(request));
});
