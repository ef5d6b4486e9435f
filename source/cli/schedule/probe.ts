import {CofferError, examineRepository, wipeSecret, type Secret} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import type {LoadedConfig} from '../config.ts';
import {jobsOf} from '../configured-jobs.ts';
import {explainMissing, requireRepositoryUrl} from '../connection.ts';
import {findSecret} from '../secrets.ts';
import {findMachineTimeZone} from './machine-time-zone.ts';
import type {UnattendedFacts} from './try-unattended.ts';

/** @throws `configuration-invalid` for a source whose secret is in a variable that is not set */
function assertVariables(config: LoadedConfig | undefined, environment: CommandContext['environment']): void {
	for (const source of config?.sources ?? []) {
		const url = 'url' in source ? source.url : undefined;
		const name = url && 'env' in url ? url.env : undefined;
		if (name !== undefined && (environment[name] ?? '') === '') {
			throw new CofferError('configuration-invalid', `The source "${source.name}" takes its URL from the environment variable ${name}, which is not set. Put it into a file of mode 600, and name that: "url": {"file": …}.`);
		}
	}
}

/** `coffer schedule probe`, which `install` starts as cron would: read the configuration, open the repository, write nothing. */
export async function scheduleProbe(context: CommandContext): Promise<number> {
	const {output, paths, runtime} = context;
	const config = await context.config();
	const url = requireRepositoryUrl(context, config);
	assertVariables(config, context.environment);
	let secret: Secret | undefined;
	try {
		await context.interruptible(async () => examineRepository(url, async slots => {
			secret = await findSecret(context, config, slots);
			return secret;
		}, runtime));
	} catch (error) {
		throw await explainMissing(error, url);
	} finally {
		wipeSecret(secret);
	}

	const facts: UnattendedFacts = {configFile: paths.configFile, stateFolder: paths.stateFolder, repository: url, jobs: jobsOf(config), timeZone: findMachineTimeZone(context.environment)};
	output.value(facts);
	output.note(`The repository ${url} can be opened.`);
	return 0;
}
