import {CofferError, throwIfAborted} from '../../errors.ts';
import type {SnapshotId} from '../../ids.ts';
import {
	encodeTombstone,
	findSnapshot,
	listSnapshots,
	listTombstones,
	tombstoneName,
	withExclusiveLock,
	writeMetadata,
	type ExclusiveLock,
	type RepositorySession,
	type SnapshotListing,
	type StoredSnapshot,
	type Tombstone,
} from '../../repository/repository.ts';
import {requireOwner} from '../owner.ts';
import {findLostSnapshots, type RememberedSnapshot} from './lost-snapshots.ts';

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
	/** Those that were lost: they are noted as forgotten, so that nobody misses them any more. */
	readonly lost: readonly SnapshotId[];
	/** Sources, each of one host, of which no snapshot is left. */
	readonly emptied: ReadonlyArray<{readonly source: string; readonly host: string}>;
	/** Snapshots that are left. */
	readonly remaining: number;
	readonly isDryRun: boolean;
	readonly durationMs: number;
};

/** What is there, and what should be. */
type View = {readonly listing: SnapshotListing; readonly lost: ReadonlyMap<SnapshotId, string>};

type Chosen = {
	/** Oldest first. */
	readonly snapshots: readonly StoredSnapshot[];
	readonly lost: ReadonlyMap<SnapshotId, string>;
};

async function look(session: RepositorySession, {findLosses, signal}: ForgetOptions): Promise<View> {
	const listing = await listSnapshots(session, signal);
	const {tombstones} = await listTombstones(session, signal);
	return {listing, lost: findLostSnapshots(listing, tombstones, await findLosses?.() ?? [])};
}

/** The one lost snapshot that is meant where none that is there can be. */
function findLost({listing, lost}: View, reference: string): SnapshotId | undefined {
	const isId = /^[\da-f]{4,32}$/.test(reference) && [...listing.snapshots, ...listing.forgotten].every(({id}) => !id.startsWith(reference));
	const matches = isId ? [...lost.keys()].filter(id => id.startsWith(reference)) : [];
	return matches.length === 1 ? matches[0] : undefined;
}

/** @throws `snapshot-missing`, `snapshot-ambiguous` */
function choose(view: View, references: readonly string[]): Chosen {
	const {listing: {snapshots, forgotten}, lost} = view;
	// One that was half forgotten may be named again; but it is nobody's latest any more.
	const all = [...snapshots, ...forgotten];
	const missed = new Map(references.map(reference => [reference, findLost(view, reference)]));
	const chosen = new Set(references.filter(reference => missed.get(reference) === undefined).map(reference => findSnapshot(reference.startsWith('latest') ? snapshots : all, reference)));
	return {
		snapshots: all.filter(snapshot => chosen.has(snapshot)).toSorted((a, b) => Number(a.time > b.time) - Number(a.time < b.time)),
		lost: new Map(missed.values().flatMap(id => id === undefined ? [] : [[id, lost.get(id)!] as const])),
	};
}

function summarize({snapshots, forgotten}: SnapshotListing, {snapshots: chosen, lost}: Chosen, isDryRun: boolean): Omit<ForgetSummary, 'durationMs'> {
	const ids = new Set(chosen.map(({id}) => id));
	const left = snapshots.filter(({id}) => !ids.has(id));
	const place = ({source, host}: StoredSnapshot) => JSON.stringify([source, host]);
	const places = new Set(left.map(snapshot => place(snapshot)));
	const gone = new Map(chosen.filter(snapshot => !places.has(place(snapshot))).map(snapshot => [place(snapshot), snapshot]));
	return {
		forgotten: chosen.map(({id, time, source, host, statistics: {bytes}}) => ({id, time, source, host, bytes})),
		completed: forgotten.map(({id}) => id).filter(id => !ids.has(id)),
		lost: [...lost.keys()],
		emptied: [...gone.values()].map(({source, host}) => ({source, host})),
		remaining: left.length,
		isDryRun,
	};
}

export type ForgetOptions = {
	readonly signal?: AbortSignal;
	/** Snapshots that this host remembers and that are gone without having been forgotten. @default none are known */
	readonly findLosses?: () => Promise<readonly RememberedSnapshot[]>;
};

type ForgetFacts = {readonly lock: Pick<ExclusiveLock, 'assertHeld'>; readonly reason: string; readonly hasTombstone: boolean};

async function writeTombstone(session: RepositorySession, {id, sha256, reason}: Pick<Tombstone, 'id' | 'sha256' | 'reason'>): Promise<void> {
	const {runtime} = session;
	const audit = session.auditHead?.();
	await writeMetadata(session, 'tombstone', tombstoneName(id), encodeTombstone({id, sha256, forgotten: new Date(runtime.now()).toISOString(), host: runtime.identity.host, user: runtime.user, reason, ...(audit && {audit})}));
}

/**
Forget one snapshot. The tombstone first: a run that is interrupted in between leaves a snapshot that counts as forgotten.
@throws `writer-expired` when the lock is lost; what the storage throws
*/
export async function forgetOne(session: RepositorySession, {id, sha256, objectName}: StoredSnapshot, facts: ForgetFacts): Promise<void> {
	const {storage} = session;
	await facts.lock.assertHeld();
	if (!facts.hasTombstone) {
		await writeTombstone(session, {id, sha256, reason: facts.reason});
	}

	await storage.remove(objectName, {isWiped: true});
}

/**
Forget snapshots for good. Their data stays until a prune finds that no other snapshot needs it. All references must be right before anything is changed.
One that was lost may be named, too, by its id: that it is missing then bothers nobody any more.
@throws `key-role` before any work; `usage`; `snapshot-missing`, `snapshot-ambiguous`; `repository-locked`; `writer-expired`; `aborted`: what was forgotten until then stays so; what the storage throws
*/
export async function forget(session: RepositorySession, request: ForgetRequest, options: ForgetOptions = {}): Promise<ForgetSummary> {
	const {runtime, keyring} = session;
	const {snapshots: references, reason = 'named by hand', isDryRun = false} = request;
	const {signal} = options;
	const startMs = runtime.monotonicMs();
	requireOwner(keyring, 'forget snapshots');
	throwIfAborted(signal);
	if (references.length === 0) {
		throw new CofferError('usage', 'Name the snapshots to forget. "coffer snapshots" lists them.');
	}

	const before = await look(session, options);
	const wanted = choose(before, references);
	const wantedIds = new Set(wanted.snapshots.map(({id}) => id));
	const finish = (summary: Omit<ForgetSummary, 'durationMs'>): ForgetSummary => ({...summary, durationMs: Math.round(runtime.monotonicMs() - startMs)});
	if (isDryRun) {
		return finish(summarize(before.listing, wanted, true));
	}

	return withExclusiveLock(session, 'forget', async lock => {
		// Again under the lock: what has gone meanwhile must not get a tombstone, which would hide its loss.
		const view = await look(session, options);
		const {listing} = view;
		const halfForgotten = new Set(listing.forgotten);
		const {snapshots} = choose(view, [...listing.snapshots, ...listing.forgotten].map(({id}) => id).filter(id => wantedIds.has(id)));
		const lost = new Map([...wanted.lost].filter(([id]) => view.lost.has(id)));
		const work = [...listing.forgotten, ...snapshots.filter(snapshot => !halfForgotten.has(snapshot))];
		let done = 0;
		for (const snapshot of work) {
			if (signal?.aborted) {
				throw new CofferError('aborted', `Interrupted after ${done} of ${work.length} snapshots. Those stay forgotten; start it again for the others.`, {cause: signal.reason});
			}

			await forgetOne(session, snapshot, {lock, reason, hasTombstone: halfForgotten.has(snapshot)});
			done++;
		}

		for (const [id, sha256] of lost) {
			await lock.assertHeld();
			await writeTombstone(session, {id, sha256, reason: `lost; ${reason}`});
		}

		return finish(summarize(listing, {snapshots, lost}, false));
	}, signal);
}
