import path from 'node:path';
import {databaseOf, hasPassword, targetSchemes, type DatabaseFacts, type StoredSnapshot} from '../../../../engine/index.ts';
import {isIncluded, type Marks} from '../marks.ts';
import {keyOf} from '../path-key.ts';

/** What can be chosen of a server, in the order of the rows. */
export const serverFields = ['url', 'databases', 'checksums', 'password'] as const;
export type ServerField = typeof serverFields[number];

/** Where dumps are loaded, and how. */
export type ServerTarget = {
	/** Never with a password in it. */
	readonly url: string;
	/** Names of those that are loaded; `undefined`: all of the snapshot. */
	readonly databases: readonly string[] | undefined;
	/** What happens to a database that has something: it is refused, or all of it is replaced. */
	readonly overwrite: 'never' | 'always';
	readonly hasChecksums: boolean;
	/** Absolute. @default what the server's own client finds by itself */
	readonly passwordFile?: string;
	/** Where the cursor is while the server is the target. */
	readonly field: ServerField;
};

type LoadableKind = keyof typeof targetSchemes;

/** Where the client of each server looks for a password by itself. */
export const passwordPlaces: Readonly<Record<LoadableKind, string>> = {postgres: '~/.pgpass', mysql: '~/.my.cnf'};

/** What a snapshot holds for a server. */
export type Loadable = {readonly kind: LoadableKind; readonly databases: readonly DatabaseFacts[]};

/** The dumps of a snapshot that a server can take; `undefined`: it has none. */
export function loadableOf({kind, facts}: Pick<StoredSnapshot, 'kind' | 'facts'>): Loadable | undefined {
	const databases = facts?.databases ?? [];
	return (kind === 'postgres' || kind === 'mysql') && databases.length > 0 ? {kind, databases} : undefined;
}

/** The databases whose dumps are marked; all are where none is, as where only what belongs to no database is marked. */
function databasesOf({databases}: Loadable, marks: Marks): readonly string[] | undefined {
	const marked = databases.filter(({file}) => isIncluded(marks, keyOf({path: file}))).map(({name}) => name);
	return marked.length === 0 || marked.length === databases.length ? undefined : marked;
}

/** The server that is proposed for what is marked. @param earlier - What was chosen before for another choice of marks. */
export function createServerTarget(loadable: Loadable, marks: Marks, earlier?: ServerTarget): ServerTarget {
	const databases = databasesOf(loadable, marks);
	return earlier ? {...earlier, databases} : {url: `${targetSchemes[loadable.kind][0]}//`, databases, overwrite: 'never', hasChecksums: false, field: 'url'};
}

/** The next choice of databases: all, then each, and what was marked where that is another choice. @param marks - What was marked. */
export function nextDatabases(target: ServerTarget, loadable: Loadable, marks: Marks): ServerTarget {
	const marked = databasesOf(loadable, marks);
	const single = loadable.databases.length > 1 ? loadable.databases.map(({name}) => [name]) : [];
	const choices = [undefined, ...(marked && marked.length > 1 ? [marked] : []), ...single];
	const at = choices.findIndex(choice => JSON.stringify(choice) === JSON.stringify(target.databases));
	return {...target, databases: choices[(at + 1) % choices.length]};
}

/** What is wrong with a URL, and what is left of it that may be edited on. */
export type UrlProblem = {readonly problem: string; readonly text: string};

/** Why a URL names no server for these dumps; `undefined`: it does. */
export function findUrlProblem(text: string, {kind}: Pick<Loadable, 'kind'>): UrlProblem | undefined {
	const [scheme] = targetSchemes[kind];
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (!url || !targetSchemes[kind].includes(url.protocol)) {
		return {text, problem: `The URL of a server is wanted: ${scheme}//USER@HOST:PORT, or with /DATABASE to load into one of another name.`};
	}

	if (hasPassword(url)) {
		url.password = '';
		url.searchParams.delete('password');
		return {text: url.href, problem: `A password may not stand in the URL, which is shown and logged; it was taken out. Put it into a file that only you can read and name that below, or into ${passwordPlaces[kind]}.`};
	}

	return readDatabase(url) === undefined ? {text, problem: 'The name of the database cannot be read: a percent sign in it is written %25.'} : undefined;
}

/** The database that a URL names: empty where it names none, `undefined` where it cannot be read. */
function readDatabase(url: URL): string | undefined {
	try {
		return databaseOf(url) ?? '';
	} catch {
		return undefined;
	}
}

/** Why these dumps cannot go to that server; `undefined`: they can. */
export function whyNotLoadable({url, databases}: ServerTarget, loadable: Loadable): string | undefined {
	const flaw = findUrlProblem(url, loadable);
	if (flaw) {
		return flaw.problem;
	}

	const count = databases?.length ?? loadable.databases.length;
	const name = readDatabase(new URL(url))!;
	return name !== '' && count > 1 ? `The URL names one database, "${name}", for ${count} dumps: choose one of them, or leave the name out to load each under its own.` : undefined;
}

/** The file that was named; empty: none. @returns A sentence in `problem` for what is no path */
export function parsePasswordFile(text: string): {readonly file?: string; readonly problem?: string} {
	const typed = text.trim();
	if (typed === '') {
		return {};
	}

	return path.isAbsolute(typed) ? {file: path.normalize(typed)} : {problem: 'An absolute path is wanted: it begins with a slash. Nothing at all: no file.'};
}
