import {type Buffer} from 'node:buffer';
import {assertInputTaken, feedProgram} from './feed-program.ts';
import type {ProgramCall, ProgramContext} from './program-call.ts';
import {RunningProgram} from './running-program.ts';

export type PipeOptions = {
	/** It may end before it has read everything, as one that looks at the beginning alone. @default false */
	readonly mayLeaveInput?: boolean;
};

/**
What a program makes of an input, piece by piece. It ends only when the program has ended by itself with exit code 0; who stops early ends the program.
@yields Good until the next is asked for.
@throws what the input throws; the call's failure code, also where the program did not take all of the input; `aborted`
*/
export async function * pipeProgram(call: ProgramCall, context: ProgramContext, input: AsyncIterable<Uint8Array>, {mayLeaveInput = false}: PipeOptions = {}): AsyncGenerator<Buffer, void, undefined> {
	const program = RunningProgram.start(call, context, {hasInput: true});
	let failure: {readonly error: unknown} | undefined;
	const fed = (async () => {
		try {
			await feedProgram(program, input);
		} catch (error) {
			failure = {error};
			// It would wait for the rest for ever.
			await program.stop();
		}
	})();
	try {
		yield * program.output;
		await program.succeed();
		if (!mayLeaveInput) {
			assertInputTaken(program, call);
		}
	} catch (error) {
		throw failure ? failure.error : error;
	} finally {
		await program.stop();
		await fed;
	}
}
