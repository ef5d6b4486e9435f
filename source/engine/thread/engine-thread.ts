import {parentPort, workerData} from 'node:worker_threads';
import {createSystemRuntime} from '../runtime.ts';
import {EngineHost} from './engine-host.ts';
import type {MessageToThread, ThreadStart} from './protocol.ts';

/* The entry of the engine's thread. */
const port = parentPort!;
const host = new EngineHost(workerData as ThreadStart, createSystemRuntime(), message => {
	port.postMessage(message);
});
port.on('message', (message: MessageToThread) => {
	host.receive(message);
});
