import path from 'node:path';
import process from 'node:process';
import type {Tool} from './tool.ts';

const program = path.resolve(import.meta.dirname, '../../../dist/cli.js');
const run = (...argv: readonly string[]) => ({argv: [process.execPath, program, ...argv] as const});

/** The built program, with a key file. */
export const coffer: Tool = {
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
	backup: ({source}) => run('backup', source, '--headless'),
	verify: () => run('verify', '--read-data', '--headless'),
	restore: ({target}) => run('restore', 'latest', '--target', target, '--headless'),
	restoredTree: ({source, target}) => path.join(target, source),
};
