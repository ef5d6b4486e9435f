import {CofferError, isCofferError, throwIfAborted} from '../../errors.ts';
import type {EventListener} from '../../events.ts';
import type {SnapshotId} from '../../ids.ts';
import {dataKeysOf, RepositorySession, withExclusiveLock, type StoredSnapshot, type Tombstone} from '../../repository/repository.ts';
import {applyRetention} from '../../retention/apply-retention.ts';
import type {RetentionDecision} from '../../retention/decision.ts';
import {forgetOne} from '../forget/forget.ts';
import type {RememberedSnapshot} from '../forget/lost-snapshots.ts';
import {requireOwner} from '../owner.ts';
import {ProgressReporter} from '../progress.ts';
import {createBlobReader} from '../reading.ts';
import {findOrphans, joinIndexObjects, removeIdleDataKeys, removeOrphans, removeSpentMarks} from './clean-up.ts';
import {createCountingStorage, type CountingStorage} from './counting-storage.ts';
import {describeRunning, Marking} from './marking.ts';
import {NeededBlobs} from './needed-blobs.ts';
import {namedPacks, planPrune} from './prune-plan.ts';
import type {PruneRequest, PruneSummary} from './prune-request.ts';
import {lostSnapshots, noRoom} from './refusals.ts';
import {createRehearsalStorage} from './rehearsal-storage.ts';
import {PackRewriter} from './rewrite-packs.ts';
import {listEverything, sizeOfPacks, throwIfStopped, type Scene} from './scene.ts';
import {survey, type Survey} from './survey.ts';
import {Sweeper} from './sweep.ts';

export type PruneOptions = {
	readonly signal?: AbortSignal | undefined;
	readonly onEvent?: EventListener | undefined;
	/** Snapshots that this host has seen and that are gone without having been forgotten. @default none are known */
	readonly findLosses?: () => Promise<readonly RememberedSnapshot[]>;
	/** Called before anything is forgotten by time. What it throws stops the prune. @param isTrusted - The request says that the clock is right. */
	readonly checkClock?: (isTrusted: boolean, seen: {readonly snapshots: readonly StoredSnapshot[]; readonly tombstones: readonly Tombstone[]}) => void;
	/** Which of the snapshots this host has found damaged. @default none */
	readonly findDamaged?: (snapshots: readonly StoredSnapshot[]) => ReadonlySet<SnapshotId>;
};

type Retained = {readonly decisions: readonly RetentionDecision[]; readonly going: ReadonlyMap<StoredSnapshot, string>};

/** Longer reasons are cut: a tombstone has room for 1,000 characters. */
const maximumReasonLength = 500;

function assertRequest({maximumRepackBytes = 0, timeLimitMs = 0}: PruneRequest): void {
	if (!(maximumRepackBytes >= 0) || !(timeLimitMs >= 0)) {
		throw new CofferError('usage', 'The limits of a prune are numbers from 0.');
	}
}

/** What retention says, and by which rule each snapshot goes that goes. */
function retain({retention, isClockTrusted = false}: PruneRequest, {listing, tombstones}: Survey, {runtime}: RepositorySession, {checkClock, findDamaged}: PruneOptions): Retained {
	const {snapshots} = listing;
	if (retention === undefined) {
		return {decisions: [], going: new Map()};
	}

	checkClock?.(isClockTrusted, {snapshots, tombstones});
	const damaged = findDamaged?.(snapshots);
	const facts = snapshots.map(({id, time, source, host, class: backupClass, tags, statistics}) => {
		const isGood = statistics.unreadable === 0 && !(damaged?.has(id) ?? false);
		return {id, time, source, host, class: backupClass, tags, isGood};
	});
	const decisions = applyRetention(facts, retention, {host: runtime.identity.host, nowMs: runtime.now()});
	const byId = new Map(snapshots.map(snapshot => [snapshot.id, snapshot]));
	const going = decisions.filter(({isKept}) => !isKept).map(({snapshot, reasons}) => [byId.get(snapshot.id)!, reasons.map(({text}) => text).join('; ').slice(0, maximumReasonLength)] as const);
	return {decisions, going: new Map(going)};
}

/** Tombstone, then snapshot; those first whose tombstones are there already. */
async function forgetSnapshots(scene: Scene, going: Retained['going']): Promise<void> {
	const {session, survey: {listing}, assertHeld} = scene;
	const work = [...listing.forgotten.map(snapshot => ({snapshot, reason: '', hasTombstone: true})), ...[...going].map(([snapshot, reason]) => ({snapshot, reason, hasTombstone: false}))];
	for (const {snapshot, ...facts} of work) {
		throwIfStopped(scene);
		await forgetOne(session, snapshot, {...facts, lock: {assertHeld}});
	}
}

async function carryOut(session: RepositorySession, storage: CountingStorage, request: PruneRequest, options: PruneOptions, assertHeld: () => Promise<void>): Promise<Omit<PruneSummary, 'durationMs'>> {
	const {signal, onEvent, findLosses} = options;
	const {runtime} = session;
	const {isDryRun = false, maximumRepackBytes, timeLimitMs} = request;
	const untilMs = timeLimitMs === undefined ? undefined : runtime.monotonicMs() + timeLimitMs;
	const progress = new ProgressReporter(runtime, onEvent, 'planning');
	progress.enter('planning', {files: 0, bytes: 0});
	const there = await survey(session, await listEverything({session, signal}), {isAlone: !isDryRun, signal});
	const losses = await findLosses?.() ?? [];
	if (losses.length > 0) {
		throw lostSnapshots(losses);
	}

	const {decisions, going} = retain(request, there, session, options);
	const remaining = there.listing.snapshots.filter(snapshot => !going.has(snapshot));
	const needed = new NeededBlobs(there.index, {reader: createBlobReader(session, there.index), runtime, lost: there.lost, signal, onTree(done, total) {
		progress.update(() => ({files: done, bytes: 0, totalFiles: total}));
	}});
	await needed.walk(remaining);

	// Everything is known to be there that is needed. From here on things go.
	const known = new Map(remaining.map(snapshot => [snapshot.objectName, snapshot]));
	const warn = (message: string) => {
		onEvent?.({event: 'warning', kind: 'repository', message});
	};

	const scene: Scene = {session, assertHeld, survey: there, needed, marking: new Marking(session, there.marks), known, progress, warn, isDryRun, signal};
	const named = namedPacks(there.objects);
	const plan = planPrune({named, needed, busyKeys: dataKeysOf(there.running), maximumRepackBytes});
	const orphans = await findOrphans(scene, there.packSizes.keys(), id => named.has(id), there.running);
	const sweeper = new Sweeper(scene);
	const rewriter = new PackRewriter(scene, sweeper, {untilMs});
	progress.enter('sweeping', {files: 0, bytes: 0});
	await removeOrphans(scene, orphans);
	await forgetSnapshots(scene, going);
	await sweeper.sweep(plan.dead);
	await rewriter.rewrite(plan.repack);
	progress.enter('sweeping', {files: sweeper.removed.size, bytes: 0});
	await joinIndexObjects(scene, sweeper);
	await removeIdleDataKeys(scene);
	await removeSpentMarks(scene, sweeper.waiting);

	const left = namedPacks(there.objects);
	const neededBytes = named.keys().reduce((sum, id) => sum + needed.neededBytes(id), 0);
	const contentBytes = [...left].reduce((sum, [id, pack]) => sum + (sweeper.waiting.has(id) || dataKeysOf(there.running).has(pack.dataKeyId) ? 0 : pack.contentBytes), 0);
	return {
		decisions,
		forgotten: [...going].map(([{id, time, source, host, statistics: {bytes}}, reason]) => ({id, time, source, host, bytes, reason})),
		completed: there.listing.forgotten.map(({id}) => id),
		remaining: known.size,
		packs: {total: there.packSizes.size, removed: orphans.length + sweeper.removed.size, rewritten: rewriter.rewritten, waiting: sweeper.waiting.size},
		freedBytes: storage.freedBytes - rewriter.rehearsedBytes,
		waitingBytes: sizeOfPacks(sweeper.waiting, there.packSizes),
		rewrittenBytes: rewriter.bytes,
		waitingFor: sweeper.waitsFor ? describeRunning(sweeper.waitsFor) : '',
		deadBytes: Math.max(0, Math.round(contentBytes - neededBytes)),
		isLimited: plan.isLimited || rewriter.isLimited,
		isDryRun,
	};
}

/**
Forget the snapshots that retention lets go, and delete what no snapshot needs any more. Backups go on meanwhile, and are neither waited for nor broken: packs that they may rely on are marked, and go in a later prune.
Before anything goes, all that the remaining snapshots need is known to be there; where listings or objects leave that in doubt, nothing is touched.

@throws `key-role`, `usage` before any work; `damaged`, `storage-failed`, `usage` where it would not be safe, with nothing deleted; what `checkClock` throws; `repository-locked`; `storage-full` where there is no room for a mark; `writer-expired`, `aborted`: what is done stays done, and the next prune goes on; `memory-corrupted`; what the storage throws
*/
export async function prune(session: RepositorySession, request: PruneRequest = {}, options: PruneOptions = {}): Promise<PruneSummary> {
	const {runtime} = session;
	const startMs = runtime.monotonicMs();
	requireOwner(session.keyring, 'prune');
	assertRequest(request);
	throwIfAborted(options.signal);
	const run = async (assertHeld: () => Promise<void>): Promise<PruneSummary> => {
		await session.refresh();
		const sizes = await listEverything({session, signal: options.signal});
		const storage = createCountingStorage(request.isDryRun ? createRehearsalStorage(session.storage) : session.storage, sizes);
		const counted = new RepositorySession(storage, runtime, session.memory);
		counted.auditHead = session.auditHead;
		const summary = await carryOut(counted, storage, request, options, assertHeld);
		return {...summary, durationMs: Math.round(runtime.monotonicMs() - startMs)};
	};

	try {
		return request.isDryRun ? await run(async () => undefined) : await withExclusiveLock(session, 'prune', async lock => run(async () => lock.assertHeld()), options.signal);
	} catch (error) {
		throw isCofferError(error, 'storage-full') ? noRoom(session.storage.url, error) : error;
	}
}
