import {Buffer} from 'node:buffer';
import type {SourceContext, SourceStream} from '../../source/engine/sources/source-stream.ts';
import {toDisplayText} from '../../source/engine/byte-string.ts';
import {createRealRuntime} from './system-runtime.ts';

/** A context for reading a source in a test, and what was said through it. */
export type TestContext = SourceContext & {readonly logged: string[]; readonly warned: string[]};

export function createSourceContext(more: Partial<SourceContext> = {}): TestContext {
	const logged: string[] = [];
	const warned: string[] = [];
	return {
		runtime: createRealRuntime(),
		async readSecret(reference) {
			throw new TypeError(`Nobody gave the test a secret for ${JSON.stringify(reference)}`);
		},
		log(message) {
			logged.push(message);
		},
		warn(message) {
			warned.push(message);
		},
		logged,
		warned,
		...more,
	};
}

/** All entries of a stream with their contents, by their paths; the stream is closed afterwards. */
export async function readStream(stream: SourceStream): Promise<Map<string, Buffer>> {
	const contents = new Map<string, Buffer>();
	try {
		for await (const {path, content} of stream.entries((skipped, reason) => {
			throw new Error(`${toDisplayText(skipped)} was skipped: ${reason}`);
		})) {
			const pieces: Buffer[] = [];
			for await (const piece of content ?? []) {
				pieces.push(Buffer.from(piece));
			}

			contents.set(toDisplayText(path), Buffer.concat(pieces));
		}

		return contents;
	} finally {
		await stream.close();
	}
}
