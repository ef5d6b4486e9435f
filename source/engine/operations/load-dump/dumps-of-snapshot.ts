import {CofferError} from '../../errors.ts';
import {shortId} from '../../ids.ts';
import type {DatabaseFacts} from '../../source-facts.ts';
import type {DumpKind} from '../../sources/databases/dump-names.ts';
import type {LoadRequest} from './load-request.ts';
import {databaseOf, hasPassword, targetSchemes} from './target-url.ts';

export type LoadableKind = DumpKind;

const isLoadable = (kind: string): kind is LoadableKind => Object.keys(targetSchemes).includes(kind);

/** The URL of a server. @throws `usage` for what is none, and for one with a password in it, also as a parameter */
export function parseTarget(into: string): URL {
	const url = URL.canParse(into) ? new URL(into) : undefined;
	if (!url || !Object.values(targetSchemes).flat().includes(url.protocol)) {
		throw new CofferError('usage', '--into takes the URL of a database server: postgresql://USER@HOST:PORT/DATABASE or mysql://USER@HOST:PORT/DATABASE.');
	}

	if (hasPassword(url)) {
		throw new CofferError('usage', 'The URL of --into has a password in it, which everybody on this host can see in the list of processes. Leave it out, and name a file that holds it with --into-password-file, or put it into ~/.pgpass or ~/.my.cnf.');
	}

	try {
		databaseOf(url);
	} catch (error) {
		throw new CofferError('usage', 'The name of the database in the URL of --into cannot be read: a percent sign in it is written %25.', {cause: error});
	}

	return url;
}

/**
The dumps of a snapshot that are asked for.
@throws `usage` where the snapshot has none that this server takes, or the choice fits none
*/
export function chooseDumps({snapshot, databases}: Pick<LoadRequest, 'snapshot' | 'databases'>, url: URL): {readonly kind: LoadableKind; readonly dumps: readonly DatabaseFacts[]} {
	const {kind, facts, source} = snapshot;
	const name = `The snapshot ${shortId(snapshot.id)} of "${source}"`;
	const all = facts?.databases ?? [];
	if (!isLoadable(kind) || all.length === 0) {
		throw new CofferError('usage', `${name} holds no dump of a database server. Restore its files with --target.`);
	}

	if (!targetSchemes[kind].includes(url.protocol)) {
		throw new CofferError('usage', `${name} holds dumps for ${targetSchemes[kind][0]}//…, which ${url.protocol}//… does not take.`);
	}

	const dumps = databases ? all.filter(dump => databases.includes(dump.name)) : all;
	const unknown = databases?.find(wanted => all.every(dump => dump.name !== wanted));
	if (unknown !== undefined) {
		throw new CofferError('usage', `${name} has no dump of the database "${unknown}". It has: ${all.map(dump => dump.name).join(', ')}.`);
	}

	const into = databaseOf(url);
	if (into !== undefined && dumps.length > 1) {
		throw new CofferError('usage', `${name} holds dumps of ${dumps.length} databases: ${dumps.map(dump => dump.name).join(', ')}. Choose one with --include, or leave the database out of the URL to load each under its own name.`);
	}

	return {kind, dumps};
}
