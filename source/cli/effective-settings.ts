import path from 'node:path';
import {countThreads} from '../engine/index.ts';
import {defaultLogSettings} from '../logs/settings.ts';
import type {CommandContext} from './command-line.ts';
import type {LoadedConfig} from './config.ts';
import {jobSettings} from './configured-jobs.ts';
import type {SecretReference} from './config-schema.ts';
import {repositoryUrl} from './connection.ts';
import {describeAlerts} from './effective-alerts.ts';
import {keyPolicyOf} from './key-settings.ts';
import {isThere} from './is-there.ts';
import {monitorMembers, monitorPolicyOf} from './monitor-settings.ts';
import {defaultClasses, hasRules} from './retention-settings.ts';
import {splitWords} from './split-words.ts';

/** What a setting is in the end, and who said so. */
export type Setting = {
	readonly name: string;
	/** `null` where nothing says it. Of a secret only where it is found: never the secret itself, nor the arguments of a program. */
	readonly value: unknown;
	/** Such as `--repository`, `COFFER_KEY_FILE`, the configuration file, or `default`. */
	readonly from: string;
};

/** An address without the password that somebody may have put there. */
function withoutPassword(url: string): string {
	return url.replace(/^(?<start>[a-z][a-z\d+.-]*:\/\/[^/@:]*):[^/@]*@/i, '$<start>:…@');
}

/** Of a program only its name: its arguments may say too much. */
export function referenceWithoutArguments(reference: SecretReference, folder: string): unknown {
	if ('command' in reference) {
		return {command: [reference.command[0], ...(reference.command.length > 1 ? ['…'] : [])]};
	}

	return 'file' in reference ? {file: path.resolve(folder, reference.file)} : reference;
}

function findRepository(context: CommandContext, config: LoadedConfig | undefined): Setting {
	const {arguments: flags, environment} = context;
	const url = repositoryUrl(context, config);
	const from = flags.text('repository') === undefined ? (environment['COFFER_REPOSITORY'] ? 'COFFER_REPOSITORY' : config?.file) : '--repository';
	return {name: 'repository', value: url === undefined ? null : withoutPassword(url), from: url === undefined ? 'not set' : from ?? 'not set'};
}

async function findKeyFile({arguments: flags, environment, cwd, paths}: CommandContext, config: LoadedConfig | undefined): Promise<Setting> {
	const name = 'key';
	const flag = flags.text('keyFile');
	if (flag !== undefined) {
		return {name, value: {file: path.resolve(cwd, flag)}, from: '--key-file'};
	}

	if (environment['COFFER_KEY_FILE']) {
		return {name, value: {file: path.resolve(cwd, environment['COFFER_KEY_FILE'])}, from: 'COFFER_KEY_FILE'};
	}

	if (config?.key) {
		return {name, value: referenceWithoutArguments(config.key, config.folder), from: config.file};
	}

	const folder = environment['CREDENTIALS_DIRECTORY'];
	for (const file of folder ? ['coffer.key', 'key'].map(credential => path.join(folder, credential)) : []) {
		if (await isThere(file)) {
			return {name, value: {file}, from: 'CREDENTIALS_DIRECTORY'};
		}
	}

	return await isThere(paths.defaultKeyFile) ? {name, value: {file: paths.defaultKeyFile}, from: 'default'} : {name, value: null, from: 'not set'};
}

function findPassphrase({environment, cwd}: CommandContext, config: LoadedConfig | undefined): Setting {
	const name = 'passphrase';
	const {COFFER_PASSPHRASE_FILE: file, COFFER_PASSPHRASE_FD: descriptor, COFFER_PASSPHRASE_COMMAND: command, COFFER_PASSPHRASE: passphrase} = environment;
	if (file) {
		return {name, value: {file: path.resolve(cwd, file)}, from: 'COFFER_PASSPHRASE_FILE'};
	}

	if (descriptor) {
		return {name, value: {descriptor}, from: 'COFFER_PASSPHRASE_FD'};
	}

	if (command) {
		const words = splitWords(command, 'COFFER_PASSPHRASE_COMMAND');
		return {name, value: referenceWithoutArguments({command: words}, cwd), from: 'COFFER_PASSPHRASE_COMMAND'};
	}

	if (passphrase) {
		return {name, value: {env: 'COFFER_PASSPHRASE'}, from: 'COFFER_PASSPHRASE'};
	}

	return config?.passphrase ? {name, value: referenceWithoutArguments(config.passphrase, config.folder), from: config.file} : {name, value: null, from: 'not set'};
}

function findStateFolder({environment, paths}: CommandContext): Setting {
	const from = ['COFFER_STATE_DIRECTORY', 'STATE_DIRECTORY', 'XDG_STATE_HOME'].find(name => environment[name]);
	return {name: 'state', value: paths.stateFolder, from: from ?? 'default'};
}

function findConfigFile({arguments: flags, environment, paths}: CommandContext, config: LoadedConfig | undefined): Setting {
	const folder = ['CONFIGURATION_DIRECTORY', 'XDG_CONFIG_HOME'].find(name => environment[name]) ?? 'default';
	const from = flags.text('config') === undefined ? (environment['COFFER_CONFIG'] ? 'COFFER_CONFIG' : folder) : '--config';
	return {name: 'configuration', value: paths.configFile, from: config === undefined ? `${from}; there is no such file` : from};
}

function findThreads({runtime}: CommandContext, config: LoadedConfig | undefined): Setting {
	return {name: 'threads', value: countThreads(config?.threads, runtime), from: config?.threads === undefined ? 'default' : config.file};
}

function describeKeys(config: LoadedConfig | undefined): Setting[] {
	const values = {...keyPolicyOf(config), rotate: config?.keys?.rotate ?? 'manual', reencrypt: config?.keys?.reencrypt ?? false};
	return Object.entries(values).map(([key, value]) => ({name: `keys.${key}`, value, from: (config?.keys as Readonly<Record<string, unknown>> | undefined)?.[key] === undefined ? 'default' : config!.file}));
}

function describeLogs(config: LoadedConfig | undefined): Setting[] {
	const {logs} = config ?? {};
	return [
		{name: 'logs.size', value: logs?.size ?? `${defaultLogSettings.sizeBytes / 1e6}M`, from: logs?.size === undefined ? 'default' : config!.file},
		{name: 'logs.days', value: logs?.days ?? defaultLogSettings.days, from: logs?.days === undefined ? 'default' : config!.file},
	];
}

function describeMonitor(config: LoadedConfig | undefined): Setting[] {
	const given = config?.monitor as Readonly<Record<string, unknown>> | undefined;
	return Object.entries(monitorMembers(monitorPolicyOf(config))).map(([key, value]) => ({name: `monitor.${key}`, value, from: given?.[key] === undefined ? 'default' : config!.file}));
}

function describeRetention(config: LoadedConfig | undefined): Setting[] {
	const retention = config?.retention ?? {};
	const configured = Object.entries(retention).map(([key, value]): Setting => ({name: `retention.${key}`, value, from: config!.file}));
	return [...(hasRules(retention) ? [] : [{name: 'retention.classes', value: defaultClasses, from: 'default'}]), ...configured];
}

/** Of each job what it says of itself, and when and how it is run in any case. */
function describeSchedule(config: LoadedConfig | undefined): Setting[] {
	const isGiven = (job: string, key: string) => (config?.schedule?.jobs?.[job] as Readonly<Record<string, unknown>> | undefined)?.[key] !== undefined;
	return jobSettings(config).flatMap(({name, ...settings}) => Object.entries(settings).map(([key, value]) => {
		const isInherited = key === 'timeZone' && config?.schedule?.timeZone !== undefined;
		return {name: `schedule.jobs.${name}.${key}`, value, from: isGiven(name, key) || isInherited ? config!.file : 'default'};
	}));
}

function describeSources(config: LoadedConfig): Setting[] {
	return config.sources.flatMap((source, index): Setting[] => {
		const {name, kind} = source;
		const defaults = {...(kind === 'files' && {oneFileSystem: false, excludeCaches: true}), class: 'manual'};
		const isGiven = (key: string) => (source as Readonly<Record<string, unknown>>)[key] !== undefined;
		const values = {name, ...('paths' in source && {paths: source.paths.map(given => path.resolve(config.folder, given))}), ...defaults, ...Object.fromEntries(Object.entries(source).filter(([key]) => key !== 'paths'))};
		return Object.entries(values).map(([key, value]) => ({name: `sources[${index}].${key}`, value, from: isGiven(key) ? config.file : 'default'}));
	});
}

/**
Every setting as this command line would use it.
@throws `usage` for a command in the environment that cannot be split into words
*/
export async function effectiveSettings(context: CommandContext, config: LoadedConfig | undefined): Promise<Setting[]> {
	return [
		findConfigFile(context, config),
		findRepository(context, config),
		await findKeyFile(context, config),
		findPassphrase(context, config),
		findThreads(context, config),
		{name: 'deltas', value: config?.deltas ?? true, from: config?.deltas === undefined ? 'default' : config.file},
		...describeKeys(config),
		...describeRetention(config),
		...describeMonitor(config),
		{name: 'metrics.file', value: config?.metrics?.file === undefined ? null : path.resolve(config.folder, config.metrics.file), from: config?.metrics?.file === undefined ? 'not set' : config.file},
		...describeSchedule(config),
		...describeAlerts(config),
		findStateFolder(context),
		{name: 'log', value: context.log.folder, from: 'state'},
		...describeLogs(config),
		...(config === undefined ? [] : describeSources(config)),
	];
}
