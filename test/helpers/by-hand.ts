import {execFileSync, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';

const page = readFileSync(new URL('../../source/engine/repository/format.md', import.meta.url), 'utf8');

function blockOf(mark: string): string {
	const block = new RegExp(`^\`\`\`${mark}\n(?<commands>[^]*?)^\`\`\`$`, 'm').exec(page)?.groups?.['commands'];
	if (block === undefined) {
		throw new Error(`format.md has no block "${mark}"`);
	}

	return block;
}

/** The shell functions that format.md gives for reading by hand. */
export const handFunctions = blockOf('sh');
/** The walk from a key file's digits to a blob's content, as format.md gives it. */
export const handWalk = blockOf('sh walk');

/** What the machine lacks to run them; `undefined` where it can. */
export const handLack: string | undefined = ['bash', 'openssl', 'zstd', 'jq', 'dd', 'od', 'base64']
	.filter(command => spawnSync(command, ['--version']).error !== undefined)
	.map(command => `no ${command}`)[0]
	?? (/^OpenSSL [3-9]/.test(spawnSync('openssl', ['version']).stdout.toString()) ? undefined : 'no OpenSSL 3');

/**
Run `commands` after the functions of format.md, stopping at the first that fails.
@param folder - Where relative names lie; intermediate files are written there.
@returns What they print.
*/
export function runByHand(commands: string, folder: string, environment: Readonly<Record<string, string>> = {}): Buffer {
	return execFileSync('bash', ['-euc', `${handFunctions}\n${commands}`], {cwd: folder, env: {PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', ...environment}, stdio: ['ignore', 'pipe', 'pipe']});
}
