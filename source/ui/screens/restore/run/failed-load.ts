import type {Job} from '../../../model/job.ts';
import type {RestoreScreen} from '../state.ts';

/** Whether nothing came of loading into a server, so that another one may be named. */
export function isFailedLoad({place}: Pick<RestoreScreen, 'place'>, job: Pick<Job, 'state'> | undefined): boolean {
	return place === 'server' && job?.state === 'failed';
}
