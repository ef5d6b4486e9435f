import type {EventEmitter} from 'node:events';
import type {Output} from './output.ts';

const interruptions = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type InterruptionOptions = {
	/** Emits the signals by their names. */
	readonly signals: EventEmitter;
	/** Ends the process at once. */
	readonly exit: (code: number) => void;
	readonly output: Output;
};

/**
Run something that the first signal asks to end, by way of an `AbortSignal`; the second one ends the process at once, with 130.
*/
export async function withInterruption<Result>(action: (signal: AbortSignal) => Promise<Result>, {signals, exit, output}: InterruptionOptions): Promise<Result> {
	const controller = new AbortController();
	const onSignal = (name: string) => {
		if (controller.signal.aborted) {
			output.clearOverlay();
			exit(130);
			return;
		}

		controller.abort(name);
		if (!output.isQuiet) {
			output.warn(`${name}: ending cleanly. Once more ends at once.`);
		}
	};

	for (const name of interruptions) {
		signals.on(name, onSignal);
	}

	try {
		return await action(controller.signal);
	} finally {
		for (const name of interruptions) {
			signals.off(name, onSignal);
		}
	}
}
