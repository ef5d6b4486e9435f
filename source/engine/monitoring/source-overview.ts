import type {StoredSnapshot} from '../repository/repository.ts';
import {nextRunOfSource} from './describe-schedule.ts';
import {defaultMonitorPolicy, limitsOf} from './monitor-policy.ts';
import {shownRuns, type SourceOverview} from './overview.ts';
import {runOfSnapshot} from './run-record.ts';
import type {ScheduleOverview} from './schedule-overview.ts';
import {assessSources, type SourceStatusInput} from './source-status.ts';

const placeOf = ({host, source}: {readonly host: string; readonly source: string}): string => JSON.stringify([host, source]);

/** Each source as a screen shows it: how it stands, its last runs, its epoch, its next run. In the order of `assessSources`. */
export function describeSources(input: SourceStatusInput & {readonly schedule: ScheduleOverview}): SourceOverview[] {
	const {snapshots, memories, host, schedule, policy = defaultMonitorPolicy} = input;
	const ofPlace = Map.groupBy(snapshots, snapshot => placeOf(snapshot));
	return assessSources(input).map(status => {
		const own: readonly StoredSnapshot[] = ofPlace.get(placeOf({host: status.host, source: status.name})) ?? [];
		const remembered = status.host === host ? memories.find(({source}) => source === status.name)?.runs ?? [] : [];
		const runs = remembered.length > 0 ? remembered.slice(-shownRuns) : own.slice(-shownRuns).map(snapshot => runOfSnapshot(snapshot));
		const epoch = own.at(-1)?.keyEpoch;
		const nextRun = status.isConfigured ? nextRunOfSource(schedule, status.name) : undefined;
		return {
			...status,
			maximumAgeMs: limitsOf(policy, status.name, status.host === host).maximumAgeMs,
			runs,
			...(epoch !== undefined && {epoch}),
			...(nextRun !== undefined && {nextRun}),
		};
	});
}
