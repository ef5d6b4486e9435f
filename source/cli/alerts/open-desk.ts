import {AlertDesk, storageUrlOf, type RepositoryId} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {requireRepositoryUrl} from '../connection.ts';

/**
The alerts of the repository that is meant. To be closed.
@param repository - The one that was found there. @default the one that this host knows there
@returns `undefined` where this host knows none
@throws `repository-missing` where none is named; `usage` for an address that is none; `state-failed`
*/
export async function openDesk(context: CommandContext, repository?: RepositoryId): Promise<AlertDesk | undefined> {
	const {paths, runtime, log} = context;
	return AlertDesk.open({
		stateFolder: paths.stateFolder, url: storageUrlOf(requireRepositoryUrl(context, await context.config())), repository, runtime,
		warn(message) {
			log.in('monitor').write('warn', message);
		},
	});
}
