import {Buffer} from 'node:buffer';
import process from 'node:process';
import {keepMemoryPrivate} from '../../source/engine/private-memory.ts';
import {masked} from './masked-secret.ts';

/* A process that holds a secret, given masked, and ends badly: as-it-is|private abort|throw|signal SECRET. */
const [manner, end, secret = ''] = process.argv.slice(2);
if (manner === 'private') {
	keepMemoryPrivate();
}

const held = Buffer.from(new ArrayBuffer(1 << 16));
masked(secret).copy(held, 100);
switch (end) {
	case 'abort': {
		process.abort();
		break;
	}

	case 'throw': {
		setImmediate(() => {
			throw new Error(`with ${held.byteLength} bytes in memory`);
		});
		break;
	}

	default: {
		// Keeps the process until the signal has been told; Node's own listener, where there is one, is called first.
		const timer = setInterval(() => undefined, 60_000);
		process.once('SIGUSR2', () => {
			clearInterval(timer);
		});
		process.kill(process.pid, 'SIGUSR2');
	}
}
