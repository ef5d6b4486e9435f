import type {Activity, Alert, SourceOverview} from '../../engine/index.ts';
import {isActive, type Job} from './job.ts';
import type {DashboardState, SourceOrder} from './state.ts';

/** The word for how a source stands; one word for each, so that colour is never needed. */
export type SourceWord = 'OK' | 'RUN' | 'WAIT' | 'LATE' | 'WARN' | 'FAIL' | 'NEVER';

/** A source as the list shows it. */
export type ListedSource = {
	readonly source: SourceOverview;
	readonly word: SourceWord;
	/** Its running job or activity, from 0 to 1, where the total is known. */
	readonly share?: number;
};

/** The part that is done, from 0 to 1. */
export function shareOf({bytes, totalBytes, files, totalFiles}: {readonly bytes: number; readonly totalBytes?: number; readonly files: number; readonly totalFiles?: number}): number | undefined {
	if (totalBytes !== undefined && totalBytes > 0) {
		return Math.min(1, bytes / totalBytes);
	}

	return totalFiles === undefined || totalFiles === 0 ? undefined : Math.min(1, files / totalFiles);
}

const words: Readonly<Record<SourceOverview['state'], SourceWord>> = {ok: 'OK', partial: 'WARN', stale: 'LATE', failed: 'FAIL', never: 'NEVER'};
const urgency: readonly SourceWord[] = ['FAIL', 'NEVER', 'LATE', 'WARN', 'RUN', 'WAIT', 'OK'];

/** What others do on this host: the activities without those of the jobs of this screen. */
export function foreignActivities({overview, jobs}: Pick<DashboardState, 'overview' | 'jobs'>): readonly Activity[] {
	const own = new Set(jobs.map(({processId}) => processId));
	return (overview?.activities ?? []).filter(activity => !own.has(activity.process.pid));
}

function list(source: SourceOverview, jobs: readonly Job[], activities: readonly Activity[]): ListedSource {
	const job = jobs.findLast(candidate => candidate.kind === 'backup' && candidate.subject === source.name && isActive(candidate));
	const activity = activities.find(({kind, subject}) => kind === 'backup' && subject === source.name);
	const progress = job?.progress ?? activity?.progress;
	const isRunning = activity !== undefined || progress !== undefined || (job !== undefined && job.state !== 'queued');
	if (isRunning) {
		const share = progress && shareOf(progress);
		return {source, word: 'RUN', ...(share !== undefined && {share})};
	}

	return {source, word: job ? 'WAIT' : words[source.state]};
}

const byName = (a: SourceOverview, b: SourceOverview): number => a.name < b.name ? -1 : Number(a.name > b.name);

function compare(order: SourceOrder): ((a: ListedSource, b: ListedSource) => number) | undefined {
	switch (order) {
		case 'configuration': {
			return undefined;
		}

		case 'state': {
			return (a, b) => urgency.indexOf(a.word) - urgency.indexOf(b.word);
		}

		case 'name': {
			return (a, b) => byName(a.source, b.source);
		}

		case 'age': {
			return (a, b) => (a.source.lastSuccess ?? '').localeCompare(b.source.lastSuccess ?? '', 'en');
		}

		case 'size': {
			return (a, b) => b.source.bytes - a.source.bytes;
		}
	}
}

/** Whether a text holds all words of a filter, in any case. */
export function isMatch(text: string, filter: string): boolean {
	const lower = text.toLowerCase();
	return filter.toLowerCase().split(/\s+/).every(word => lower.includes(word));
}

/** The sources as the main screen lists them: filtered and ordered. */
export function listSources({overview, jobs, main}: Pick<DashboardState, 'overview' | 'jobs' | 'main'>): readonly ListedSource[] {
	if (overview === undefined) {
		return [];
	}

	const listed = overview.sources.map(source => list(source, source.host === overview.host ? jobs : [], source.host === overview.host ? overview.activities : []));
	const shown = listed.filter(({source, word}) => isMatch(`${source.name} ${source.host} ${source.kind} ${word}`, main.filter));
	const order = compare(main.order);
	return order ? shown.toSorted(order) : shown;
}

/** Where the cursor of a list is, though the list may have become shorter. */
export function clampRow(row: number, count: number): number {
	return Math.max(0, Math.min(row, count - 1));
}

/** The source that the cursor of the main screen stands on. */
export function selectedSource(state: Pick<DashboardState, 'overview' | 'jobs' | 'main'>): SourceOverview | undefined {
	const listed = listSources(state);
	return listed[clampRow(state.main.cursors.backups, listed.length)]?.source;
}

/** Alerts: the open ones first, else as the engine orders them. */
export function listAlerts({overview}: Pick<DashboardState, 'overview'>): readonly Alert[] {
	const alerts = overview?.alerts ?? [];
	return [...alerts.filter(alert => alert.acknowledged === undefined), ...alerts.filter(alert => alert.acknowledged !== undefined)];
}

/** Jobs as they are listed: those that go on first, then those that have ended, the newest first. */
export function listJobs({jobs}: Pick<DashboardState, 'jobs'>): readonly Job[] {
	return [...jobs.filter(job => isActive(job)), ...jobs.filter(job => !isActive(job)).toReversed()];
}
