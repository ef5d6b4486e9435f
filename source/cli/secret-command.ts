import {execFile} from 'node:child_process';
import {CofferError} from '../engine/index.ts';

const maximumSecretBytes = 65_536;
const timeoutMs = 60_000;

/** Words as a shell splits them, with quotes and backslashes, and nothing else of a shell. @throws `usage` */
export function splitWords(text: string, what: string): string[] {
	const words: string[] = [];
	const pattern = /\s*(?<word>(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+)/gsy;
	let end = 0;
	for (const match of text.matchAll(pattern)) {
		end = match.index + match[0].length;
		words.push(match.groups!['word']!.replaceAll(/'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\.)*)"|\\(?<escaped>.)/gs, (_whole, single?: string, double?: string, escaped?: string) => single ?? double?.replaceAll(/\\(?<escaped>["\\$`])/g, '$<escaped>') ?? escaped ?? ''));
	}

	if (words.length === 0 || text.slice(end).trim() !== '') {
		throw new CofferError('usage', `${what} is empty or has a quote that does not end.`);
	}

	return words;
}

/** The environment for programs of others: without this process's own secrets, and without what changes how a Node begins. */
export function environmentOfPrograms(environment: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
	return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^COFFER_|^NODE_/.test(name)));
}

/**
Run a program that prints a secret; without a shell, and without this process's own secrets in its environment. Its standard error goes nowhere, as it may say too much.
@param what - Names the setting in errors.
@param signal - Ends the program: nobody waits for the secret any more.
@throws `aborted`; `configuration-invalid`, whose message says neither the arguments nor the output
*/
export async function runSecretCommand(command: readonly string[], environment: Readonly<Record<string, string | undefined>>, what: string, signal?: AbortSignal): Promise<string> {
	const [program = '', ...programArguments] = command;
	return new Promise((resolve, reject) => {
		const child = execFile(program, programArguments, {env: environmentOfPrograms(environment), maxBuffer: maximumSecretBytes, timeout: timeoutMs, encoding: 'utf8', windowsHide: true, ...(signal && {signal})}, (error, stdout) => {
			if (signal?.aborted) {
				reject(new CofferError('aborted', `The program that ${what} names (${program}) was not waited for any longer.`));
			} else if (error) {
				const {code} = error as {code?: unknown};
				const reason = code === 'ENOENT' ? 'there is no such program' : (typeof code === 'number' ? `it ended with exit code ${code}` : 'it could not be run, printed too much, or took longer than a minute');
				reject(new CofferError('configuration-invalid', `The program that ${what} names (${program}) gave no secret: ${reason}.`));
			} else {
				resolve(stdout);
			}
		});
		child.stdin?.end();
	});
}
