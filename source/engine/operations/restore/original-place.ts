import {CofferError} from '../../errors.ts';
import {shortId} from '../../ids.ts';
import type {SourceKind, StoredSnapshot} from '../../repository/repository.ts';

/** Their files were never on a disk: a dump or an output was stored as it came. */
const withoutPlace: ReadonlySet<SourceKind> = new Set(['postgres', 'mysql', 'command']);

/** Whether the files of a snapshot of this kind were somewhere on the machine, so that they can go back there. */
export function hasOriginalPlace(kind: SourceKind): boolean {
	return !withoutPlace.has(kind);
}

/** @throws `usage` where files would go back to where they never were */
export function requirePlace({id, kind, source}: Pick<StoredSnapshot, 'id' | 'kind' | 'source'>, target: string): void {
	if (target === '/' && !hasOriginalPlace(kind)) {
		const isCommand = kind === 'command';
		const way = isCommand ? 'Name a folder for it with --target DIR.' : 'Name a folder for them with --target DIR, or load them into a server with --into URL.';
		throw new CofferError('usage', `The snapshot ${shortId(id)} of "${source}" holds ${isCommand ? 'the output of a program' : 'dumps of databases'}, which never had a place on a disk: nothing is written into "/". ${way}`);
	}
}
