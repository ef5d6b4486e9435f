import type {SnapshotOverview, StoredSnapshot} from '../engine/index.ts';

/** A snapshot as `--json` shows it in lists. */
export function snapshotToJson({id, time, source, kind, class: backupClass, host, user, tags, paths, statistics, keyEpoch, classification, facts}: StoredSnapshot, verifications: SnapshotOverview['verifications']) {
	const {files, directories, bytes, addedBytes, storedBytes, durationMs, unreadable} = statistics;
	const verification = verifications.get(id);
	return {
		id, time, source, kind, class: backupClass, host, user, tags, paths, files, directories, bytes, addedBytes, storedBytes, durationMs, unreadable, keyEpoch,
		verifiedAt: verification?.time ?? null,
		verifiedData: verification?.data ?? null,
		...(classification && {classification}),
		...(facts && {facts}),
	};
}
