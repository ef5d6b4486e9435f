import type {Buffer} from 'node:buffer';
import {didWriteInput} from '../../programs/feed-program.ts';
import type {ProgramCall, ProgramContext} from '../../programs/program-call.ts';
import {RunningProgram} from '../../programs/running-program.ts';

/**
Pass a stream on as it is, while a program reads it, too. It ends only when that program has ended with exit code 0.
@param take - Is given what the program writes.
@yields The pieces of the stream.
@throws what the stream, the program or `take` throws; `aborted`
*/
export async function * passThrough(stream: AsyncIterable<Uint8Array>, reader: ProgramCall, context: ProgramContext, take: (output: Buffer) => void): AsyncGenerator<Uint8Array, void, undefined> {
	const program = RunningProgram.start(reader, context, {hasInput: true});
	const end = async () => {
		for await (const output of program.output) {
			take(output);
		}

		await program.succeed();
	};

	const ended = end();
	// Its failure is looked at where the stream stops, or the program takes no more.
	ended.catch(() => undefined);
	try {
		let isReading = true;
		for await (const piece of stream) {
			if (isReading && !await didWriteInput(program, piece)) {
				await ended;
				isReading = false;
			}

			yield piece;
		}

		program.input.end();
		await ended;
	} finally {
		await program.stop();
	}
}
