import {CofferError} from '../errors.ts';
import {sizeText} from '../size-text.ts';
import {assertInputTaken, feedProgram} from './feed-program.ts';
import type {ProgramCall, ProgramContext} from './program-call.ts';
import {RunningProgram, type StartOptions} from './running-program.ts';

const defaultOutputBytes = 16 * 1024 * 1024;

/**
What a program writes to its standard output, piece by piece, as fast as it is taken. It ends only when the program has ended by itself with exit code 0; who stops early ends the program.
@yields Good until the next is asked for.
@throws the call's failure code, also when all output has been given already; `aborted`
*/
export async function * streamProgram(call: ProgramCall, context: ProgramContext, options: Pick<StartOptions, 'mayLeaveOthers'> = {}): AsyncGenerator<Buffer, void, undefined> {
	const program = RunningProgram.start(call, context, options);
	try {
		yield * program.output;
		await program.succeed();
	} finally {
		await program.stop();
	}
}

async function collect(program: RunningProgram, {what, failureCode = 'source-failed'}: ProgramCall, maximumBytes: number): Promise<Buffer> {
	const pieces: Buffer[] = [];
	let byteCount = 0;
	for await (const piece of program.output) {
		byteCount += piece.byteLength;
		if (byteCount > maximumBytes) {
			throw new CofferError(failureCode, `${what} gave more than ${sizeText(maximumBytes)}, which is more than can be meant.`);
		}

		pieces.push(piece);
	}

	return Buffer.concat(pieces);
}

export type RunOptions = {
	/** For its standard input. @default none */
	readonly input?: AsyncIterable<Uint8Array>;
	/** More output is a failure. @default 16 MiB */
	readonly maximumOutputBytes?: number;
};

/** What a program has written. */
export type ProgramOutput = {
	readonly output: Buffer;
	/** The end of what it wrote to its standard error. */
	readonly errors: string;
};

/**
Run a program to its end.
@throws the call's failure code, also where it did not take all of the input; what the input throws; `aborted`
*/
export async function runProgram(call: ProgramCall, context: ProgramContext, {input, maximumOutputBytes = defaultOutputBytes}: RunOptions = {}): Promise<ProgramOutput> {
	const program = RunningProgram.start(call, context, {hasInput: input !== undefined});
	try {
		const end = async () => {
			const output = await collect(program, call, maximumOutputBytes);
			await program.succeed();
			return output;
		};

		const [output] = await Promise.all([end(), input && feedProgram(program, input)]);
		if (input) {
			assertInputTaken(program, call);
		}

		return {output, errors: program.errors};
	} finally {
		await program.stop();
	}
}
