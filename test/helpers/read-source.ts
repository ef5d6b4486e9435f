import {Buffer} from 'node:buffer';
import {toDisplayText} from '../../source/engine/byte-string.ts';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import type {SourceFacts} from '../../source/engine/source-facts.ts';
import {openStream} from '../../source/engine/sources/open-stream.ts';
import type {SourceContext} from '../../source/engine/sources/source-stream.ts';
import type {StreamSource} from '../../source/engine/sources/source.ts';

/** What a source is given, with all that it says kept. */
export type HeardContext = SourceContext & {readonly logs: readonly string[]; readonly warnings: readonly string[]};

/** @param changes - @default the real surroundings, and no secrets */
export function createSourceContext(changes: Partial<SourceContext> = {}): HeardContext {
	const logs: string[] = [];
	const warnings: string[] = [];
	return {
		runtime: createSystemRuntime(),
		async readSecret() {
			throw new Error('No secret was expected to be asked for.');
		},
		log(message) {
			logs.push(message);
		},
		warn(message) {
			warnings.push(message);
		},
		...changes,
		logs,
		warnings,
	};
}

/** What a source gave. */
export type ReadSource = {
	readonly paths: readonly string[];
	/** The content of every file by its path. */
	readonly files: ReadonlyMap<string, Buffer>;
	readonly skipped: readonly string[];
	readonly facts: SourceFacts;
};

/** Read a source to its end, into memory. @throws what it throws */
export async function readSource(source: StreamSource, context: SourceContext): Promise<ReadSource> {
	const stream = await openStream(source, context);
	try {
		const files = new Map<string, Buffer>();
		const skipped: string[] = [];
		for await (const {path, content} of stream.entries((refused, reason) => {
			skipped.push(`${toDisplayText(refused)}: ${reason}`);
		})) {
			const pieces: Buffer[] = [];
			for await (const piece of content ?? []) {
				pieces.push(Buffer.from(piece));
			}

			files.set(toDisplayText(path), Buffer.concat(pieces));
		}

		return {paths: stream.paths, files, skipped, facts: stream.facts()};
	} finally {
		await stream.close();
	}
}
