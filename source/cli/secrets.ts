import {access} from 'node:fs/promises';
import path from 'node:path';
import {CofferError, decodeKeyFile, isLikelyRecoveryCode, maximumKeyFileBytes, parseRecoveryCode, readKeyFile, readPrivateFile, readSecret, runSecretCommand, systemErrorCode, takeFirstLine, type KeyFile, type Secret, type SlotFactors} from '../engine/index.ts';
import type {CommandContext} from './command-line.ts';
import type {LoadedConfig} from './config.ts';
import type {SecretReference} from './config-schema.ts';
import {askSecret} from './prompt.ts';
import {splitWords} from './split-words.ts';

type SecretContext = Pick<CommandContext, 'arguments' | 'environment' | 'cwd' | 'paths' | 'stdin' | 'stderr' | 'isInteractive' | 'descriptors' | 'runtime'> & {
	/** Fires when nobody waits for the secret any more. */
	readonly signal?: AbortSignal;
};

/** Where a key comes from: a file, one that systemd handed over, or what the configuration names instead. */
export type KeyPlace =
	| {readonly kind: 'file' | 'credential'; readonly file: string}
	| {readonly kind: 'elsewhere'; readonly reference: SecretReference; readonly config: LoadedConfig};

const credentialNames = ['coffer.key', 'key'];

/** Variables of the environment that give a passphrase, the first one set before the others. */
export const passphraseVariables = ['COFFER_PASSPHRASE_FILE', 'COFFER_PASSPHRASE_FD', 'COFFER_PASSPHRASE_COMMAND', 'COFFER_PASSPHRASE'] as const;

/** Variables of the environment that hold a secret because the configuration says so: no other program gets them. */
export function namedSecretVariables(config: LoadedConfig | undefined): string[] {
	const ofChannels = Object.values(config?.alerts?.channels ?? {}).flatMap(channel => Object.values(channel));
	return [config?.key, config?.passphrase, config?.ping?.url, ...ofChannels].flatMap(value => typeof value === 'object' && 'env' in value ? [value.env] : []);
}

async function resolveReference(reference: SecretReference, what: string, config: LoadedConfig, {environment, runtime, signal}: SecretContext): Promise<Buffer> {
	const absolute = 'file' in reference ? {file: path.resolve(config.folder, reference.file)} : reference;
	return readSecret(absolute, what, {runtime: {spawn: runtime.spawn, environment}, hidden: namedSecretVariables(config), signal});
}

/** Whether environment or configuration say where a passphrase is. Whether it can be had shows when it is read. */
export function hasPassphrase({environment}: Pick<SecretContext, 'environment'>, config: LoadedConfig | undefined): boolean {
	return passphraseVariables.some(name => environment[name]) || config?.passphrase !== undefined;
}

/**
The first line of what `PREFIX_FILE`, `PREFIX_FD` or `PREFIX_COMMAND` names, which the caller wipes; `undefined` where none of them is set.
@throws `configuration-invalid`, `key-file-missing`, `key-file-unsafe`, `usage`, `aborted`
*/
export async function passphraseOfVariables(prefix: string, {environment, cwd, signal, descriptors, runtime}: SecretContext, config: LoadedConfig | undefined): Promise<Buffer | undefined> {
	const programs = {spawn: runtime.spawn, environment};
	const [fileVariable, descriptorVariable, commandVariable] = [`${prefix}_FILE`, `${prefix}_FD`, `${prefix}_COMMAND`];
	const [file, descriptor, command] = [fileVariable, descriptorVariable, commandVariable].map(name => environment[name]);
	if (file) {
		return takeFirstLine(await readPrivateFile(path.resolve(cwd, file), fileVariable, environment['CREDENTIALS_DIRECTORY']), fileVariable);
	}

	if (descriptor) {
		return descriptors.read(descriptor, descriptorVariable, runtime);
	}

	return command
		? takeFirstLine(await runSecretCommand(splitWords(command, commandVariable), commandVariable, {runtime: programs, hidden: namedSecretVariables(config), signal}), commandVariable)
		: undefined;
}

/** A recovery code in the one form that opens anything, however it was typed; any other passphrase as it is. Wipes what it does not give back. @throws `key-wrong`, naming the groups that are mistyped */
export function toOpeningForm(passphrase: Buffer): Buffer {
	if (!isLikelyRecoveryCode(passphrase)) {
		return passphrase;
	}

	try {
		return parseRecoveryCode(passphrase);
	} finally {
		passphrase.fill(0);
	}
}

/** The passphrase that environment or configuration give, which the caller wipes, or `undefined`. @throws `configuration-invalid`, `key-file-missing`, `key-file-unsafe`, `usage` */
export async function configuredPassphrase(context: SecretContext, config: LoadedConfig | undefined): Promise<Buffer | undefined> {
	const named = await passphraseOfVariables('COFFER_PASSPHRASE', context, config);
	if (named !== undefined) {
		return named;
	}

	const {COFFER_PASSPHRASE: passphrase} = context.environment;
	if (passphrase) {
		return Buffer.from(passphrase);
	}

	return config?.passphrase && takeFirstLine(await resolveReference(config.passphrase, 'the passphrase in the configuration', config, context), 'The passphrase in the configuration');
}

/** The key file that flag or environment name. */
export function namedKeyFile({arguments: flags, environment, cwd}: Pick<SecretContext, 'arguments' | 'environment' | 'cwd'>): string | undefined {
	const file = flags.text('keyFile') ?? (environment['COFFER_KEY_FILE'] || undefined);
	return file === undefined ? undefined : path.resolve(cwd, file);
}

async function isThere(file: string): Promise<boolean> {
	try {
		await access(file);
		return true;
	} catch (error) {
		// What cannot be looked at shall be complained about when it is read.
		return systemErrorCode(error) !== 'ENOENT';
	}
}

function usualKeyFiles({environment, paths}: SecretContext): string[] {
	const folder = environment['CREDENTIALS_DIRECTORY'];
	return [...(folder ? credentialNames.map(name => path.join(folder, name)) : []), paths.defaultKeyFile];
}

/** Whether a key file is named anywhere, or lies in a usual place. */
export async function hasKeyFile(context: SecretContext, config: LoadedConfig | undefined): Promise<boolean> {
	if (namedKeyFile(context) !== undefined || config?.key) {
		return true;
	}

	const found = await Promise.all(usualKeyFiles(context).map(async file => isThere(file)));
	return found.includes(true);
}

/** Where the key is taken from; `undefined` where none is named, and none lies in a usual place. */
export async function locateKey(context: SecretContext, config: LoadedConfig | undefined): Promise<KeyPlace | undefined> {
	const folder = context.environment['CREDENTIALS_DIRECTORY'];
	const place = (file: string): KeyPlace => ({kind: folder && path.dirname(file) === path.resolve(folder) ? 'credential' : 'file', file});
	const named = namedKeyFile(context);
	if (named !== undefined) {
		return place(named);
	}

	if (config?.key) {
		return 'file' in config.key ? place(path.resolve(config.folder, config.key.file)) : {kind: 'elsewhere', reference: config.key, config};
	}

	for (const file of usualKeyFiles(context)) {
		if (await isThere(file)) {
			return place(file);
		}
	}

	return undefined;
}

async function findKey(context: SecretContext, config: LoadedConfig | undefined): Promise<KeyFile | undefined> {
	const place = await locateKey(context, config);
	if (place?.kind !== 'elsewhere') {
		return place && readKeyFile(place.file, {credentialsFolder: context.environment['CREDENTIALS_DIRECTORY']});
	}

	const bytes = await resolveReference(place.reference, 'the key in the configuration', place.config, context);
	try {
		return decodeKeyFile(bytes.subarray(0, maximumKeyFileBytes));
	} finally {
		bytes.fill(0);
	}
}

/** Do something, and where it fails wipe what is of no use then. */
async function orWipe<Result>(secret: Uint8Array | undefined, action: () => Promise<Result>): Promise<Result> {
	try {
		return await action();
	} catch (error) {
		secret?.fill(0);
		throw error;
	}
}

/**
The secret that opens the repository: a key file, a passphrase, or both, from flag, environment, configuration, the usual places, or the person at the terminal. The caller wipes it.
@param slots - Reads which factors the key slots need.
@param askPassphrase - Asks the person at the terminal. @default on stderr
@throws `key-file-missing` where nothing is named and nobody can be asked; what reading the parts throws; `aborted`
*/
export async function findSecret(
	context: SecretContext,
	config: LoadedConfig | undefined,
	slots: () => Promise<SlotFactors[]>,
	askPassphrase: () => Promise<Buffer> = async () => askSecret('Passphrase: ', context),
): Promise<Secret> {
	const given = await configuredPassphrase(context, config);
	const configured = given && toOpeningForm(given);
	// With a passphrase alone, a key file that merely lies in its usual place may be that of another repository; the slot it names then does not fit, and it does no harm.
	const keyFile = await orWipe(configured, async () => findKey(context, config));
	if (configured !== undefined || !context.isInteractive) {
		if (configured === undefined && keyFile === undefined) {
			throw new CofferError('key-file-missing', `No key was named, and ${context.paths.defaultKeyFile} does not exist. Name one with --key-file or COFFER_KEY_FILE, or a passphrase with COFFER_PASSPHRASE_FILE.`);
		}

		return {...(keyFile && {keyFile}), ...(configured !== undefined && {passphrase: configured})};
	}

	const isAsked = keyFile === undefined || (await slots()).some(({slotId, factors}) => slotId === keyFile.slotId && factors.includes('passphrase'));
	const passphrase = isAsked ? await orWipe(keyFile?.key, async () => toOpeningForm(await askPassphrase())) : undefined;
	return {...(keyFile && {keyFile}), ...(passphrase !== undefined && {passphrase})};
}
