import {createHash} from 'node:crypto';
import path from 'node:path';
import {CofferError} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {ownCommand, type OwnCommand} from '../own-command.ts';
import {resolvePaths} from '../paths.ts';

/** One configuration on this host, and how the program is started about it by somebody who has nothing of this process's environment. */
export type Installation = {
	/** Tells installations apart: eight digits of the SHA-256 of the configuration's path. */
	readonly id: string;
	/** Absolute; it need not be there. */
	readonly configFile: string;
	/** Whether that is the place where this user's configuration is looked for without being named. */
	readonly isUsual: boolean;
	readonly command: OwnCommand;
	/** What the program has to find in its environment besides. Never a secret. */
	readonly environment: Readonly<Record<string, string>>;
};

/** The id of the installation with this configuration. */
export function installationId(configFile: string): string {
	return createHash('sha256').update(configFile).digest('hex').slice(0, 8);
}

/**
What files of others are made of line by line, and quoted in three ways: control characters and backslashes mean something else in each of them.
@param what - Names it in the error.
@throws `configuration-invalid`
*/
export function assertWritable(text: string, what: string): void {
	if (/[\p{Control}\\]/v.test(text)) {
		throw new CofferError('configuration-invalid', `${what} cannot be written into a crontab or a unit: ${JSON.stringify(text)} holds a backslash or a control character. Give it another name.`);
	}
}

/** How this very program is started unattended: with the configuration named, and the folders that it uses now. @throws `configuration-invalid` for paths that cannot be written down */
export function describeInstallation(context: Pick<CommandContext, 'arguments' | 'environment' | 'paths' | 'cwd' | 'isRoot' | 'starterPlaces'>): Installation {
	const {environment, paths, cwd, isRoot, starterPlaces: {home}} = context;
	const own = ownCommand(context);
	const usual = resolvePaths({environment: {HOME: home}, isRoot, cwd: '/'});
	const {COFFER_PASSPHRASE_FILE: passphraseFile} = environment;
	const installation = {
		id: installationId(paths.configFile),
		configFile: paths.configFile,
		isUsual: paths.configFile === usual.configFile,
		command: {...own, globals: own.globals.includes('--config') ? own.globals : ['--config', paths.configFile, ...own.globals]},
		environment: {
			...(paths.stateFolder !== usual.stateFolder && {COFFER_STATE_DIRECTORY: paths.stateFolder}),
			...(passphraseFile && {COFFER_PASSPHRASE_FILE: path.resolve(cwd, passphraseFile)}),
		},
	};
	const {command: {node, script, globals}} = installation;
	for (const text of [node, script, ...globals, ...Object.values(installation.environment)]) {
		assertWritable(text, 'A path that coffer is started with');
	}

	return installation;
}

/** Arguments of Node for one call, such as `schedule run daily`. */
export function argumentsOf({command: {script, globals}}: Pick<Installation, 'command'>, words: readonly string[]): string[] {
	return [script, ...globals, ...words];
}

/** The words that run one job when its time has come. @param isWaitingForJitter - Whether it waits the job's jitter itself. */
export function wordsOfJob(name: string, isWaitingForJitter: boolean): string[] {
	return ['schedule', 'run', name, '--if-due', ...(isWaitingForJitter ? ['--jitter'] : []), '--trigger', 'timer', '--quiet'];
}

/** The words that run whatever is due, and so make up for what was missed. */
export const wordsOfCatchUp: readonly string[] = ['--headless', '--quiet'];
