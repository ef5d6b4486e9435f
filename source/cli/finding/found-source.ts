import {describePlace} from '../../engine/index.ts';
import {toSource} from '../configured-source.ts';
import {sourceSchema, type SourceInFile} from '../source-schemas.ts';

/** Something on this machine that is worth a backup. */
export type FoundSource = {
	readonly source: SourceInFile;
	/** Folders that most servers have: `init --defaults` takes them, and the first-run screen marks them. Everything else waits for somebody to want it. */
	readonly isUsual: boolean;
	/** What else is worth knowing of it. */
	readonly note?: string;
};

/** A source that was found, in a few words: its name, what it reads, what is worth knowing. */
export function describeFound({source, note}: Pick<FoundSource, 'source' | 'note'>): string {
	const place = describePlace(toSource(sourceSchema.parse(source), '/'));
	return `${source.name} (${note === undefined ? place : `${place}; ${note}`})`;
}
