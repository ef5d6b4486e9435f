import process from 'node:process';
import {StringDecoder} from 'node:string_decoder';
import {CofferError} from '../engine/index.ts';
import {toSafeText} from '../text/display-text.ts';

export type PromptStreams = {
	readonly stdin: NodeJS.ReadableStream;
	readonly stderr: NodeJS.WritableStream;
};

type RawInput = NodeJS.ReadableStream & {setRawMode?(isRaw: boolean): unknown; ref?(): unknown; unref?(): unknown};

const maximumAnswerLength = 4096;

/**
Ask on the terminal. Without echo nothing of the answer is shown, not even its length.
@throws `aborted` on Ctrl-C, Ctrl-D, a hangup or the end of input
*/
export async function ask(question: string, {stdin, stderr}: PromptStreams, options: {readonly hasEcho: boolean}): Promise<string> {
	const input = stdin as RawInput;
	const decoder = new StringDecoder('utf8');
	// A terminal that is gone tells it by an error at every call; the end of the input is what counts.
	const ignore = () => undefined;
	input.on('error', ignore);
	input.ref?.();
	// Raw before the question stands there, so that not even a fast typist's first letters show.
	input.setRawMode?.(true);
	stderr.write(question);
	try {
		return await new Promise<string>((resolve, reject) => {
			let answer = '';
			const settle = (action: () => void) => {
				input.off('data', onData);
				input.off('end', onEnd);
				input.off('error', onEnd);
				process.off('SIGHUP', onEnd);
				input.pause();
				action();
			};

			const fail = () => {
				settle(() => {
					reject(new CofferError('aborted', 'Nothing was answered, so nothing was done.'));
				});
			};

			/** What was typed ahead is for the next question. */
			const finish = (rest: string) => {
				settle(() => {
					if (rest !== '') {
						input.unshift(rest, 'utf8');
					}

					resolve(answer);
				});
			};

			const onEnd = fail;
			const onData = (chunk: Buffer | string) => {
				const characters = [...(typeof chunk === 'string' ? chunk : decoder.write(chunk))];
				for (const [index, character] of characters.entries()) {
					if (character === '\r' || character === '\n') {
						const rest = characters.slice(index + 1).join('');
						finish(character === '\r' && rest.startsWith('\n') ? rest.slice(1) : rest);
						return;
					}

					if (character === '\u0003' || character === '\u0004') {
						fail();
						return;
					}

					if (character === '\u007F' || character === '\b') {
						if (options.hasEcho && answer !== '') {
							stderr.write('\b \b');
						}

						answer = [...answer].slice(0, -1).join('');
					} else if (character >= ' ' && answer.length < maximumAnswerLength) {
						answer += character;
						if (options.hasEcho) {
							stderr.write(toSafeText(character));
						}
					}
				}
			};

			input.on('data', onData);
			input.on('end', onEnd);
			input.on('error', onEnd);
			if (input.setRawMode) {
				// Of SIGINT and SIGTERM Node dies with the terminal as it was, of this one it would not.
				process.on('SIGHUP', onEnd);
			}

			input.resume();
		});
	} finally {
		input.setRawMode?.(false);
		input.off('error', ignore);
		input.unref?.();
		stderr.write('\n');
	}
}

/** Ask a question that only `y` or `yes` answers with yes; Enter never confirms. @throws `aborted` */
export async function isConfirmed(question: string, streams: PromptStreams): Promise<boolean> {
	const answer = await ask(`${question} y/N `, streams, {hasEcho: true});
	return /^y(?:es)?$/i.test(answer.trim());
}
