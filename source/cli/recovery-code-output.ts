import {write} from 'node:fs';
import {open, unlink} from 'node:fs/promises';
import path from 'node:path';
import {promisify} from 'node:util';
import {CofferError, errorText} from '../engine/index.ts';
import type {CommandContext} from './command-line.ts';
import {assertWritable} from './export-place.ts';

/** Where a new recovery code goes. Each step is awaited. */
export type CodeOutput = {
	/** Before the key is made: what is written then is durable. */
	prepare(code: Uint8Array): Promise<void>;
	/** The key is there. */
	show(code: Uint8Array): Promise<void>;
	/** The key could not be made. */
	takeBack(): Promise<void>;
};

const groupBytes = 5;
const writeDescriptor = promisify(write);
const nothing = async (): Promise<void> => undefined;

/** The groups of a code in two lines, as they are copied to paper. */
function twoLines(code: Uint8Array): Buffer {
	const half = (4 * (groupBytes + 1)) - 1;
	const indent = Buffer.from(' '.repeat(4));
	const end = Buffer.from('\n');
	return Buffer.concat([indent, code.subarray(0, half), end, indent, code.subarray(half + 1), end]);
}

function toTerminal({stderr}: CommandContext): CodeOutput {
	return {
		prepare: nothing,
		async show(code) {
			const lines = twoLines(code);
			stderr.write('\nThe recovery code. It is shown this once, and stands nowhere else:\n\n');
			await new Promise<void>(resolve => {
				stderr.write(lines, () => {
					resolve();
				});
			});
			lines.fill(0);
			stderr.write('\nWrite it on paper and keep it apart from this machine and from the repository. Upper or lower case, spaces and dashes do not matter when it is typed;\nthe last character of each group tells of a mistake. Whoever has it and the repository can read all backups. Then clear this screen.\n\n');
		},
		takeBack: nothing,
	};
}

function toFile(file: string): CodeOutput {
	return {
		async prepare(code) {
			try {
				const handle = await open(file, 'wx', 0o600);
				try {
					await handle.chmod(0o600);
					await handle.writeFile(code);
					await handle.writeFile('\n');
					await handle.sync();
				} finally {
					await handle.close();
				}
			} catch (error) {
				throw new CofferError('target-unusable', `The recovery code cannot be written to ${file}: ${errorText(error)}. No key was made.`, {context: {file}, cause: error});
			}
		},
		show: nothing,
		takeBack: async () => unlink(file),
	};
}

function toDescriptor(text: string): CodeOutput {
	const descriptor = /^\d{1,9}$/.test(text) ? Number(text) : 0;
	if (descriptor < 3) {
		throw new CofferError('usage', '--code-fd takes the number of an open descriptor above 2 (as in: coffer key export --code-fd 3 3>FILE).');
	}

	return {
		async prepare(code) {
			const line = Buffer.concat([code, Buffer.from('\n')]);
			try {
				await writeDescriptor(descriptor, line);
			} catch (error) {
				throw new CofferError('usage', `The recovery code cannot be written to the descriptor ${descriptor}: ${errorText(error)}. Open it for coffer, as in: coffer key export --code-fd ${descriptor} ${descriptor}>FILE. No key was made.`, {cause: error});
			} finally {
				line.fill(0);
			}
		},
		show: nothing,
		takeBack: nothing,
	};
}

/** Where this command line wants the code. @throws `usage` where there is no place for it; `target-unusable` */
export async function chooseCodeOutput(context: CommandContext): Promise<CodeOutput> {
	const {arguments: flags, cwd, isInteractive} = context;
	const [file, descriptor] = [flags.text('codeFile'), flags.text('codeFd')];
	if (file !== undefined && descriptor !== undefined) {
		throw new CofferError('usage', 'The recovery code goes to one place: --code-file or --code-fd.');
	}

	if (file !== undefined) {
		const absolute = path.resolve(cwd, file);
		await assertWritable(absolute);
		return toFile(absolute);
	}

	if (descriptor !== undefined) {
		return toDescriptor(descriptor);
	}

	if (isInteractive) {
		return toTerminal(context);
	}

	throw new CofferError('usage', 'There is no terminal to show the recovery code on. Say where it is to go: --code-file FILE (a new file of mode 600) or --code-fd N; or choose a passphrase of your own with --passphrase.');
}
