import {parentPort, workerData} from 'node:worker_threads';
import {examineCopy} from './examine-copy.ts';

/* The entry of the thread that examines one copy of a database. */
parentPort!.postMessage(examineCopy(workerData as string));
