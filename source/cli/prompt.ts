import process from 'node:process';
import {StringDecoder} from 'node:string_decoder';
import {CofferError} from '../engine/index.ts';
import {toSafeText} from '../text/display-text.ts';

export type PromptStreams = {
	readonly stdin: NodeJS.ReadableStream;
	readonly stderr: NodeJS.WritableStream;
};

type RawInput = NodeJS.ReadableStream & {setRawMode?(isRaw: boolean): unknown; ref?(): unknown; unref?(): unknown};

const maximumAnswerBytes = 4096;

const backspace = 0x08;
const deletion = 0x7F;
const lineEnds = new Set([0x0A, 0x0D]);
/** Ctrl-C and Ctrl-D, which a raw terminal sends as they are. */
const endings = new Set([0x03, 0x04]);

const isContinuation = (byte: number): boolean => (byte & 0xC0) === 0x80;

/** An answer as it is typed: UTF-8, in a buffer of its own. */
class Answer {
	// Room for the rest of the last character.
	readonly #bytes = Buffer.alloc(maximumAnswerBytes + 4);
	#length = 0;

	/** Characters are taken as a whole or not at all. */
	add(byte: number): void {
		const isTaken = isContinuation(byte) ? this.#length > 0 && this.#length < this.#bytes.byteLength : this.#length < maximumAnswerBytes;
		if (isTaken) {
			this.#bytes[this.#length++] = byte;
		}
	}

	/** @returns Whether there was a character to remove. */
	removeLast(): boolean {
		const hadOne = this.#length > 0;
		while (this.#length > 0 && isContinuation(this.#bytes[--this.#length]!)) {
			// The character began before.
		}

		return hadOne;
	}

	/** A copy, which the caller wipes; this one is wiped. */
	take(): Buffer {
		const copy = Buffer.from(this.#bytes.subarray(0, this.#length));
		this.#bytes.fill(0);
		return copy;
	}
}

/** @param hasEcho - Whether what is typed is shown. */
async function readAnswer(question: string, {stdin, stderr}: PromptStreams, hasEcho: boolean): Promise<Buffer> {
	const input = stdin as RawInput;
	const answer = new Answer();
	const decoder = new StringDecoder('utf8');
	// A terminal that is gone tells it by an error at every call; the end of the input is what counts.
	const ignore = () => undefined;
	input.on('error', ignore);
	input.ref?.();
	// Raw before the question stands there, so that not even a fast typist's first letters show.
	input.setRawMode?.(true);
	stderr.write(question);
	try {
		return await new Promise<Buffer>((resolve, reject) => {
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
					answer.take().fill(0);
					reject(new CofferError('aborted', 'Nothing was answered, so nothing was done.'));
				});
			};

			/** What was typed ahead is for the next question. */
			const finish = (rest: Buffer, isText: boolean) => {
				settle(() => {
					if (rest.byteLength > 0) {
						input.unshift(isText ? rest.toString() : rest);
					}

					resolve(answer.take());
				});
			};

			const echo = (byte: number) => {
				if (hasEcho) {
					stderr.write(toSafeText(decoder.write(Buffer.of(byte))));
				}
			};

			const onEnd = () => {
				if (input.setRawMode) {
					// A terminal that is gone is told of twice, in no order: the signal may yet come, and must not kill a program that ends by itself.
					process.on('SIGHUP', ignore);
				}

				fail();
			};

			const onData = (chunk: Buffer | string) => {
				const bytes = Buffer.from(chunk as string);
				for (const [index, byte] of bytes.entries()) {
					if (lineEnds.has(byte)) {
						finish(Buffer.from(bytes.subarray(index + (byte === 0x0D && bytes[index + 1] === 0x0A ? 2 : 1))), typeof chunk === 'string');
						break;
					}

					if (endings.has(byte)) {
						fail();
						break;
					}

					if (byte === deletion || byte === backspace) {
						if (answer.removeLast() && hasEcho) {
							stderr.write('\b \b');
						}
					} else if (byte >= 0x20) {
						answer.add(byte);
						echo(byte);
					}
				}

				bytes.fill(0);
				if (!hasEcho && typeof chunk !== 'string') {
					chunk.fill(0);
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

/**
Ask for a secret on the terminal. Nothing of the answer is shown, not even its length.
@returns UTF-8, which the caller wipes. Where a dashboard has had the terminal before, it has passed through a string, which cannot be wiped.
@throws `aborted` on Ctrl-C, Ctrl-D, a hangup or the end of input
*/
export async function askSecret(question: string, streams: PromptStreams): Promise<Buffer> {
	return readAnswer(question, streams, false);
}

/** Ask for something that may be seen. @throws `aborted` */
export async function ask(question: string, streams: PromptStreams): Promise<string> {
	const answer = await readAnswer(question, streams, true);
	return answer.toString();
}

/** Ask a question that only `y` or `yes` answers with yes; Enter never confirms. @throws `aborted` */
export async function isConfirmed(question: string, streams: PromptStreams): Promise<boolean> {
	const answer = await ask(`${question} y/N `, streams);
	return /^y(?:es)?$/i.test(answer.trim());
}
