import {errorText, type Engine, type EventListener, type RepositoryId} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import type {LoadedConfig} from '../config.ts';
import {openEngine, requireRepositoryUrl} from '../connection.ts';
import {expectedJobs, watchUnopened} from '../monitoring/watch-host.ts';
import {configuredSources} from '../source-requests.ts';
import {announceAlerts} from './announce-alerts.ts';
import type {EndedWork} from './end-work.ts';

/** Who did the work has printed what there is to say of the repository. */
function createListener({log}: CommandContext): EventListener {
	return event => {
		if (event.event === 'warning') {
			log.in('monitor').write('warn', event.message, {kind: event.kind});
		}
	};
}

async function assess(config: LoadedConfig | undefined, engine: Engine, signal: AbortSignal): Promise<RepositoryId> {
	await engine.overview(configuredSources(config).map(({source: {name, kind}}) => ({name, kind})), {signal, jobs: expectedJobs(config)});
	return engine.repositoryId;
}

/** Tell of what follows from work that was done; whatever goes wrong with that is not the work's fault. */
async function tell(context: CommandContext, find: (config: LoadedConfig | undefined, signal: AbortSignal) => Promise<RepositoryId | undefined>): Promise<void> {
	try {
		const config = await context.config();
		await context.interruptible(async signal => {
			const repository = await find(config, signal);
			await announceAlerts(context, {repository, signal});
		});
	} catch (error) {
		context.log.in('monitor').write('warn', `what is wrong now could not be found out: ${errorText(error)}`);
	}
}

/** Find out what is wrong after work by hand, such as a backup. @param ended - See `endWork`. */
export async function tellAfterWork(context: CommandContext, {engine, error}: EndedWork): Promise<void> {
	await tell(context, async (config, signal) => {
		let reason = error;
		if (engine) {
			try {
				return await assess(config, engine, signal);
			} catch (error_) {
				reason = error_;
			}
		}

		await watchUnopened(context, config, requireRepositoryUrl(context, config), reason, createListener(context));
		return undefined;
	});
}

/** Find out what is wrong after a job. */
export async function tellAfterJob(context: CommandContext): Promise<void> {
	await tell(context, async (config, signal) => {
		const listener = createListener(context);
		let engine: Engine | undefined;
		try {
			engine = await openEngine({...context, isInteractive: false}, listener);
			return await assess(config, engine, signal);
		} catch (error) {
			// Who typed a passphrase is there, and is not asked for it again.
			if (!context.isInteractive) {
				await watchUnopened(context, config, requireRepositoryUrl(context, config), error, listener);
			}

			return undefined;
		} finally {
			await engine?.close();
		}
	});
}
