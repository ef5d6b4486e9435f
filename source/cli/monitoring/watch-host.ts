import {findHostTrouble, findUnreachable, noteUnopened, type Alert, type EventListener, type Finding, type Job, type RepositoryId} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import type {LoadedConfig} from '../config.ts';
import {jobsOf} from '../configured-jobs.ts';
import {openEngine, requireRepositoryUrl} from '../connection.ts';
import {monitorPolicyOf} from '../monitor-settings.ts';
import {configuredSources} from '../source-requests.ts';
import {readHostFacts} from './host-facts.ts';

/** What is wrong now. */
export type WatchResult = {
	/** Most severe first. */
	readonly alerts: readonly Alert[];
	/** 0, 20 where there are warnings, 21 where something is critical. */
	readonly code: 0 | 20 | 21;
	/** The one that was looked at; not there where it could not be opened. */
	readonly repository?: RepositoryId;
};

/** What a watch ends with that found these. */
export function codeOfFindings(findings: ReadonlyArray<Pick<Finding, 'severity'>>): WatchResult['code'] {
	return findings.some(({severity}) => severity === 'critical') ? 21 : (findings.length > 0 ? 20 : 0);
}

/** A repository that says why it does not open says it better than the permissions of its key, or of its folder. */
function withoutEchoes(findings: readonly Finding[], reason: Finding, {key, url}: {readonly key?: string | undefined; readonly url: string}): Finding[] {
	const told = reason.kind === 'key' ? key : (reason.kind === 'unreachable' ? url : undefined);
	return findings.filter(({kind, object}) => kind !== 'permissions' || object !== told);
}

/** Warnings stand in the log and on stderr; what is wrong with the repository is a finding besides, so that the result stays one document. */
function createListener({output, log}: CommandContext): EventListener {
	return event => {
		if (event.event === 'warning') {
			log.in('monitor').write('warn', event.message, {kind: event.kind});
			output.tell(event.message);
		}
	};
}

/** The jobs that this host is to run: a configuration without sources and without a schedule asks for none. */
export function expectedJobs(config: LoadedConfig | undefined): Job[] {
	return config !== undefined && (config.sources.length > 0 || config.schedule !== undefined) ? jobsOf(config) : [];
}

/**
Look at what can be seen without the repository, which could not be opened.
@throws the error, where it says nothing of the repository
*/
export async function watchUnopened(context: CommandContext, config: LoadedConfig | undefined, url: string, error: unknown, onEvent: EventListener): Promise<WatchResult> {
	const reason = findUnreachable(error, url);
	if (reason === undefined) {
		throw error;
	}

	const facts = await readHostFacts(context, config, {url});
	const key = facts.places.find(({what}) => what === 'key file')?.path;
	const findings = [reason, ...withoutEchoes(findHostTrouble(facts, monitorPolicyOf(config)), reason, {key, url})];
	const alerts = noteUnopened(context.paths.stateFolder, url, findings, {
		runtime: context.runtime,
		warn(message) {
			onEvent({event: 'warning', kind: 'repository', message});
		},
	});
	return {alerts, code: codeOfFindings(alerts)};
}

/**
Run every check there is, and raise the alerts of what is found, as the dashboard does. Waits for no lock, and writes nothing to the repository. A repository that cannot be reached or opened is a finding.
@throws `usage`; `configuration-invalid` for a configuration that is none; `repository-missing` where none is named; `aborted`
*/
export async function watchHost(context: CommandContext, signal: AbortSignal): Promise<WatchResult> {
	const {runtime} = context;
	const config = await context.config();
	const url = requireRepositoryUrl(context, config);
	const listener = createListener(context);
	try {
		const engine = await openEngine(context, listener);
		try {
			const configured = configuredSources(config).map(({source: {name, kind}}) => ({name, kind}));
			const jobs = expectedJobs(config);
			engine.monitoring.noteJobs(jobs);
			const before = await engine.overview(configured, {signal, jobs});
			const newestSnapshot = before.sources.map(({lastSuccess}) => lastSuccess ?? '').toSorted().at(-1);
			const findings = findHostTrouble(await readHostFacts(context, config, {url: engine.url, newestSnapshot: newestSnapshot || undefined}), monitorPolicyOf(config));
			engine.monitoring.note('monitor', findings);
			engine.monitoring.note('audit-log', (await engine.audit.examine({signal})).findings);
			const {alerts} = await engine.overview(configured, {signal, jobs});
			// What could not be remembered is told all the same.
			const known = new Set(alerts.map(({key}) => key));
			const now = new Date(runtime.now()).toISOString();
			const all = [...alerts, ...findings.filter(({key}) => !known.has(key)).map(finding => ({...finding, firstSeen: now, lastSeen: now}))];
			return {
				alerts: all.toSorted((a, b) => Number(b.severity === 'critical') - Number(a.severity === 'critical')),
				code: codeOfFindings(all),
				repository: engine.repositoryId,
			};
		} finally {
			await engine.close();
		}
	} catch (error) {
		return watchUnopened(context, config, url, error, listener);
	}
}
