import {Buffer} from 'node:buffer';
import {CofferError} from '../errors.ts';
import type {ProgramCall} from './program-call.ts';
import type {RunningProgram} from './running-program.ts';

/**
Write a piece to the standard input of a program, and wait until there is room for the next.
@param piece - Copied: it may be used again at once.
@returns Whether somebody is still there to take more; what became of the program is told by `succeed`.
*/
export async function didWriteInput({input}: RunningProgram, piece: Uint8Array): Promise<boolean> {
	if (input.destroyed) {
		return false;
	}

	if (input.listenerCount('error') === 0) {
		// Whether it took everything shows at the end.
		input.on('error', () => undefined);
	}

	if (input.write(Buffer.from(piece))) {
		return true;
	}

	await new Promise<void>(resolve => {
		const settle = () => {
			input.off('drain', settle).off('close', settle);
			resolve();
		};

		input.on('drain', settle).on('close', settle);
	});
	return !input.destroyed;
}

/** Write all of the input, for as long as somebody takes it, and end it. @throws what the input throws */
export async function feedProgram(program: RunningProgram, input: AsyncIterable<Uint8Array>): Promise<void> {
	for await (const piece of input) {
		if (!await didWriteInput(program, piece)) {
			return;
		}
	}

	program.input.on('error', () => undefined).end();
}

/** See that a program which has ended had taken all of its input. @throws the call's failure code */
export function assertInputTaken({input}: RunningProgram, {what, failureCode = 'source-failed'}: ProgramCall): void {
	if (!input.writableFinished) {
		throw new CofferError(failureCode, `${what} ended before it had read everything.`);
	}
}
