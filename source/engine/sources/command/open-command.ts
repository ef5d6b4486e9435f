import {fromText} from '../../byte-string.ts';
import {CofferError} from '../../errors.ts';
import {sizeText} from '../../size-text.ts';
import {findProgram} from '../../programs/find-program.ts';
import type {ProgramCall} from '../../programs/program-call.ts';
import {streamProgram} from '../../programs/run-program.ts';
import {splitStreamedPath} from '../../streamed-entry.ts';
import {createDumpEntry} from '../dump-entry.ts';
import type {CommandSource} from '../source.ts';
import type {OpenStream, SourceContext} from '../source-stream.ts';

/**
All that the program writes; fewer bytes than asked for are a failure.
@yields Good until the next is asked for.
*/
async function * readOutput(call: ProgramCall, context: SourceContext, {name, minimumBytes = 1}: CommandSource): AsyncGenerator<Uint8Array, void> {
	let byteCount = 0;
	for await (const piece of streamProgram(call, context)) {
		byteCount += piece.byteLength;
		yield piece;
	}

	if (byteCount < minimumBytes) {
		throw new CofferError('source-failed', `${call.what} ended with exit code 0, but gave ${sizeText(byteCount)} where ${sizeText(minimumBytes)} or more were expected; no snapshot of "${name}" was made. See what it says by hand.`, {context: {byteCount}});
	}
}

/** A program's standard output, as the one file of the snapshot, named as the source is. */
export const openCommand: OpenStream<CommandSource> = async (source, context) => {
	const {name, command, workingFolder} = source;
	const [first = '', ...rest] = command;
	const program = findProgram([first], context.runtime);
	if (program === undefined) {
		throw new CofferError('source-missing', `The program ${first} of the source "${name}" is not on this machine, or may not be run. Install it, or name it by its absolute path.`, {context: {program: first}});
	}

	const file = fromText(`/${name}`);
	const split = splitStreamedPath(file);
	if ('reason' in split) {
		throw new CofferError('source-failed', `What the command of "${name}" gives cannot be a file of that name: ${split.reason}. Give the source another name.`, {context: {source: name}});
	}

	const call: ProgramCall = {program, arguments: rest, what: `The command of "${name}" (${program})`, ...(workingFolder !== undefined && {workingFolder})};
	return {
		paths: [program],
		async * entries() {
			yield createDumpEntry(file, readOutput(call, context, source), context.runtime);
		},
		facts: () => ({origin: program}),
		close: async () => undefined,
	};
};
