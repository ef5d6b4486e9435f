import {leastFiles, toldShares, type DeletedIncident} from '../../incident.ts';
import type {Snapshot} from '../../repository/repository.ts';

/** So large a share of what there was has to be there again. */
const mendedShare = 0.75;

const leastShare = toldShares.deleted.high;

const isSamePlace = ({paths}: Snapshot, previous: Snapshot): boolean => paths.length === previous.paths.length && paths.every((path, index) => path === previous.paths[index]);

/** How many files there are, without the objects of Git that it puts into packs by itself. */
const countFiles = ({statistics: {files, measures}}: Snapshot): number => files - (measures?.looseObjects ?? 0);

/** Whether many files of the snapshot before are gone. Other paths are another source: nothing is made of that. */
export function findDeleted(snapshot: Snapshot, previous: Snapshot, standing: DeletedIncident | undefined): DeletedIncident | undefined {
	const {time, statistics: {measures}} = snapshot;
	// What an earlier version has counted, it has counted otherwise.
	const [files, before] = previous.statistics.measures ? [countFiles(snapshot), countFiles(previous)] : [snapshot.statistics.files, previous.statistics.files];
	if (!measures || !isSamePlace(snapshot, previous) || before - files < leastFiles || before - files < leastShare * before) {
		return standing;
	}

	return {kind: 'deleted', time, files, before: Math.max(before, standing?.before ?? 0)};
}

/** Whether a later snapshot has mostly as many files again. */
export function isRefilled({before}: DeletedIncident, snapshot: Snapshot): boolean {
	return countFiles(snapshot) >= mendedShare * before;
}
