const dayMs = 24 * 60 * 60 * 1000;

/** The newest snapshot that is at least so many days old. @param snapshots - Newest first. */
export function findDaysAgo<Snapshot extends {readonly time: string}>(snapshots: readonly Snapshot[], days: number, nowMs: number): Snapshot | undefined {
	return snapshots.find(({time}) => nowMs - Date.parse(time) >= days * dayMs);
}
