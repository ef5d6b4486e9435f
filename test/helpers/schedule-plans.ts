import type {Job} from '../../source/engine/index.ts';
import {installationId, type Installation} from '../../source/cli/schedule/installation.ts';
import type {UnitSurroundings} from '../../source/cli/schedule/unit-surroundings.ts';

/** An installation for planners: nothing of it needs to be there. */
export function createInstallation(changes: Partial<Installation> = {}): Installation {
	const configFile = changes.configFile ?? '/etc/coffer/config.json';
	return {
		id: installationId(configFile),
		configFile,
		isUsual: true,
		command: {node: '/usr/bin/node', script: '/usr/lib/node_modules/coffer/dist/cli.js', globals: ['--config', configFile]},
		environment: {},
		...changes,
	};
}

/** The nightly backup, with changes. */
export function createJob(changes: Partial<Job> = {}): Job {
	return {
		name: 'daily', kind: 'backup', expression: '0 2 * * *', timeZone: 'Europe/Berlin', isEnabled: true, jitterMs: 0, catchesUp: true, overlap: 'skip', niceness: 10, ioPriority: 'low', class: 'daily', ...changes,
	};
}

/** Root on a server with a local repository and a key file. */
export function createSurroundings(changes: Partial<UnitSurroundings> = {}): UnitSurroundings {
	return {
		isSystem: true,
		home: '/root',
		repository: '/srv/coffer',
		stateFolder: '/var/lib/coffer',
		isStateUsual: true,
		keyFile: '/etc/coffer/key',
		databaseFolders: [],
		usesTemporaryFolders: false,
		hasSecretPrograms: false,
		hasBackupPrograms: false,
		...changes,
	};
}

/** One job of each kind that differs in what is written. */
export const exampleJobs: readonly Job[] = [
	createJob(),
	createJob({name: 'monthly', expression: '30  4 1,15 * fri', class: 'monthly', jitterMs: 600_000, timeLimitMs: 4 * 3_600_000}),
	createJob({name: 'monitor', kind: 'monitor', expression: '*/30 * * * *', catchesUp: false, niceness: 0, ioPriority: 'normal'}),
	createJob({name: 'rotate', kind: 'rotate', expression: '30 5 * * *', ioPriority: 'idle'}),
	createJob({name: 'tokyo', expression: '0 3 * * 1-5', timeZone: 'Asia/Tokyo', overlap: 'wait', timeLimitMs: 60_000}),
	createJob({name: 'off', isEnabled: false}),
];
