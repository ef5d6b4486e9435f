const dayMs = 24 * 60 * 60 * 1000;

/** How long the rules keep snapshots unless somebody says otherwise, in days. */
const keptDays: Readonly<Record<string, number>> = {daily: 30, weekly: 90, monthly: 90};

/** A snapshot as `snapshots --json` lists it. */
export type ListedSnapshot = {readonly id: string; readonly time: string; readonly source: string; readonly class: string};

/**
What the default rules promise to be there after a prune, worked out anew and not with the program's own code: by class those that are young enough, and the newest of each source.
@param made - Every snapshot that was ever made.
*/
export function promisedSnapshots(made: readonly ListedSnapshot[], nowMs: number): ListedSnapshot[] {
	const newest = new Map<string, ListedSnapshot>();
	for (const snapshot of made) {
		const known = newest.get(snapshot.source);
		if (known === undefined || known.time < snapshot.time) {
			newest.set(snapshot.source, snapshot);
		}
	}

	return made.filter(snapshot => {
		const ageMs = nowMs - Date.parse(snapshot.time);
		return newest.get(snapshot.source) === snapshot || ageMs < (keptDays[snapshot.class] ?? Infinity) * dayMs;
	});
}

/** Of each source the days (YYYY-MM-DD, UTC) of the last `count` whole days before `nowMs` on which there is no snapshot that is at least a daily one. */
export function missingDays(snapshots: readonly ListedSnapshot[], sources: readonly string[], nowMs: number, count: number): string[] {
	return sources.flatMap(source => {
		const days = new Set(snapshots.filter(snapshot => snapshot.source === source).map(({time}) => time.slice(0, 10)));
		return Array.from({length: count}, (_, number) => new Date(nowMs - ((number + 1) * dayMs)).toISOString().slice(0, 10)).filter(day => !days.has(day)).map(day => `${source} ${day}`);
	});
}
