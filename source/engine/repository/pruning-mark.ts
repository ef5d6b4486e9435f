import type {PackId} from '../ids.ts';
import type {JsonValue} from './canonical-json.ts';
import {Fields} from './fields.ts';

/*
pruning/<id>: a metadata object of type 9: packs that prune means to delete. Body: {"packs": [ids]}. A run that began after it was written does not rely on them.
*/

export function encodePruningMark(packs: readonly PackId[]): JsonValue {
	return {packs};
}

/** @throws `damaged` */
export function decodePruningMark(body: JsonValue, name: string): PackId[] {
	return new Fields(body, name).ids<PackId>('packs', 32);
}
