import path from 'node:path';
import type {Source} from '../../../engine/index.ts';
import type {SetUpChoice, SetUpProposal} from '../../dashboard-options.ts';
import {clampRow} from '../../model/selectors.ts';
import {moveRow, type Movement} from '../../scrolling.ts';

/** The first run: what would be created, as it is proposed. */
export type SetUpScreen = {
	readonly kind: 'set-up';
	readonly configFile: string;
	/** Absolute, as the key file. */
	readonly repository: string;
	readonly keyFile: string;
	/** Those that were found, and then those that were added. */
	readonly sources: readonly Source[];
	/** What is worth knowing of some of them, by their names. */
	readonly notes: ReadonlyMap<string, string>;
	/** Names of the sources that are wanted. */
	readonly chosen: readonly string[];
	/** In the list of fields and sources. */
	readonly cursor: number;
	readonly isCreating: boolean;
	/** Why it could not be created. */
	readonly problem?: string;
};

export function createSetUpScreen({repository, keyFile, configFile, sources}: SetUpProposal): SetUpScreen {
	return {
		kind: 'set-up', repository, keyFile, configFile,
		sources: sources.map(({source}) => source),
		notes: new Map(sources.flatMap(({source: {name}, note}) => note === undefined ? [] : [[name, note]])),
		chosen: sources.flatMap(({source: {name}, isMarked}) => isMarked ? [name] : []),
		cursor: 0, isCreating: false,
	};
}

/** What can be edited, in the order of the rows before the sources. */
export const editableFields = ['repository', 'keyFile'] as const;
export type SetUpField = typeof editableFields[number];

const countRows = ({sources}: SetUpScreen): number => editableFields.length + sources.length;

/** What the cursor stands on. */
export function fieldAtCursor({cursor}: SetUpScreen): SetUpField | undefined {
	return editableFields[cursor];
}

export function sourceAtCursor({cursor, sources}: SetUpScreen): Source | undefined {
	return sources[cursor - editableFields.length];
}

export function moveInSetUp(screen: SetUpScreen, movement: Movement, page: number): SetUpScreen {
	const count = countRows(screen);
	return {...screen, cursor: moveRow(clampRow(screen.cursor, count), movement, {count, page})};
}

/** Mark the source at the cursor, or take its mark away. */
export function toggleSource(screen: SetUpScreen): SetUpScreen {
	const name = sourceAtCursor(screen)?.name;
	if (name === undefined) {
		return screen;
	}

	return {...screen, chosen: screen.chosen.includes(name) ? screen.chosen.filter(other => other !== name) : [...screen.chosen, name]};
}

/** An absolute path as it is usually written. @returns `undefined` for a text that is none */
export function toAbsolutePath(text: string): string | undefined {
	const typed = text.trim();
	return path.isAbsolute(typed) ? path.resolve(typed) : undefined;
}

const isWithin = (file: string, folder: string): boolean => file === folder || file.startsWith(folder === '/' ? '/' : `${folder}/`);

/** Why a repository and a key file cannot be there, whatever is on the disk. */
export function whyNotThere({repository, keyFile, configFile}: Pick<SetUpScreen, 'repository' | 'keyFile' | 'configFile'>): string | undefined {
	if (isWithin(keyFile, repository)) {
		return 'The key file may not be in the repository: who gets hold of the one would have the other.';
	}

	if (isWithin(repository, keyFile) || isWithin(repository, configFile)) {
		return `The repository cannot be at ${repository}: a file will be there.`;
	}

	return keyFile === configFile ? `The key file cannot be at ${keyFile}: the configuration will be there.` : undefined;
}

/** A name for the source of a folder, as the configuration takes it, and of no other source. */
export function nameFolder(folder: string, taken: readonly string[]): string {
	const base = [...path.basename(folder).replaceAll(/[\s/:,\p{Control}]/gu, '-')].slice(0, 90).join('');
	const name = ['', '.', '..', 'latest'].includes(base) ? 'folder' : base;
	for (let number = 2, candidate = name; ; number++) {
		if (!taken.includes(candidate)) {
			return candidate;
		}

		candidate = `${name}-${number}`;
	}
}

/** Whether a source is just the files of this folder. */
export const isFolder = (source: Source, folder: string): boolean => source.kind === 'files' && source.paths.length === 1 && source.paths[0] === folder;

/** With a folder as a marked source, and the cursor on it; one that is there already is marked. @param folder - Absolute. */
export function addFolder(screen: SetUpScreen, folder: string): SetUpScreen {
	const {sources, chosen} = screen;
	const known = sources.findIndex(source => isFolder(source, folder));
	const name = sources[known]?.name ?? nameFolder(folder, sources.map(source => source.name));
	return {
		...screen,
		sources: known === -1 ? [...sources, {kind: 'files', name, paths: [folder]}] : sources,
		chosen: chosen.includes(name) ? chosen : [...chosen, name],
		cursor: editableFields.length + (known === -1 ? sources.length : known),
	};
}

/** What is to be created. */
export function choiceOf({repository, keyFile, sources, chosen}: SetUpScreen): SetUpChoice {
	return {repository, keyFile, sources: sources.filter(({name}) => chosen.includes(name))};
}

export function withoutProblem({problem: _, ...screen}: SetUpScreen): SetUpScreen {
	return screen;
}
