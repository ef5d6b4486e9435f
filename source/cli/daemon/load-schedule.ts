import {CofferError, ScheduleState, storageUrlOf, type Schedule, type ScheduleHolder} from '../../engine/index.ts';
import {formatTime} from '../../text/format.ts';
import type {CommandContext} from '../command-line.ts';
import type {LoadedConfig} from '../config.ts';
import {jobsOf} from '../configured-jobs.ts';
import {requireRepositoryUrl} from '../connection.ts';

/**
The schedule that a configuration says.
@param warn - Told what this host's memory has to say.
@throws `usage` where there is nothing to run; `repository-missing` where none is named
*/
export function loadSchedule(context: CommandContext, config: LoadedConfig | undefined, warn: (message: string) => void): Schedule {
	const {paths, runtime} = context;
	if (config === undefined) {
		throw new CofferError('usage', `There is no configuration ${paths.configFile}, and without one there are no sources and no jobs. "coffer init" makes one.`);
	}

	const jobs = jobsOf(config);
	const sources = config.sources.map(({name}) => name);
	// A backup of no source is none.
	if (jobs.every(({isEnabled, kind}) => !isEnabled || (kind === 'backup' && sources.length === 0))) {
		throw new CofferError('usage', `The configuration ${config.file} leaves nothing to run: ${sources.length === 0 ? 'it names no sources, and ' : ''}every ${sources.length === 0 ? 'other ' : ''}job is switched off. "coffer config edit" changes it.`);
	}

	return {jobs, sources, state: new ScheduleState(paths.stateFolder, storageUrlOf(requireRepositoryUrl(context, config)), {runtime, warn})};
}

/** Who holds the schedule, for people. */
export function describeHolder({kind, process: {pid, host}, since}: ScheduleHolder, context: Pick<CommandContext, 'runtime'>): string {
	const {runtime} = context;
	return `${kind === 'daemon' ? 'a daemon' : 'a dashboard'} (process ${pid}${host === runtime.identity.host ? '' : ` on ${host}`}, since ${formatTime(since)})`;
}
