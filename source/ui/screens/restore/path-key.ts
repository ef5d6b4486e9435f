import {Buffer} from 'node:buffer';
import type {EntryPath} from '../../../engine/index.ts';

declare const brand: unique symbol;

/** A path in a snapshot as its very bytes, one character a byte: what entries are told apart by. Begins with a slash, and ends with none but the root's. */
export type PathKey = string & {readonly [brand]: 'PathKey'};

export const rootPath: EntryPath = {path: '/'};
export const rootKey = '/' as PathKey;

const nonAscii = /[^\u0000-\u007F]/;

export function keyOf({path, path64}: EntryPath): PathKey {
	if (path64 !== undefined) {
		return Buffer.from(path64, 'base64').toString('latin1') as PathKey;
	}

	return (nonAscii.test(path) ? Buffer.from(path, 'utf8').toString('latin1') : path) as PathKey;
}

/** The directory that holds an entry; that of the root is the root. */
export function parentOf(key: PathKey): PathKey {
	return (key.slice(0, key.lastIndexOf('/')) || rootKey) as PathKey;
}

/** The directories above an entry, the nearest first, the root last. */
export function ancestorsOf(key: PathKey): PathKey[] {
	const ancestors: PathKey[] = [];
	for (let at = key; at !== rootKey; at = parentOf(at)) {
		ancestors.push(parentOf(at));
	}

	return ancestors;
}

/** Whether an entry is somewhere below a directory. */
export function isBelow(key: PathKey, directory: PathKey): boolean {
	return key !== directory && key.startsWith(directory === rootKey ? rootKey : `${directory}/`);
}

/** The last part of a path, for people. */
export function nameOf({path}: EntryPath): string {
	return path === '/' ? path : path.slice(path.lastIndexOf('/') + 1);
}
