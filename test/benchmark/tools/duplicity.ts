import path from 'node:path';
import type {Tool} from './tool.ts';

const url = (repository: string): string => `file://${repository}`;
const run = (home: string, ...argv: readonly string[]) => ({argv: ['duplicity', ...argv, '--archive-dir', path.join(home, 'archive'), '--no-print-statistics', '--verbosity', 'error'] as const});

export const duplicity: Tool = {
	name: 'duplicity',
	terms: 'everything as it comes (compression and symmetric encryption by GnuPG); `full` first, then `incr`',
	versionCommands: {duplicity: ['duplicity', '--version'], gpg: ['gpg', '--version']},
	installation: 'apt-get install duplicity',
	environment: ({home}, passphrase) => ({PASSPHRASE: passphrase, GNUPGHOME: path.join(home, 'gnupg')}),
	create: ({home, repository}) => ({argv: ['mkdir', '-m', '700', path.join(home, 'gnupg'), repository]}),
	backup: ({home, repository, source}, number) => run(home, number === 1 ? 'full' : 'incr', source, url(repository)),
	verify: ({home, repository, source}) => run(home, 'verify', url(repository), source),
	restore: ({home, repository, target}) => run(home, 'restore', '--force', url(repository), target),
	restoredTree: ({target}) => target,
	tidyUp: {argv: ['gpgconf', '--kill', 'all']},
};
