import {stat} from 'node:fs/promises';
import path from 'node:path';
import {CofferError, Engine, isCofferError, wipeSecret, type EngineOptions, type EventListener, type Secret, type SlotFactors} from '../engine/index.ts';
import {readVersion} from '../version.ts';
import type {CommandContext} from './command-line.ts';
import type {LoadedConfig} from './config.ts';
import {keyPolicyOf} from './key-settings.ts';
import {monitorPolicyOf} from './monitor-settings.ts';
import {originOf} from './origin.ts';
import {findSecret, namedSecretVariables} from './secrets.ts';
import {askedThreads} from './threads.ts';
import {askedUploadLimit} from './upload-limit.ts';

/** A URL as it is, a path made absolute. */
export function resolveRepositoryUrl(url: string, folder: string): string {
	return /^[a-z][a-z\d+.-]*:/i.test(url) ? url : path.resolve(folder, url);
}

/** The repository that flag or environment name, else the configuration. */
export function repositoryUrl({arguments: flags, environment, cwd}: Pick<CommandContext, 'arguments' | 'environment' | 'cwd'>, config: LoadedConfig | undefined): string | undefined {
	const named = flags.text('repository') ?? (environment['COFFER_REPOSITORY'] || undefined);
	if (named !== undefined) {
		return resolveRepositoryUrl(named, cwd);
	}

	return config?.repository === undefined ? undefined : resolveRepositoryUrl(config.repository, config.folder);
}

/** The repository that is meant. @throws `repository-missing` where none is named */
export function requireRepositoryUrl(context: CommandContext, config: LoadedConfig | undefined): string {
	const url = repositoryUrl(context, config);
	if (url === undefined) {
		throw new CofferError('repository-missing', config === undefined
			? `No repository is named, and there is no configuration ${context.paths.configFile}. Run "coffer init", or name a repository with --repository.`
			: `No repository is named: the configuration ${config.file} has none. Name one there, or with --repository.`);
	}

	return url;
}

export const programName = (): string => `coffer ${readVersion()}`;

/** What lies in the way of a repository in this machine's file system: something that is no folder, at its place or above. */
export async function findObstacle(url: string): Promise<string | undefined> {
	for (let place = url; place.startsWith('/') && place !== path.dirname(place); place = path.dirname(place)) {
		const status = await stat(place).catch(() => undefined);
		if (status) {
			return status.isDirectory() ? undefined : place;
		}
	}

	return undefined;
}

/** A better word than "there is none" where a file lies in the repository's place. */
export async function explainMissing(error: unknown, url: string): Promise<unknown> {
	const obstacle = isCofferError(error, 'repository-missing') ? await findObstacle(url) : undefined;
	return obstacle === undefined ? error : new CofferError('repository-missing', `There is no repository at ${url}: ${obstacle} is not a folder, as a repository is. Name the right place with --repository.`, {context: {url}, cause: error});
}

/**
Open the repository that this command line means.
@param find - Gives what opens it; wiped here. @default what flags, environment, configuration and the person at the terminal give
@param limits.bytesPerSecond - So much is sent a second, at most. @default what the flag says, else no limit
@throws `usage`; `repository-missing`, also where none is named; then what the key and the storage throw
*/
export async function openEngine(context: CommandContext, onEvent: EventListener, find?: (slots: () => Promise<SlotFactors[]>) => Promise<Secret>, limits: Pick<EngineOptions, 'bytesPerSecond'> = {}): Promise<Engine> {
	const config = await context.config();
	const keyPolicy = keyPolicyOf(config);
	const threads = askedThreads(context, config);
	const bytesPerSecond = limits.bytesPerSecond ?? context.bytesPerSecond ?? askedUploadLimit(context);
	const deltas = context.arguments.choice('deltas') ?? config?.deltas;
	const url = requireRepositoryUrl(context, config);
	const origin = originOf(context);
	let secret: Secret | undefined;
	try {
		return await Engine.open({
			repositoryUrl: url,
			stateFolder: context.paths.stateFolder,
			runtime: context.runtime,
			program: programName(),
			...(threads !== undefined && {threads}),
			...(deltas !== undefined && {deltas}),
			...(bytesPerSecond !== undefined && {bytesPerSecond}),
			...(origin !== undefined && {origin}),
			keyPolicy,
			monitorPolicy: monitorPolicyOf(config),
			hiddenVariables: namedSecretVariables(config),
			onEvent,
			async secret(slots) {
				secret = await (find ? find(slots) : findSecret(context, config, slots));
				return secret;
			},
		});
	} catch (error) {
		throw await explainMissing(error, url);
	} finally {
		wipeSecret(secret);
	}
}
