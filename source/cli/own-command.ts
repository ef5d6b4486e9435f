import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import type {CommandContext} from './command-line.ts';
import {resolveRepositoryUrl} from './connection.ts';

/** The program that runs now: in a bundle all files lie side by side. Absolute. */
export const ownScript = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../cli.ts' : 'cli.js', import.meta.url));

/** How this very program is started again, about the same repository with the same key. */
export type OwnCommand = {
	/** The running Node. Absolute. */
	readonly node: string;
	/** Absolute. */
	readonly script: string;
	/** Global flags with absolute paths: where configuration, repository and key are, if flags or environment have named them. Never a secret. */
	readonly globals: readonly string[];
};

/** What starts this program again from any folder, without this process's environment. */
export function ownCommand({arguments: flags, environment, paths, cwd}: Pick<CommandContext, 'arguments' | 'environment' | 'paths' | 'cwd'>): OwnCommand {
	const repository = flags.text('repository') ?? environment['COFFER_REPOSITORY'];
	const keyFile = flags.text('keyFile') ?? environment['COFFER_KEY_FILE'];
	return {
		node: process.execPath,
		script: ownScript,
		globals: [
			...(paths.isConfigNamed ? ['--config', paths.configFile] : []),
			...(repository ? ['--repository', resolveRepositoryUrl(repository, cwd)] : []),
			...(keyFile ? ['--key-file', path.resolve(cwd, keyFile)] : []),
		],
	};
}
