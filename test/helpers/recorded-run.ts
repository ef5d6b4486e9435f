import {CofferError} from '../../source/engine/errors.ts';
import type {RepositoryId} from '../../source/engine/ids.ts';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {HostState} from '../../source/engine/state/host-state.ts';

/** Open a state, do something with it, and close it. @throws `state-failed`, also where it is damaged */
function using<Result>(stateFolder: string, action: (state: HostState) => Result): Result {
	const state = new HostState(stateFolder, 'a'.repeat(32) as RepositoryId, {runtime: createSystemRuntime(), warn(message: string) {
		throw new CofferError('state-failed', message);
	}});
	try {
		return action(state);
	} finally {
		state.close();
	}
}

/** Remember one more run of a source, large enough for several pages. @throws `state-failed` */
export function recordTestRun(stateFolder: string): void {
	using(stateFolder, state => {
		state.recordRun('etc', {time: '2026-11-21T18:46:00.000Z', outcome: 'failed', durationMs: 1, error: 'No space. '.repeat(500)});
	});
}

/** How many of these are remembered; each must be whole. @throws `state-failed` */
export function countTestRuns(stateFolder: string): number {
	const runs = using(stateFolder, state => state.sources().flatMap(memory => memory.runs));
	if (runs.some(({error}) => error?.length !== 5000)) {
		throw new Error('Only a part of a run was remembered');
	}

	return runs.length;
}
