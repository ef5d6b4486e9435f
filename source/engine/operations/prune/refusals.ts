import {CofferError} from '../../errors.ts';
import type {ObjectProblem, StoredSnapshot} from '../../repository/repository.ts';
import {shortId, type SnapshotId} from '../../ids.ts';
import type {RememberedSnapshot} from '../forget/lost-snapshots.ts';

const untouched = 'Nothing was deleted.';

function refuse(message: string, object: string): CofferError {
	return new CofferError('damaged', message, {context: {object}});
}

const andMore = (count: number): string => count > 1 ? ` (and ${count - 1} more; "coffer verify" names them all)` : '';

/** There are packs, and no snapshot that needs them: more likely the listing is wrong than all of it garbage. */
export function noSnapshots(packs: number): CofferError {
	return new CofferError('usage', `The repository lists no snapshot, but ${packs} packs with data. ${untouched} If snapshots should be there, look at the storage and run "coffer verify". If there are none yet, make a backup first. To give up everything, delete the repository itself.`);
}

/** An object that has to be read before anything may be deleted, and cannot be. */
export function unreadable(problems: readonly ObjectProblem[]): CofferError {
	const {object, message} = problems[0]!;
	return refuse(`${message}${andMore(problems.length)} What it says is needed to know what may go. ${untouched} Put it back from a copy of the repository; if it is lost for good, delete ${object} from the repository, run "coffer verify", and prune again.`, object);
}

/** A mark of a prune before that cannot be read. */
export function unreadableMarks(problems: readonly ObjectProblem[]): CofferError {
	const {object, message} = problems[0]!;
	return refuse(`${message}${andMore(problems.length)} It names nothing but packs that an earlier prune meant to delete. ${untouched} Delete ${object} from the repository, and prune again.`, object);
}

/**
A snapshot that another one follows is gone without a tombstone, or was exchanged.
@param lost - The first one that is gone; `undefined` where one was exchanged.
*/
export function brokenChain(problems: readonly ObjectProblem[], lost: SnapshotId | undefined): CofferError {
	const {object, message} = problems[0]!;
	const last = lost === undefined ? 'if that cannot be done, find out who exchanged it, and forget the snapshots that this is about.' : `if it is lost for good, say so with "coffer forget ${lost}".`;
	return refuse(`${message}${andMore(problems.length)} So the list of snapshots cannot be relied upon, and what seems unneeded may be needed. ${untouched} Put the right object back from a copy of the repository; ${last}`, object);
}

/** A snapshot that this host made, or knew, is not there any more, and was not forgotten. */
export function lostSnapshots(losses: readonly RememberedSnapshot[]): CofferError {
	const {id, time, objectName} = losses[0]!;
	return refuse(`The snapshot ${shortId(id)} of ${time}${andMore(losses.length)}, which this host remembers, is gone without having been forgotten: it was removed, or the storage shows an older state. ${untouched} Put ${objectName} back from a copy of the repository; if it is lost for good, say so with "coffer forget ${id}".`, objectName);
}

/** Something that snapshots need lies nowhere. @param why - A sentence. */
export function lostBlob(why: string, object: string): CofferError {
	return refuse(`${why} ${untouched} "coffer verify" names the files and snapshots that it affects, and what to do; snapshots that are damaged for good can be forgotten, then prune again.`, object);
}

/** One listing shows less than another did, or than there is. */
export function incompleteListing(object: string, folder: string): CofferError {
	return new CofferError('storage-failed', `The storage leaves ${object} out when it lists ${folder}/, or has lost it: its listings cannot be relied upon, and without them nobody knows what is needed. What was done until now is right; nothing more was deleted. Look at the storage and run "coffer verify" before you prune again.`, {context: {object}});
}

/** A snapshot that was there under this very lock is gone. */
export const vanishedSnapshot = ({objectName}: Pick<StoredSnapshot, 'objectName'>): CofferError => incompleteListing(objectName, 'snapshots');

/** Not even what has to be written before anything may go finds room. @param cause - What the storage said. */
export const noRoom = (url: string, cause: CofferError): CofferError => new CofferError('storage-full', `${url} has no room for what a prune has to write before it may delete something: its lock, marks and index objects, some kB. Free a little room there, and prune again: it gives back much more. What was deleted until now was needed by nothing.`, {cause, context: cause.context});
