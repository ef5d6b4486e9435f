import type {PackId, WriterId} from '../ids.ts';
import type {JsonValue} from './canonical-json.ts';
import {Fields} from './fields.ts';

/*
pruning/<id>: a metadata object of type 9: packs that prune means to delete. Body: {"packs": [ids], "writers": [ids]}. A run that began after it was written does not rely on them. `writers` is
left out in the mark that comes first; where it stands, it names the runs that were writing when the packs had been marked.
*/

export type PruningMark = {
	readonly packs: readonly PackId[];
	/** The runs that the packs wait for. @default not known */
	readonly writers?: readonly WriterId[];
};

export const pruningMarkName = (id: string): string => `pruning/${id}`;

export function encodePruningMark({packs, writers}: PruningMark): JsonValue {
	return {packs, writers};
}

/** @throws `damaged` */
export function decodePruningMark(body: JsonValue, name: string): PruningMark {
	const fields = new Fields(body, name);
	return {packs: fields.ids<PackId>('packs', 32), ...(fields.has('writers') && {writers: fields.ids<WriterId>('writers', 16)})};
}
