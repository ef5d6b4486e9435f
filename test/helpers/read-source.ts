import type {Buffer} from 'node:buffer';
import type {SourceFacts} from '../../source/engine/source-facts.ts';
import {openStream} from '../../source/engine/sources/open-stream.ts';
import type {SourceContext} from '../../source/engine/sources/source-stream.ts';
import type {StreamSource} from '../../source/engine/sources/source.ts';
import {readStream} from './source-context.ts';

/** What a source gave. */
export type ReadSource = {
	readonly paths: readonly string[];
	/** The content of every file by its path. */
	readonly files: ReadonlyMap<string, Buffer>;
	readonly facts: SourceFacts;
};

/** Open a source of any kind and read it to its end, into memory. @throws what it throws */
export async function readSource(source: StreamSource, context: SourceContext): Promise<ReadSource> {
	const stream = await openStream(source, context);
	const files = await readStream(stream);
	return {paths: stream.paths, files, facts: stream.facts()};
}
