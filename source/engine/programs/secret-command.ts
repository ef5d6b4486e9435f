import {Buffer} from 'node:buffer';
import {CofferError, systemErrorCode} from '../errors.ts';
import type {Runtime} from '../runtime.ts';
import {findProgram} from './find-program.ts';
import {maximumSecretBytes} from './secret-bytes.ts';

const timeoutMs = 60_000;

/**
The environment for programs of others: without this process's own secrets, and without what changes how a Node begins.
@param hidden - Names of variables that hold a secret besides. @default none
*/
export function environmentOfPrograms(environment: Readonly<Record<string, string | undefined>>, hidden: readonly string[] = []): Record<string, string | undefined> {
	return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^COFFER_|^NODE_/.test(name) && !hidden.includes(name)));
}

export type SecretCommandOptions = {
	readonly runtime: Pick<Runtime, 'spawn' | 'environment'>;
	/** Names of variables that the program does not get, besides our own. */
	readonly hidden: readonly string[];
	/** Ends the program: nobody waits for the secret any more. */
	readonly signal?: AbortSignal | undefined;
};

/** Why the program gave nothing, by how it ended. */
function describeEnd(code: number | null, error: unknown): string {
	if (systemErrorCode(error) === 'ENOENT') {
		return 'there is no such program';
	}

	return code === null || code === 0 ? 'it could not be run, printed too much, or took longer than a minute' : `it ended with exit code ${code}`;
}

/**
Run a program that prints a secret; without a shell, and without this process's own secrets in its environment. Its standard error goes nowhere, as it may say too much.
@param what - Names the setting in errors.
@returns What it has printed, which the caller wipes.
@throws `aborted`; `configuration-invalid`, whose message says neither the arguments nor the output
*/
export async function runSecretCommand(command: readonly string[], what: string, {runtime, hidden, signal}: SecretCommandOptions): Promise<Buffer> {
	const [program = '', ...programArguments] = command;
	const chunks: Buffer[] = [];
	let isTooLong = false;
	try {
		const {code, error} = await new Promise<{code: number | null; error?: unknown}>(resolve => {
			const child = runtime.spawn(findProgram([program], runtime) ?? program, programArguments, {env: environmentOfPrograms(runtime.environment, hidden), stdio: ['pipe', 'pipe', 'ignore'], timeout: timeoutMs, ...(signal && {signal})});
			let byteCount = 0;
			let failure: unknown;
			child.stdout.on('data', (chunk: Buffer) => {
				chunks.push(chunk);
				byteCount += chunk.byteLength;
				if (byteCount > maximumSecretBytes) {
					isTooLong = true;
					child.kill();
				}
			});
			child.on('error', cause => {
				failure = cause;
				// One that was never started does not close.
				if (child.pid === undefined) {
					resolve({code: null, error: cause});
				}
			});
			child.on('close', closeCode => {
				resolve({code: closeCode, error: failure});
			});
			// It may end without having read anything.
			child.stdin.on('error', () => undefined);
			child.stdin.end();
		});
		if (signal?.aborted) {
			throw new CofferError('aborted', `The program that ${what} names (${program}) was not waited for any longer.`);
		}

		if (code !== 0 || error !== undefined || isTooLong) {
			throw new CofferError('configuration-invalid', `The program that ${what} names (${program}) gave no secret: ${describeEnd(code, error)}.`);
		}

		return Buffer.concat(chunks);
	} finally {
		for (const chunk of chunks) {
			chunk.fill(0);
		}
	}
}
