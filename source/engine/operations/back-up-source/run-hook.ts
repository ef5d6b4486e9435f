import {CofferError, errorText, isCofferError} from '../../errors.ts';
import {findProgram} from '../../programs/find-program.ts';
import type {ProgramContext} from '../../programs/program-call.ts';
import {streamProgram} from '../../programs/run-program.ts';
import type {Hook} from '../../sources/source.ts';
import {withDeadline} from './deadline.ts';

const defaultTimeoutMs = 10 * 60 * 1000;
const shell = '/bin/sh';
/** Of what a hook prints, the last so many characters are kept. */
const maximumTextCharacters = 16_384;

/** How a hook has ended. */
export type HookOutcome = {
	readonly status: 'succeeded' | 'failed';
	readonly durationMs: number;
	/** Of a hook that failed: a sentence. */
	readonly message?: string;
};

export type HookCall = {
	readonly hook: Hook;
	readonly name: 'before' | 'after';
	/** The source's name. */
	readonly source: string;
	/** What the hook is told besides, as variables of its environment. */
	readonly environment?: Readonly<Record<string, string>>;
};

/** What it runs: a program with its arguments, or a shell where one was asked for. */
function commandOf(hook: Hook): readonly string[] {
	return 'shell' in hook ? [shell, '-c', hook.shell] : hook.command;
}

/**
Run an administrator's program. It is told `COFFER_SOURCE` and `COFFER_HOOK`; what it writes goes to the log. It may start a service, which goes on.
@returns How it ended; that it failed is no error here.
@throws `aborted`
*/
export async function runHook({hook, name, source, environment}: HookCall, context: ProgramContext): Promise<HookOutcome> {
	const {runtime, signal, log} = context;
	const startMs = runtime.monotonicMs();
	const duration = () => Math.round(runtime.monotonicMs() - startMs);
	const what = `The hook "${name}" of "${source}"`;
	const [first = '', ...rest] = commandOf(hook);
	const timeoutMs = hook.timeoutMs ?? defaultTimeoutMs;
	try {
		const program = findProgram([first], runtime);
		if (program === undefined) {
			throw new CofferError('source-failed', `${what} failed: there is no program ${first} on this machine.`);
		}

		await withDeadline({runtime, signal, durationMs: timeoutMs, message: `${what} was ended: it took longer than ${Math.round(timeoutMs / 1000)} seconds.`}, async limited => {
			let text = '';
			const call = {program, arguments: rest, what, environment: {COFFER_SOURCE: source, COFFER_HOOK: name, ...environment}};
			for await (const piece of streamProgram(call, {runtime, signal: limited, log}, {mayLeaveOthers: true})) {
				text = (text + piece.toString()).slice(-maximumTextCharacters);
			}

			if (text.trim() !== '') {
				log(`${what} printed: ${text.trim()}`);
			}
		});
		return {status: 'succeeded', durationMs: duration()};
	} catch (error) {
		if (isCofferError(error, 'source-failed')) {
			return {status: 'failed', durationMs: duration(), message: errorText(error)};
		}

		throw error;
	}
}
