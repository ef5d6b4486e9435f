import {assessJob, findUnreachable, nextRunOf, readUnopened, remembering, storageUrlOf, type Overview, type UnopenedMemory} from '../../engine/index.ts';
import {readVersion} from '../../version.ts';
import type {CommandContext} from '../command-line.ts';
import type {LoadedConfig} from '../config.ts';
import {jobsOf} from '../configured-jobs.ts';
import {openEngine, requireRepositoryUrl} from '../connection.ts';
import {openSchedule} from '../jobs/open-schedule.ts';
import {configuredSources} from '../source-requests.ts';
import {describeMetrics, type JobMetrics, type MetricFacts} from './describe-metrics.ts';
import type {Metric} from './exposition.ts';

const noMemory: UnopenedMemory = {sources: [], findings: []};

/** @throws what opening and looking at the repository throw */
async function readOverview(context: CommandContext, config: LoadedConfig | undefined, signal: AbortSignal): Promise<Overview> {
	const engine = await openEngine(context, event => {
		if (event.event === 'warning') {
			context.output.warn(event.message);
		}
	});
	try {
		return await engine.overview(configuredSources(config).map(({source: {name, kind}}) => ({name, kind})), {signal, jobs: config ? jobsOf(config) : []});
	} finally {
		await engine.close();
	}
}

function describeOverview({sources, alerts, schedule, ...overview}: Overview): Pick<MetricFacts, 'overview' | 'memories' | 'alerts' | 'jobs'> {
	const jobs = schedule.jobs.map(({job: {name}, runs, nextRun}): JobMetrics => ({name, runs, ...(nextRun !== undefined && {nextRun})}));
	return {overview: {...overview, sources, alerts, schedule}, memories: [], alerts, jobs};
}

/** What is known without the repository. */
async function describeMemory(context: CommandContext, config: LoadedConfig | undefined, error: unknown): Promise<Pick<MetricFacts, 'memories' | 'alerts' | 'jobs'>> {
	const {runtime, output, paths} = context;
	const warn = (message: string) => {
		output.warn(message);
	};

	const url = storageUrlOf(requireRepositoryUrl(context, config));
	const reason = findUnreachable(error, url);
	if (reason === undefined) {
		throw error;
	}

	warn(reason.cause ?? reason.message);
	const {sources, findings} = remembering(warn, () => readUnopened(paths.stateFolder, url, {runtime, warn}), noMemory);
	const jobs = config ? jobsOf(config) : [];
	const schedule = await openSchedule(context);
	const runs = remembering(warn, () => schedule.runs(), []);
	schedule.close();
	const facts = {jobs, sources: configuredSources(config).map(({source: {name}}) => name), runs, snapshots: [], host: runtime.identity.host, nowMs: runtime.now()};
	return {
		memories: sources,
		alerts: [reason, ...findings.filter(({key}) => key !== reason.key)],
		jobs: jobs.map(job => {
			// Whether a backup is due the snapshots say, which nobody sees now.
			const nextRun = job.kind === 'backup' ? undefined : nextRunOf(assessJob(job, {...facts, isWaitingForJitter: true}), facts.host);
			return {name: job.name, runs: runs.filter(run => run.job === job.name), ...(nextRun !== undefined && {nextRun})};
		}),
	};
}

/**
How things stand, as metrics. A repository that cannot be opened is told by `coffer_up`, and what this host remembers stands beside it; this writes nothing there and waits for no lock.
@throws `usage`; `configuration-invalid` for a configuration that is none; `repository-missing` where none is named; `aborted`
*/
export async function collectMetrics(context: CommandContext, signal: AbortSignal): Promise<Metric[]> {
	const {runtime} = context;
	const config = await context.config();
	requireRepositoryUrl(context, config);
	let facts: Pick<MetricFacts, 'overview' | 'memories' | 'alerts' | 'jobs'>;
	try {
		facts = describeOverview(await readOverview(context, config, signal));
	} catch (error) {
		facts = await describeMemory(context, config, error);
	}

	return describeMetrics({version: readVersion(), nowMs: runtime.now(), host: runtime.identity.host, ...facts});
}
