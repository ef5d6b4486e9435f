import path from 'node:path';
import process from 'node:process';
import type {Tool} from './tool.ts';

export type CofferOptions = {
	/** Its `cli.js`. @default the built one of this project */
	readonly program?: string;
	/** Flags for Node. @default none */
	readonly nodeFlags?: readonly string[];
	/** Worker threads. @default as it comes */
	readonly threads?: number;
};

const built = path.resolve(import.meta.dirname, '../../../dist/cli.js');

/** The built program, with a key file. */
export function createCoffer({program = built, nodeFlags = [], threads}: CofferOptions = {}): Tool {
	const run = (...argv: readonly string[]) => ({argv: [process.execPath, ...nodeFlags, program, ...argv] as const});
	const counted = threads === undefined ? [] : ['--threads', String(threads)];
	return {
		name: 'coffer',
		terms: 'as built, key file, everything else as it comes',
		versionCommands: {coffer: [process.execPath, program, '--version'], node: [process.execPath, '--version']},
		installation: 'npm run build',
		environment: ({home, repository}) => ({
			COFFER_REPOSITORY: repository,
			COFFER_KEY_FILE: path.join(home, 'key'),
			XDG_CONFIG_HOME: path.join(home, 'config'),
			XDG_STATE_HOME: path.join(home, 'state'),
			XDG_DATA_HOME: path.join(home, 'data'),
			XDG_CACHE_HOME: path.join(home, 'cache'),
		}),
		create: () => run('init', '--headless'),
		backup: ({source}) => run('backup', source, '--headless', ...counted),
		verify: () => run('verify', '--read-data', '--headless', ...counted),
		restore: ({target}) => run('restore', 'latest', '--target', target, '--headless', ...counted),
		restoredTree: ({source, target}) => path.join(target, source),
	};
}

export const coffer: Tool = createCoffer();
