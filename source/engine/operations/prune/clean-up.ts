import {isCofferError} from '../../errors.ts';
import type {DataKeyId, PackId} from '../../ids.ts';
import {abandonedAfterMs, dataKeysOf, maximumBlobsPerIndex, packName, PackReader, readIndexObject, type RunningWriters} from '../../repository/repository.ts';
import {namedPacks} from './prune-plan.ts';
import {listEverything, listWritersNow, throwIfStopped, type Scene} from './scene.ts';
import {assertListed, describeIndex, namesBelow, packIdOf} from './survey.ts';
import type {Sweeper} from './sweep.ts';

/** Index objects with fewer blobs are small … */
const smallIndexBlobs = maximumBlobsPerIndex / 4;
/** … and joined when there are so many. */
const manySmallIndexes = 8;

/** The data key that a pack's header names; `undefined` where that cannot be read. */
async function keyOfPack({session: {storage}}: Pick<Scene, 'session'>, id: PackId): Promise<DataKeyId | undefined> {
	try {
		return await PackReader.dataKeyIdOf(storage, id);
	} catch (error) {
		if (isCofferError(error, 'damaged', 'object-missing', 'format-unsupported')) {
			return undefined;
		}

		throw error;
	}
}

/**
Packs that no index names and no run is writing: what interrupted runs left. Nobody can rely on them, and all that the snapshots need is named by the index; so they need no mark.
@param packs - That are there.
*/
export async function findOrphans(scene: Pick<Scene, 'session'>, packs: Iterable<PackId>, isNamed: (pack: PackId) => boolean, running: RunningWriters): Promise<PackId[]> {
	const busy = dataKeysOf(running);
	const orphans: PackId[] = [];
	for (const id of packs) {
		if (isNamed(id) || running.problems.length > 0) {
			continue;
		}

		const key = await keyOfPack(scene, id);
		if (key === undefined ? busy.size === 0 : !busy.has(key)) {
			orphans.push(id);
		}
	}

	return orphans;
}

/** Delete packs that nobody names, and what has been unfinished for so long that nobody finishes it any more. */
export async function removeOrphans(scene: Scene, orphans: readonly PackId[]): Promise<void> {
	const {session, assertHeld, progress} = scene;
	await session.storage.sweep(abandonedAfterMs);
	for (const [done, id] of orphans.entries()) {
		throwIfStopped(scene);
		await assertHeld();
		await session.storage.remove(packName(id));
		progress.update(() => ({files: done + 1, bytes: 0}));
	}
}

/** Join index objects, where there are many small ones, and take data keys from them that they need no more. */
export async function joinIndexObjects({survey}: Scene, sweeper: Sweeper): Promise<void> {
	const objects = [...survey.objects];
	const small = objects.filter(([, {blobs}]) => blobs < smallIndexBlobs);
	const idle = objects.filter(([, {hasIdleKeys}]) => hasIdleKeys);
	const chosen = new Map([...(small.length >= manySmallIndexes ? small : []), ...idle]);
	if (chosen.size > 0) {
		await sweeper.replaceIndexes([...chosen.keys()]);
	}
}

/** Data keys that no pack is under, and no run is writing under. The keys are listed before the runs, and those before what they have left. */
async function findIdleDataKeys(scene: Scene): Promise<string[]> {
	const {session, survey, signal} = scene;
	const {storage} = session;
	const everything = await listEverything(scene);
	const running = await listWritersNow(scene, everything);
	if (running.problems.length > 0) {
		return [];
	}

	const present = (await storage.list('index', signal)).map(({name}) => name);
	await assertListed(session, 'index', present, [...survey.objects.keys(), ...namesBelow(everything, 'index')], {isLasting: !scene.isDryRun});
	for (const name of present) {
		if (!survey.objects.has(name)) {
			survey.objects.set(name, describeIndex(await readIndexObject(session, name, signal)));
		}
	}

	const named = namedPacks(survey.objects);
	const used = new Set<DataKeyId>([...dataKeysOf(running), ...named.values().map(({dataKeyId}) => dataKeyId)]);
	const idle = namesBelow(everything, 'datakeys').filter(name => !used.has(name.slice('datakeys/'.length) as DataKeyId));
	if (idle.length === 0) {
		return [];
	}

	for (const {name} of await storage.list('packs', signal)) {
		const id = packIdOf(name);
		const key = id === undefined || named.has(id) ? undefined : await keyOfPack(scene, id);
		if (key !== undefined) {
			used.add(key);
		}
	}

	return idle.filter(name => /^datakeys\/[\da-f]{32}$/.test(name) && !used.has(name.slice('datakeys/'.length) as DataKeyId));
}

/** Delete data keys that nothing is encrypted under any more: from then on nobody can read what was. */
export async function removeIdleDataKeys(scene: Scene): Promise<void> {
	for (const name of await findIdleDataKeys(scene)) {
		throwIfStopped(scene);
		await scene.assertHeld();
		await scene.session.storage.remove(name, {isWiped: true});
	}
}

/** Delete the marks of packs that have gone, or have turned out to be needed. */
export async function removeSpentMarks({session, assertHeld, marking}: Scene, waiting: ReadonlySet<PackId>): Promise<void> {
	for (const name of marking.spent(waiting)) {
		await assertHeld();
		await session.storage.remove(name);
	}
}
