import type {Dashboard} from '../../dashboard.ts';
import {createScheduleScreen} from './state.ts';

/** Open the schedule. @param source - With the cursor on the first job that backs it up. @default on the first job */
export function openSchedule(dashboard: Dashboard, source?: string): void {
	const jobs = dashboard.state.overview?.schedule?.jobs ?? [];
	const cursor = source === undefined ? 0 : jobs.findIndex(({job: {kind, sources}}) => kind === 'backup' && (sources?.includes(source) ?? true));
	dashboard.openScreen({...createScheduleScreen(), cursor: Math.max(0, cursor)});
}
