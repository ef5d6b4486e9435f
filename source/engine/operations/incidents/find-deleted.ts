import {leastFiles, toldShares, type DeletedIncident} from '../../incident.ts';
import type {Snapshot} from '../../repository/repository.ts';

/** So large a share of what there was has to be there again. */
const mendedShare = 0.75;

const leastShare = toldShares.deleted.high;

const isSamePlace = ({paths}: Snapshot, previous: Snapshot): boolean => paths.length === previous.paths.length && paths.every((path, index) => path === previous.paths[index]);

/** Whether many files of the snapshot before are gone. Other paths are another source: nothing is made of that. */
export function findDeleted(snapshot: Snapshot, previous: Snapshot, standing: DeletedIncident | undefined): DeletedIncident | undefined {
	const {time, statistics: {files, measures}} = snapshot;
	const {files: before} = previous.statistics;
	if (!measures || !isSamePlace(snapshot, previous) || before - files < leastFiles || before - files < leastShare * before) {
		return standing;
	}

	return {kind: 'deleted', time, files, before: Math.max(before, standing?.before ?? 0)};
}

/** Whether a later snapshot has mostly as many files again. */
export function isRefilled({before}: DeletedIncident, {statistics: {files}}: Snapshot): boolean {
	return files >= mendedShare * before;
}
