import path from 'node:path';
import type {Tool} from './tool.ts';

export const borg: Tool = {
	name: 'borg',
	terms: '`--encryption repokey-blake2`, `--compression zstd,3` (its default, lz4, is quicker and larger; the others compress with zstd or deflate)',
	versionCommands: {borg: ['borg', '--version']},
	installation: 'apt-get install borgbackup',
	environment: ({home, repository, passphraseFile}) => ({
		BORG_REPO: repository,
		BORG_PASSCOMMAND: `cat '${passphraseFile}'`,
		BORG_BASE_DIR: home,
	}),
	create: () => ({argv: ['borg', 'init', '--encryption', 'repokey-blake2']}),
	backup: ({source}, number) => ({argv: ['borg', 'create', '--compression', 'zstd,3', `::backup-${number}`, source]}),
	verify: () => ({argv: ['borg', 'check', '--verify-data']}),
	restore: ({target}, number) => ({argv: ['borg', 'extract', `::backup-${number}`], cwd: target}),
	restoredTree: ({source, target}) => path.join(target, source),
};
