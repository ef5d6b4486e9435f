import {isDue, type Engine, type Runtime} from '../engine/index.ts';
import type {SourceChoice} from './source-requests.ts';

/**
Which sources are due: those of which this host made no snapshot since two o'clock of the last night. What counts is the snapshots that are there, not what this host remembers.
@throws what listing snapshots throws
*/
export async function findDueSources(engine: Engine, choices: readonly SourceChoice[], runtime: Runtime, signal: AbortSignal): Promise<SourceChoice[]> {
	const {snapshots} = await engine.listSnapshots({signal});
	const {host} = runtime.identity;
	return choices.filter(({source}) => {
		const runs = snapshots.filter(snapshot => snapshot.source === source.name && snapshot.host === host).map(({time}) => time);
		return isDue(runs, runtime.now());
	});
}
