import {execFile} from 'node:child_process';
import process from 'node:process';
import {promisify} from 'node:util';

const run = promisify(execFile);
const localUrl = new URL('../../source/engine/storage/local.ts', import.meta.url).href;
const runtimeUrl = new URL('../../source/engine/runtime.ts', import.meta.url).href;

/** What a script threw; no `code` where it threw nothing. */
export type ScriptOutcome = {
	readonly code?: string;
	readonly message?: string;
	readonly isRetryable?: boolean;
};

/**
Run statements in a process of their own, which has a local storage at `root` in the variable `storage`: for what cannot be tried in the tests' own process.
@param command - Program and arguments in front of the call of Node, such as `strace` with its options. @default none
@throws Where the process ends otherwise than with code 0.
*/
export async function runStorageScript(root: string, body: string, command: readonly string[] = []): Promise<ScriptOutcome> {
	const script = `
		import {createLocalStorage} from ${JSON.stringify(localUrl)};
		import {createSystemRuntime} from ${JSON.stringify(runtimeUrl)};
		const storage = createLocalStorage({folder: ${JSON.stringify(root)}, runtime: createSystemRuntime()});
		try {
			${body}
			console.log('{}');
		} catch (error) {
			console.log(JSON.stringify({code: error.code ?? String(error), message: error.message, isRetryable: error.isRetryable}));
		}`;
	const [program, ...programArguments] = [...command, process.execPath, '--input-type=module', '--eval', script];
	// One thread in the pool, so that calls come in a known order.
	const {stdout} = await run(program, programArguments, {env: {...process.env, UV_THREADPOOL_SIZE: '1'}});
	return JSON.parse(stdout) as ScriptOutcome;
}
