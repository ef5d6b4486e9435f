import {createSystemRuntime, type Runtime} from '../../source/engine/runtime.ts';

export type ForwardClock = {
	readonly runtime: Runtime;
	forward(durationMs: number): void;
};

/** The system's runtime with a clock that can be put forward. */
export function createForwardClock(): ForwardClock {
	const system = createSystemRuntime();
	let aheadMs = 0;
	return {
		runtime: {...system, now: () => system.now() + aheadMs},
		forward(durationMs) {
			aheadMs += durationMs;
		},
	};
}
