import path from 'node:path';
import type {Tool} from './tool.ts';

const cipher = 'aes-256-cbc -pbkdf2 -iter 100000';
const bash = (script: string, ...argv: readonly string[]) => ({argv: ['bash', '-o', 'pipefail', '-euc', script, 'bash', ...argv] as const});
const archive = (repository: string, number: number): string => path.join(repository, `${number}.tar.zst.enc`);

/** What the scripts do that a backup program replaces: everything anew each night. */
export const pipeline: Tool = {
	name: 'tar, zstd, openssl',
	terms: `\`tar | zstd -3 -T0 | openssl enc -${cipher}\`: a full archive each time, no hashes, no fsync`,
	versionCommands: {tar: ['tar', '--version'], zstd: ['zstd', '--version'], openssl: ['openssl', 'version'], bash: ['bash', '--version']},
	installation: 'apt-get install tar zstd openssl',
	environment: () => ({}),
	create: ({repository}) => ({argv: ['mkdir', repository]}),
	backup: ({repository, passphraseFile, source}, number) => bash(
		`tar -C "$1" -cf - . | zstd -q -3 -T0 | openssl enc -${cipher} -pass "file:$2" -out "$3"`, source, passphraseFile, archive(repository, number),
	),
	verify: ({repository, passphraseFile}, number) => bash(`openssl enc -d -${cipher} -pass "file:$1" -in "$2" | zstd -q -d | tar -tf - >/dev/null`, passphraseFile, archive(repository, number)),
	restore: ({repository, passphraseFile, target}, number) => bash(
		`openssl enc -d -${cipher} -pass "file:$1" -in "$2" | zstd -q -d | tar -C "$3" -xpf -`, passphraseFile, archive(repository, number), target,
	),
	restoredTree: ({target}) => target,
};
