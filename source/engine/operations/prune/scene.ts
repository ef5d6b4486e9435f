import {CofferError} from '../../errors.ts';
import type {PackId} from '../../ids.ts';
import {listRunningWriters, type RepositorySession, type RunningWriters, type StoredSnapshot} from '../../repository/repository.ts';
import type {ProgressReporter} from '../progress.ts';
import type {Marking} from './marking.ts';
import type {NeededBlobs} from './needed-blobs.ts';
import {assertListed, namesBelow, type Listing, type Survey} from './survey.ts';

/** What the steps of a prune share. */
export type Scene = {
	/** Its storage counts what is freed; in a dry run nothing that is done to it happens. */
	readonly session: RepositorySession;
	/** @throws `writer-expired` when the lock is lost */
	readonly assertHeld: () => Promise<void>;
	readonly survey: Survey;
	/** By the snapshots that remain. */
	readonly needed: NeededBlobs;
	readonly marking: Marking;
	/** Those that remain, with those that came meanwhile. */
	readonly known: Map<string, StoredSnapshot>;
	readonly progress: ProgressReporter;
	readonly warn: (message: string) => void;
	readonly isDryRun: boolean;
	readonly signal: AbortSignal | undefined;
};

/** @throws `aborted` once something may have been deleted */
export function throwIfStopped({signal}: Pick<Scene, 'signal'>): void {
	if (signal?.aborted) {
		throw new CofferError('aborted', 'Interrupted. What was deleted until then was needed by nothing, and the next prune goes on.', {cause: signal.reason});
	}
}

/** A listing of all objects. @throws What the storage throws */
export async function listEverything({session, signal}: Pick<Scene, 'session' | 'signal'>): Promise<Listing> {
	return new Map((await session.storage.list('', signal)).map(({name, sizeBytes}) => [name, sizeBytes]));
}

/**
The runs that are writing now.
@param everything - A listing from before, to compare with.
@throws `storage-failed` where the storage leaves some out; what it throws
*/
export async function listWritersNow({session, signal}: Pick<Scene, 'session' | 'signal'>, everything: Listing): Promise<RunningWriters> {
	const running = await listRunningWriters(session, signal);
	await assertListed(session, 'writers', running.names, namesBelow(everything, 'writers'));
	return running;
}

/** How much packs take. */
export function sizeOfPacks(packs: Iterable<PackId>, sizes: ReadonlyMap<PackId, number>): number {
	let sum = 0;
	for (const id of packs) {
		sum += sizes.get(id) ?? 0;
	}

	return sum;
}
