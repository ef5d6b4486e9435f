import path from 'node:path';
import type {Tool} from './tool.ts';

export const restic: Tool = {
	name: 'restic',
	terms: 'everything as it comes (repository version and compression of that release)',
	versionCommands: {restic: ['restic', 'version']},
	installation: 'apt-get install restic',
	environment: ({home, repository, passphraseFile}) => ({
		RESTIC_REPOSITORY: repository,
		RESTIC_PASSWORD_FILE: passphraseFile,
		RESTIC_CACHE_DIR: path.join(home, 'cache'),
	}),
	create: () => ({argv: ['restic', 'init', '--quiet']}),
	backup: ({source}) => ({argv: ['restic', 'backup', '--quiet', source]}),
	verify: () => ({argv: ['restic', 'check', '--quiet', '--read-data']}),
	restore: ({target}) => ({argv: ['restic', 'restore', '--quiet', 'latest', '--target', target]}),
	restoredTree: ({source, target}) => path.join(target, source),
};
