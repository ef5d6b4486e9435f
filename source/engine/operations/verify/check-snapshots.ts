import type {SnapshotId} from '../../ids.ts';
import {findChainProblems, listSnapshots, snapshotIdOfName, type RepositorySession, type StoredSnapshot, type Tombstone} from '../../repository/repository.ts';
import type {Findings} from './problem.ts';

const lostAdvice = 'Put its object back from a copy of the repository; without one it is lost. Find out who removed it. No other snapshot needs it.';
const exchangedAdvice = 'Find out who exchanged it before you trust it, and put its object back from a copy of the repository.';

/** Read every snapshot object. @throws What the storage throws */
export async function readSnapshots(session: RepositorySession, findings: Findings, signal: AbortSignal | undefined): Promise<readonly StoredSnapshot[]> {
	const {snapshots, problems, forgotten} = await listSnapshots(session, signal);
	for (const {id} of forgotten) {
		findings.note(`The snapshot ${id} is forgotten, but its object is still there: a run was interrupted. The next "coffer forget" or "coffer prune" removes it.`);
	}

	for (const {object, message} of problems) {
		const id = snapshotIdOfName(object);
		const finding = findings.add('snapshot', object, message);
		if (id !== undefined) {
			finding.snapshots.add(id);
		}
	}

	return snapshots;
}

/** Whether a predecessor is known to be damaged, or to have been forgotten by a tombstone that is damaged: both have been named already. */
function isNamed(id: SnapshotId, findings: Findings): boolean {
	for (const {kind, object} of findings.all) {
		if ((kind === 'snapshot' && snapshotIdOfName(object) === id) || (kind === 'tombstone' && object === `tombstones/${id}`)) {
			return true;
		}
	}

	return false;
}

/** Predecessors that are gone or were exchanged. */
export function checkChain(snapshots: readonly StoredSnapshot[], tombstones: readonly Tombstone[], findings: Findings): void {
	const byName = new Map(snapshots.map(snapshot => [snapshot.objectName, snapshot]));
	const present = new Set(snapshots.map(({id}) => id));
	for (const {object, message} of findChainProblems(snapshots, tombstones)) {
		const lost = byName.get(object)?.previous?.id;
		if (lost !== undefined && !isNamed(lost, findings)) {
			findings.add('snapshot', object, message, present.has(lost) ? exchangedAdvice : lostAdvice).snapshots.add(lost);
		}
	}
}

/**
The snapshots asked for, as the storage has them now.
@param requested - @default all
*/
export function chooseSnapshots(
	snapshots: readonly StoredSnapshot[],
	requested: readonly StoredSnapshot[] | undefined,
	tombstones: readonly Tombstone[],
	findings: Findings,
): readonly StoredSnapshot[] {
	if (requested === undefined) {
		return snapshots;
	}

	const byId = new Map(snapshots.map(snapshot => [snapshot.id, snapshot]));
	for (const {id, objectName} of requested) {
		if (byId.has(id) || findings.find(objectName)) {
			continue;
		}

		if (tombstones.some(tombstone => tombstone.id === id)) {
			findings.note(`The snapshot ${id} has been forgotten meanwhile.`);
		} else {
			findings.add('snapshot', objectName, `${objectName} is missing.`, lostAdvice).snapshots.add(id);
		}
	}

	return [...new Set(requested.flatMap(({id}) => byId.get(id) ?? []))];
}
