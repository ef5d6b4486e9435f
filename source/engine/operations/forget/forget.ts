import {CofferError, throwIfAborted} from '../../errors.ts';
import type {SnapshotId} from '../../ids.ts';
import {
	encodeTombstone,
	findSnapshot,
	listSnapshots,
	tombstoneName,
	withExclusiveLock,
	writeMetadata,
	type ExclusiveLock,
	type RepositorySession,
	type SnapshotListing,
	type StoredSnapshot,
} from '../../repository/repository.ts';
import {requireOwner} from '../owner.ts';

export type ForgetRequest = {
	/** As `findSnapshot` takes them; at least one. */
	readonly snapshots: readonly string[];
	/** Why, for the record. @default 'named by hand' */
	readonly reason?: string;
	/** Change nothing. @default false */
	readonly isDryRun?: boolean;
};

/** One snapshot that is forgotten. */
export type ForgottenSnapshot = Pick<StoredSnapshot, 'id' | 'time' | 'source' | 'host'> & {
	/** Of all files. */
	readonly bytes: number;
};

export type ForgetSummary = {
	/** Those that were asked for, oldest first; in a dry run: that would be forgotten. */
	readonly forgotten: readonly ForgottenSnapshot[];
	/** Others, forgotten by a run that was interrupted before it had removed their objects; that is done now. */
	readonly completed: readonly SnapshotId[];
	/** Sources, each of one host, of which no snapshot is left. */
	readonly emptied: ReadonlyArray<{readonly source: string; readonly host: string}>;
	/** Snapshots that are left. */
	readonly remaining: number;
	readonly isDryRun: boolean;
	readonly durationMs: number;
};

/** @throws `snapshot-missing`, `snapshot-ambiguous` */
function choose({snapshots, forgotten}: SnapshotListing, references: readonly string[]): StoredSnapshot[] {
	// One that was half forgotten may be named again; but it is nobody's latest any more.
	const all = [...snapshots, ...forgotten];
	const chosen = new Set(references.map(reference => findSnapshot(reference.startsWith('latest') ? snapshots : all, reference)));
	return all.filter(snapshot => chosen.has(snapshot)).toSorted((a, b) => Number(a.time > b.time) - Number(a.time < b.time));
}

function summarize({snapshots, forgotten}: SnapshotListing, chosen: readonly StoredSnapshot[], isDryRun: boolean): Omit<ForgetSummary, 'durationMs'> {
	const ids = new Set(chosen.map(({id}) => id));
	const left = snapshots.filter(({id}) => !ids.has(id));
	const place = ({source, host}: StoredSnapshot) => JSON.stringify([source, host]);
	const places = new Set(left.map(snapshot => place(snapshot)));
	const gone = new Map(chosen.filter(snapshot => !places.has(place(snapshot))).map(snapshot => [place(snapshot), snapshot]));
	return {
		forgotten: chosen.map(({id, time, source, host, statistics: {bytes}}) => ({id, time, source, host, bytes})),
		completed: forgotten.map(({id}) => id).filter(id => !ids.has(id)),
		emptied: [...gone.values()].map(({source, host}) => ({source, host})),
		remaining: left.length,
		isDryRun,
	};
}

type ForgetFacts = {readonly lock: Pick<ExclusiveLock, 'assertHeld'>; readonly reason: string; readonly hasTombstone: boolean};

/**
Forget one snapshot. The tombstone first: a run that is interrupted in between leaves a snapshot that counts as forgotten.
@throws `writer-expired` when the lock is lost; what the storage throws
*/
export async function forgetOne(session: RepositorySession, {id, sha256, objectName}: StoredSnapshot, facts: ForgetFacts): Promise<void> {
	const {runtime, storage} = session;
	await facts.lock.assertHeld();
	if (!facts.hasTombstone) {
		const forgotten = new Date(runtime.now()).toISOString();
		await writeMetadata(session, 'tombstone', tombstoneName(id), encodeTombstone({id, sha256, forgotten, host: runtime.identity.host, user: runtime.user, reason: facts.reason}));
	}

	await storage.remove(objectName, {isWiped: true});
}

/**
Forget snapshots for good. Their data stays until a prune finds that no other snapshot needs it. All references must be right before anything is changed.
@throws `key-role` before any work; `usage`; `snapshot-missing`, `snapshot-ambiguous`; `repository-locked`; `writer-expired`; `aborted`: what was forgotten until then stays so; what the storage throws
*/
export async function forget(session: RepositorySession, request: ForgetRequest, {signal}: {readonly signal?: AbortSignal} = {}): Promise<ForgetSummary> {
	const {runtime, keyring} = session;
	const {snapshots: references, reason = 'named by hand', isDryRun = false} = request;
	const startMs = runtime.monotonicMs();
	requireOwner(keyring, 'forget snapshots');
	throwIfAborted(signal);
	if (references.length === 0) {
		throw new CofferError('usage', 'Name the snapshots to forget. "coffer snapshots" lists them.');
	}

	const before = await listSnapshots(session, signal);
	const wanted = new Set(choose(before, references).map(({id}) => id));
	const finish = (summary: Omit<ForgetSummary, 'durationMs'>): ForgetSummary => ({...summary, durationMs: Math.round(runtime.monotonicMs() - startMs)});
	if (isDryRun) {
		return finish(summarize(before, choose(before, references), true));
	}

	return withExclusiveLock(session, 'forget', async lock => {
		// Again under the lock: what has gone meanwhile must not get a tombstone, which would hide its loss.
		const listing = await listSnapshots(session, signal);
		const halfForgotten = new Set(listing.forgotten);
		const chosen = choose(listing, [...listing.snapshots, ...listing.forgotten].map(({id}) => id).filter(id => wanted.has(id)));
		const work = [...listing.forgotten, ...chosen.filter(snapshot => !halfForgotten.has(snapshot))];
		let done = 0;
		for (const snapshot of work) {
			if (signal?.aborted) {
				throw new CofferError('aborted', `Interrupted after ${done} of ${work.length} snapshots. Those stay forgotten; start it again for the others.`, {cause: signal.reason});
			}

			await forgetOne(session, snapshot, {lock, reason, hasTombstone: halfForgotten.has(snapshot)});
			done++;
		}

		return finish(summarize(listing, chosen, false));
	}, signal);
}
