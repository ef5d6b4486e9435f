import process from 'node:process';
import {keepMemoryPrivate} from '../private-memory.ts';
import {createSystemRuntime} from '../runtime.ts';
import {keepHeapSmall} from '../small-heap.ts';
import {EngineHost} from './engine-host.ts';
import type {MessageToThread, ThreadStart} from './protocol.ts';

/* The entry of an engine's process: the first message says what to open. It ends when it is told to, or when nobody is left to tell it. */
process.title = 'coffer engine';
keepMemoryPrivate();

/** @param onSent - Called when it is on its way, or nobody is left to read it. */
function post(message: unknown, onSent: () => void = () => undefined): void {
	if (process.connected) {
		process.send!(message, onSent);
	}
}

process.once('message', start => {
	const host = new EngineHost(start as ThreadStart, createSystemRuntime(), message => {
		if (message.message === 'event') {
			keepHeapSmall(message.event);
		}

		post(message, message.message === 'closed' ? leave : undefined);
	});
	process.on('message', message => {
		host.receive(message as MessageToThread);
	});
	process.on('disconnect', () => {
		host.receive({message: 'close'});
	});
});

function leave(): void {
	if (process.connected) {
		process.disconnect();
	}
}
