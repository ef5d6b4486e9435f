import type {Job} from '../../engine/index.ts';
import {formatAmount, formatBytes, formatDuration} from '../../text/format.ts';
import {backUpAll, sumUp, type BackupRuns} from '../backup-runs.ts';
import type {LoadedConfig} from '../config.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {chooseSources, configuredSources, type SourceChoice} from '../source-requests.ts';
import {worstCode} from '../worst-code.ts';
import type {RunJob} from './run-job.ts';

/**
What a job backs up: the sources that it names, else all that are configured; of the class that it names, else that of the source, else daily.
@throws `usage` where there is nothing to back up
*/
function chooseForJob({sources, class: ofJob}: Job, config: LoadedConfig | undefined, cwd: string): SourceChoice[] {
	const chosen = sources === undefined ? chooseSources([], config, cwd) : configuredSources(config).filter(({source}) => sources.includes(source.name));
	return chosen.map(choice => ({...choice, class: ofJob ?? choice.class ?? 'daily'}));
}

function describe({summaries, failures}: BackupRuns, count: number): string {
	const {files, bytes, addedBytes, storedBytes, durationMs} = sumUp(summaries);
	const partial = summaries.filter(({unreadable}) => unreadable > 0).length;
	const flaws = [...(failures.length > 0 ? [`${failures.length} failed`] : []), ...(partial > 0 ? [`${partial} not complete`] : [])];
	return [formatAmount(count, 'source'), ...flaws, formatAmount(files, 'file'), formatBytes(bytes), `${formatBytes(addedBytes)} new`, `${formatBytes(storedBytes)} stored`, formatDuration(durationMs)].join(', ');
}

/** Back up the sources of the job, one snapshot each. One that fails keeps no other from being backed up. */
export const runBackupJob: RunJob = async (context, job) => {
	const choices = chooseForJob(job, await context.config(), context.cwd);
	const printer = createEventPrinter(context);
	const engine = await openEngine(context, printer.listener);
	try {
		const runs = await backUpAll(context, engine, choices, {printer, isBrief: true});
		const {summaries, failures} = runs;
		const partial = summaries.filter(({unreadable}) => unreadable > 0).length;
		const {files, bytes, addedBytes, storedBytes} = sumUp(summaries);
		return {
			code: worstCode([...failures.map(({code}) => code), ...(partial > 0 ? [3] : [])]),
			summary: describe(runs, choices.length),
			facts: {sources: choices.length, failed: failures.length, partial, files, bytes, addedBytes, storedBytes},
			runs,
		};
	} finally {
		printer.clear();
		await engine.close();
	}
};
