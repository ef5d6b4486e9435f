import type {StoredSnapshot} from '../repository/repository.ts';
import type {Ratios} from './overview.ts';

/** What the snapshots tell of deduplication and compression. A ratio is left out where there is nothing to divide by. */
export function ratiosOf(snapshots: ReadonlyArray<Pick<StoredSnapshot, 'statistics'>>): Ratios {
	let [bytes, added, stored] = [0, 0, 0];
	for (const {statistics} of snapshots) {
		bytes += statistics.bytes;
		added += statistics.addedBytes;
		stored += statistics.storedBytes;
	}

	return {...(added > 0 && {deduplication: bytes / added}), ...(stored > 0 && {compression: added / stored})};
}
