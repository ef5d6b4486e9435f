import type {EngineEvent, EventListener, ProgressEvent} from '../events.ts';
import type {Runtime} from '../runtime.ts';

const intervalMs = 100;

export type EventThrottle = {
	readonly onEvent: EventListener;
	/** Pass on what is held back, and no more from then on. */
	end(): void;
};

/** Passes on every warning, but of progress only the newest, at most ten times a second; the last one when it ends. */
export function throttleProgress(runtime: Pick<Runtime, 'every'>, send: (event: EngineEvent) => void): EventThrottle {
	let newest: ProgressEvent | undefined;
	const flush = () => {
		if (newest) {
			send(newest);
			newest = undefined;
		}
	};

	const stop = runtime.every(intervalMs, flush);
	return {
		onEvent(event) {
			if (event.event === 'progress') {
				newest = event;
			} else {
				send(event);
			}
		},
		end() {
			stop();
			flush();
		},
	};
}
