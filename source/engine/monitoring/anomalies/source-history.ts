import type {StoredSnapshot} from '../../repository/repository.ts';

/** One run, as its snapshot tells of it. */
export type RunMeasures = {
	/** RFC 3339. */
	readonly time: string;
	readonly durationMs: number;
	/** Of all files. */
	readonly bytes: number;
	readonly addedBytes: number;
	/** Entries of the snapshot before, and what became of them; missing where that is not known. */
	readonly before?: number;
	readonly newFiles?: number;
	readonly changedFiles?: number;
	readonly removedFiles?: number;
};

/** So many runs before the newest are looked at. */
export const historyRuns = 60;

export function measuresOfRun({time, statistics: {durationMs, bytes, addedBytes, measures}}: StoredSnapshot): RunMeasures {
	const {before, newFiles, changedFiles, removedFiles} = measures?.changes ?? {};
	return {
		time, durationMs, bytes, addedBytes,
		...(before !== undefined && {before}), ...(newFiles !== undefined && {newFiles}), ...(changedFiles !== undefined && {changedFiles}), ...(removedFiles !== undefined && {removedFiles}),
	};
}

/**
The newest snapshot of a source, and the runs that it is compared with: those of the same kind and the same paths, whatever their class.
@param snapshots - Of one source on one host, oldest first.
*/
export function historyOf(snapshots: readonly StoredSnapshot[]): {readonly newest: StoredSnapshot; readonly history: readonly RunMeasures[]} | undefined {
	const newest = snapshots.at(-1);
	if (newest === undefined) {
		return undefined;
	}

	const places = newest.paths.join('\0');
	const alike = snapshots.slice(0, -1).filter(({kind, paths}) => kind === newest.kind && (kind !== 'files' || paths.join('\0') === places));
	// The first run reads and stores everything.
	const history = alike.filter(snapshot => snapshot !== snapshots[0]).slice(-historyRuns).map(snapshot => measuresOfRun(snapshot));
	return {newest, history};
}
