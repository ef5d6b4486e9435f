import type {Finding} from './alert.ts';
import {countText} from './age-text.ts';

/** What was changed in a folder of files, by their paths: in the order of the alphabet. */
export type FileChanges = {readonly changed: readonly string[]; readonly added: readonly string[]; readonly removed: readonly string[]};

/** This program's own files, and how they differ from what this host has seen under the same version. */
export type ProgramFacts = FileChanges & {
	/** Absolute. */
	readonly folder: string;
	readonly version: string;
	/** When this version was seen first: RFC 3339. */
	readonly since: string;
};

/** Compare digests by path. */
export function compareFiles(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): FileChanges {
	const sorted = (names: Iterable<string>) => [...names].toSorted();
	return {
		changed: sorted([...now.keys()].filter(name => before.has(name) && before.get(name) !== now.get(name))),
		added: sorted([...now.keys()].filter(name => !before.has(name))),
		removed: sorted([...before.keys()].filter(name => !now.has(name))),
	};
}

/** `changed dist/run.js and 2 more`. */
function describe(what: string, names: readonly string[]): string[] {
	return names.length === 0 ? [] : [`${what} ${names[0]}${names.length === 1 ? '' : ` and ${names.length - 1} more`}`];
}

/** Files of this program that were changed although its version is the same. */
export function findProgramChanges({folder, version, since, changed, added, removed}: ProgramFacts): Finding[] {
	const count = changed.length + added.length + removed.length;
	return count === 0
		? []
		: [{
			key: `program:${folder}`,
			kind: 'program',
			severity: 'critical',
			object: folder,
			message: `${countText(count, 'file')} of this program ${count === 1 ? 'differs' : 'differ'} from what this host has seen, and its version ${version} is the same`,
			cause: `since ${since}: ${[...describe('changed', changed), ...describe('added', added), ...describe('removed', removed)].join(', ')}`,
			nextStep: 'if somebody has installed it anew, run "coffer monitor --trust-program"; else install it from where you trust it, and find out who changed it',
		}];
}
