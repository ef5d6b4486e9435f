import {spawnSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {handLack} from './by-hand.ts';

const page = readFileSync(new URL('../../docs/disaster-recovery.md', import.meta.url), 'utf8');
const [script, ...others] = [...page.matchAll(/^```sh\n(?<script>.*?)^```$/gms)].map(match => match.groups!['script']!);
if (script === undefined || others.length > 0) {
	throw new Error('docs/disaster-recovery.md needs exactly one block "sh"');
}

/** The script of docs/disaster-recovery.md, as a person copies it. */
export const recoveryScript: string = script;

/** What the machine lacks to run it; `undefined` where it can. */
export const recoveryLack: string | undefined = handLack ?? ['sed', 'grep', 'split', 'comm', 'truncate', 'mkfifo'].filter(command => spawnSync(command, ['--version']).error !== undefined).map(command => `no ${command}`)[0];

export type RecoveryOutcome = {readonly code: number | null; readonly stdout: string; readonly stderr: string};

export type RecoveryOptions = {
	/** What is typed: a passphrase or recovery code. @default '' */
	readonly input?: string;
	/** Of another user, where this one is root. @default this one */
	readonly userId?: number;
	/** @default that of the system */
	readonly searchPath?: string;
};

/**
Run the script.
@param work - A folder where it keeps what it needs in between; it must leave nothing there.
@param parameters - Options, repository, key, and for a restore snapshot and target.
*/
export function runRecovery(work: string, parameters: readonly string[], {input = '', userId, searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'}: RecoveryOptions = {}): RecoveryOutcome {
	const file = path.join(work, `restore-${process.pid}.sh`);
	writeFileSync(file, recoveryScript);
	const {status, stdout, stderr} = spawnSync('bash', [file, ...parameters], {
		cwd: work, input, env: {PATH: searchPath, TMPDIR: work}, maxBuffer: 64 * 1024 * 1024, ...(userId !== undefined && {uid: userId, gid: userId}),
	});
	return {code: status, stdout: stdout.toString(), stderr: stderr.toString()};
}
