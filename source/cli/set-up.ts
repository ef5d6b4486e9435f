import {unlink} from 'node:fs/promises';
import path from 'node:path';
import {CofferError, createKeyFile, Engine, errorText, isCofferError, makeFolders, wipeSecret, type Secret, type SlotId} from '../engine/index.ts';
import type {CommandContext} from './command-line.ts';
import type {LoadedConfig} from './config.ts';
import type {ConfigFile} from './config-schema.ts';
import {findObstacle, programName, repositoryUrl} from './connection.ts';
import {isThere} from './is-there.ts';
import {askNewPassphrase, warnOfShort} from './new-passphrase.ts';
import {originOf} from './origin.ts';
import {configuredPassphrase, namedKeyFile, toOpeningForm} from './secrets.ts';
import type {SourceInFile} from './source-schemas.ts';
import {splitWords} from './split-words.ts';

export type SetUpRequest = {
	readonly isWithPassphrase: boolean;
	/** For the configuration, if one is written. */
	readonly sources: readonly SourceInFile[];
	/** Where the repository is made. @default what flags, environment and configuration say, else the usual place */
	readonly repository?: string;
	/** The key file to make; absolute. @default as for `repository` */
	readonly keyFile?: string;
	/** Told what a person should know. @default printed on stderr */
	readonly warn?: (message: string) => void;
};

/** What was made, and where. */
export type SetUpResult = {
	readonly repository: string;
	readonly keyFile?: string;
	/** `undefined` when there was a configuration already, which was left as it is. */
	readonly configFile?: string;
};

async function choosePassphrase(context: CommandContext, config: LoadedConfig | undefined): Promise<Buffer> {
	const configured = await configuredPassphrase(context, config);
	if (configured !== undefined) {
		return toOpeningForm(configured);
	}

	if (!context.isInteractive) {
		throw new CofferError('usage', 'There is no terminal to ask for the passphrase. Give it by COFFER_PASSPHRASE_FILE, COFFER_PASSPHRASE_FD or COFFER_PASSPHRASE_COMMAND.');
	}

	return askNewPassphrase(context);
}

/** How the configuration is to find the passphrase again; `undefined`: by asking, or by the environment. */
function passphraseReference({environment, cwd}: CommandContext): ConfigFile['passphrase'] {
	const {COFFER_PASSPHRASE_FILE: file, COFFER_PASSPHRASE_COMMAND: command} = environment;
	if (file) {
		return {file: path.resolve(cwd, file)};
	}

	return command ? {command: splitWords(command, 'COFFER_PASSPHRASE_COMMAND')} : undefined;
}

function chooseKeyFile(context: CommandContext, config: LoadedConfig | undefined, isWithPassphrase: boolean): string | undefined {
	const named = namedKeyFile(context);
	if (named !== undefined || isWithPassphrase) {
		return named;
	}

	if (config?.key === undefined) {
		return context.paths.defaultKeyFile;
	}

	if ('file' in config.key) {
		return path.resolve(config.folder, config.key.file);
	}

	throw new CofferError('usage', `The configuration ${config.file} takes the key from elsewhere than a file. Name the key file to make with --key-file.`);
}

/** Make a key file for a slot, and its folder where there is none. @throws `target-unusable` where there is something, or nothing can be made */
export async function createKey(file: string, slotId: SlotId, context: CommandContext): Promise<NonNullable<Secret['keyFile']>> {
	try {
		makeFolders(path.dirname(file));
	} catch (error) {
		throw new CofferError('target-unusable', `The key file ${file} cannot be created: ${errorText(error)}. Name another place for it.`, {context: {file}, cause: error});
	}

	const keyFile = {slotId, key: context.runtime.randomBytes(32)};
	await createKeyFile(file, keyFile);
	return keyFile;
}

/** Take away the key file that was just made, where it is certain that no repository uses it. */
async function hasRemovedUnusedKey(keyFile: string, place: Parameters<typeof Engine.assertExists>[0]): Promise<boolean> {
	try {
		await Engine.assertExists(place);
		return false;
	} catch (error) {
		if (!isCofferError(error, 'repository-missing')) {
			return false;
		}

		await unlink(keyFile);
		return true;
	}
}

/**
Make a repository with its first key, and a configuration where there is none. The key file is durable before the repository uses it; nothing that exists is overwritten.
@throws `repository-exists`, `target-unusable` where the key file exists, `usage`, `aborted`; what the storage throws
*/
export async function setUp(context: CommandContext, {isWithPassphrase, sources, ...chosen}: SetUpRequest): Promise<SetUpResult> {
	const {paths, runtime, output} = context;
	const warn = chosen.warn ?? ((message: string) => {
		output.warn(message);
	});
	const config = await context.config();
	const url = chosen.repository ?? repositoryUrl(context, config) ?? paths.defaultRepository;
	const obstacle = await findObstacle(url);
	if (obstacle !== undefined) {
		throw new CofferError('target-unusable', `No repository can be made at ${url}: ${obstacle} is not a folder. Name another place with --repository.`, {context: {url}});
	}

	const passphrase = isWithPassphrase ? await choosePassphrase(context, config) : undefined;
	warnOfShort(passphrase, warn);

	const keyFile = chosen.keyFile ?? chooseKeyFile(context, config, isWithPassphrase);
	const origin = originOf(context);
	let secret: Secret | undefined;
	let engine: Engine;
	try {
		engine = await Engine.create({
			repositoryUrl: url,
			stateFolder: paths.stateFolder,
			runtime,
			program: programName(),
			...(origin !== undefined && {origin}),
			label: `${runtime.user}@${runtime.identity.host}`.slice(0, 200),
			async secret(slotId) {
				const key = keyFile === undefined ? undefined : await createKey(keyFile, slotId, context);
				secret = {...(key && {keyFile: key}), ...(passphrase !== undefined && {passphrase})};
				return secret;
			},
			onEvent(event) {
				if (event.event === 'warning') {
					warn(event.message);
				}
			},
		});
	} catch (error) {
		const hasKeyFile = secret?.keyFile !== undefined;
		if (hasKeyFile && await hasRemovedUnusedKey(keyFile!, {repositoryUrl: url, runtime})) {
			throw error;
		}

		if (hasKeyFile) {
			const advice = `The key file ${keyFile} was made already and stays. Remove it before you try again, unless the repository was made after all.`;
			throw new CofferError(isCofferError(error) ? error.code : 'internal', `${errorText(error)} ${advice}`, {cause: error});
		}

		throw error;
	} finally {
		wipeSecret(secret);
		passphrase?.fill(0);
	}

	await engine.close();
	const made = {repository: engine.url, ...(keyFile !== undefined && {keyFile})};
	if (config !== undefined || await isThere(paths.configFile)) {
		return made;
	}

	const reference = isWithPassphrase ? passphraseReference(context) : undefined;
	try {
		await writeConfig(context, made, {sources: [...sources], ...(reference && {passphrase: reference})});
	} catch (error) {
		const whatIsThere = keyFile === undefined ? `The repository ${engine.url} was made` : `The repository ${engine.url} and its key file ${keyFile} were made`;
		throw new ConfigurationMissing(`${whatIsThere}, but there is no configuration: ${errorText(error)}`, made, error);
	}

	return {...made, configFile: paths.configFile};
}

/** Repository and key are there, and only the configuration could not be written. */
export class ConfigurationMissing extends CofferError {
	readonly made: SetUpResult;

	constructor(message: string, made: SetUpResult, cause: unknown) {
		super(isCofferError(cause) ? cause.code : 'state-failed', message, {cause});
		this.made = made;
	}
}

/** Write the configuration for what was made. @throws what `writeNewConfig` throws */
export async function writeConfig({paths}: CommandContext, {repository, keyFile}: SetUpResult, rest: Pick<ConfigFile, 'sources' | 'passphrase'>): Promise<void> {
	const {writeNewConfig} = await import('./config-writing.ts');
	await writeNewConfig(paths.configFile, {repository, ...(keyFile !== undefined && {key: {file: keyFile}}), ...rest});
}

/** Say what was made, and what to keep safe. */
export function printSetUp({output, paths}: CommandContext, {repository, keyFile, configFile}: SetUpResult): void {
	output.note(`Repository     ${repository}`);
	if (keyFile !== undefined) {
		output.note(`Key file       ${keyFile}`);
	}

	output.note(configFile === undefined ? `Configuration  ${paths.configFile} (was there already; left as it is)` : `Configuration  ${configFile}`);
	output.note(keyFile === undefined
		? 'Without the passphrase nobody can read the backups. Keep it where this machine\'s fire does not reach.'
		: 'Without the key file nobody can read the backups. Keep a copy of it in another place than the repository and this machine.');
}
