import {ScheduleState, storageUrlOf} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {requireRepositoryUrl} from '../connection.ts';

/**
What this host remembers of the schedule of the repository that is meant. To be closed.
@throws `repository-missing` where none is named; `usage` for an address that is none
*/
export async function openSchedule(context: CommandContext): Promise<ScheduleState> {
	const {output, paths, runtime} = context;
	return new ScheduleState(paths.stateFolder, storageUrlOf(requireRepositoryUrl(context, await context.config())), {runtime, warn(message) {
		output.warn(message);
	}});
}
