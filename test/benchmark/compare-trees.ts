import {fromText} from '../../source/engine/byte-string.ts';
import {walkFolder} from '../helpers/walk-folder.ts';

/** What has to come back from a restore, by path: type, and content or target. */
export type TreeContent = ReadonlyMap<string, string>;

/** Read a whole tree; files of more than a few bytes stand as their SHA-256. */
export function readTreeContent(folder: string): TreeContent {
	return new Map([...walkFolder(fromText(folder))].map(([path, {type, content, target}]) => [path, `${type} ${content ?? target ?? ''}`]));
}

/** The first path that is not the same in both, or `undefined` when all are. */
export function findDifference(expected: TreeContent, actual: TreeContent): string | undefined {
	return [...expected.keys(), ...actual.keys()].find(path => expected.get(path) !== actual.get(path));
}
