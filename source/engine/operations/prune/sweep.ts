import {isCofferError} from '../../errors.ts';
import type {PackId} from '../../ids.ts';
import {listSnapshots, LoadedIndex, packName, replaceIndexObjects, type RunningWriters, type StoredSnapshot} from '../../repository/repository.ts';
import {createBlobReader} from '../reading.ts';
import {presentWriters} from './marking.ts';
import {NeededBlobs} from './needed-blobs.ts';
import {unreadable} from './refusals.ts';
import {listEverything, listWritersNow, throwIfStopped, type Scene} from './scene.ts';
import {assertListed, describeIndex, namesBelow, type Listing} from './survey.ts';

/** How many packs are deleted in the first place where there is hardly any room to write. */
const fewPacks = 64;

/** Deletes packs that nothing needs, as the order of writes and deletions in format.md has it. */
export class Sweeper {
	/** Gone. */
	readonly removed = new Set<PackId>();
	/** Marked: they go in a later prune. */
	readonly waiting = new Set<PackId>();
	/** Whom those wait for. */
	waitsFor: RunningWriters | undefined;
	readonly #scene: Scene;

	constructor(scene: Scene) {
		this.#scene = scene;
	}

	/**
	Delete packs. Where a disk is so full that not even the marks or a new index object fit on it, a few that need little room go first.
	@param candidates - Packs of which nothing is needed, or that new ones stand in for which the index names.
	@throws `storage-full` where not even that fits; `damaged`, `storage-failed` for what makes it unsafe to go on; `writer-expired`, `aborted`; what the storage throws
	*/
	async sweep(candidates: ReadonlySet<PackId>): Promise<void> {
		try {
			await this.#sweep(candidates);
		} catch (error) {
			if (!isCofferError(error, 'storage-full')) {
				throw error;
			}

			const few = this.#withoutNewIndex(candidates);
			if (few.size === 0) {
				throw error;
			}

			await this.#sweep(few);
			await this.#sweep(candidates.difference(few));
		}
	}

	/** Write the index without packs, and, where that is said, in fewer objects. */
	async replaceIndexes(objects: readonly string[], isGone: (pack: PackId) => boolean = () => false): Promise<void> {
		const {session, survey, assertHeld, signal} = this.#scene;
		const replaced = new Set(objects);
		const elsewhere = new Set([...survey.objects].flatMap(([name, {packs}]) => replaced.has(name) ? [] : [...packs.keys()]));
		const written = await replaceIndexObjects(session, {objects, isKept: pack => !isGone(pack) && !elsewhere.has(pack), assertHeld, signal});
		for (const name of objects) {
			survey.objects.delete(name);
		}

		for (const {name, content} of written) {
			survey.objects.set(name, describeIndex(content));
		}
	}

	/** A few packs for which no index object has to be written. */
	#withoutNewIndex(candidates: ReadonlySet<PackId>): ReadonlySet<PackId> {
		const few = new Set<PackId>();
		const others = new Set<PackId>();
		for (const {packs} of this.#scene.survey.objects.values()) {
			const ids = [...packs.keys()];
			const into = ids.every(id => candidates.has(id)) && few.size < fewPacks ? few : others;
			for (const id of ids) {
				into.add(id);
			}
		}

		return few.difference(others);
	}

	async #sweep(candidates: ReadonlySet<PackId>): Promise<void> {
		if (candidates.size === 0) {
			return;
		}

		const {marking, assertHeld} = this.#scene;
		throwIfStopped(this.#scene);
		await assertHeld();
		await marking.mark(candidates);
		// From here on nobody begins to rely on them; so whoever does is among these, or has left a snapshot.
		const everything = await listEverything(this.#scene);
		const running = await listWritersNow(this.#scene, everything);
		const present = presentWriters(running);
		const ripe = marking.ripe(candidates, present);
		const waiting = candidates.difference(ripe);
		await marking.noteWriters(waiting, present);
		const needed = await this.#findNeeded(candidates, everything);
		await this.#remove(ripe.difference(needed));
		for (const id of waiting.difference(needed)) {
			this.waiting.add(id);
			this.waitsFor = running;
		}
	}

	/** Which of the packs are needed by snapshots that have come since the survey. */
	async #findNeeded(candidates: ReadonlySet<PackId>, everything: Listing): Promise<ReadonlySet<PackId>> {
		const {session, survey, marking, known, isDryRun, signal} = this.#scene;
		// A dry run holds no lock: others may forget snapshots and replace packs meanwhile.
		const isLasting = !isDryRun;
		const {snapshots, problems} = await listSnapshots(session, signal, survey.snapshotCache);
		if (problems.length > 0) {
			throw unreadable(problems);
		}

		const names = snapshots.map(({objectName}) => objectName);
		await assertListed(session, 'snapshots', names, known.keys(), {isLasting});
		await assertListed(session, 'snapshots', names, namesBelow(everything, 'snapshots'));
		await assertListed(session, 'index', namesBelow(everything, 'index'), survey.objects.keys(), {isLasting});
		const news: StoredSnapshot[] = snapshots.filter(({objectName}) => survey.listing.snapshots.every(snapshot => snapshot.objectName !== objectName));
		for (const snapshot of news) {
			known.set(snapshot.objectName, snapshot);
		}

		if (news.length === 0) {
			return new Set();
		}

		const index = await LoadedIndex.load(session, {lastPacks: marking.packs, ...(signal && {signal})});
		const lost = new Map(index.problems.map(problem => [problem.object, problem]));
		const needed = new NeededBlobs(index, {reader: createBlobReader(session, index), runtime: session.runtime, lost, signal});
		await needed.walk(news);
		return new Set([...candidates].filter(id => needed.hasNeed(id)));
	}

	async #remove(packs: ReadonlySet<PackId>): Promise<void> {
		const {session, survey, assertHeld, progress} = this.#scene;
		const affected = [...survey.objects].filter(([, object]) => packs.values().some(id => object.packs.has(id))).map(([name]) => name);
		await this.replaceIndexes(affected, id => packs.has(id));
		for (const id of packs) {
			throwIfStopped(this.#scene);
			await assertHeld();
			await session.storage.remove(packName(id));
			this.removed.add(id);
			progress.update(() => ({files: this.removed.size, bytes: 0}));
		}
	}
}
