import {incidentKinds, type Incident} from '../../incident.ts';
import type {StoredSnapshot} from '../../repository/repository.ts';
import type {AlertRecord} from '../../state/alerts.ts';
import type {SettledIncidents} from '../../state/settled-incidents.ts';
import type {Finding} from '../alert.ts';
import type {AlertFacts} from '../assess-alerts.ts';
import {defaultMonitorPolicy, limitsOf} from '../monitor-policy.ts';
import {findIncidentTrouble, findOddTrouble} from './anomaly-findings.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** What somebody has acknowledged is over after so long, though no snapshot shows it mended. */
export const settledAfterMs = 30 * dayMs;

const placeOf = ({host, source}: {readonly host: string; readonly source: string}): string => JSON.stringify([host, source]);
const keyOf = (kind: string, host: string, source: string): string => `${kind}:${host}/${source}`;

/**
What was acknowledged long ago, by the keys of the alerts.
@returns For each the time up to which what snapshots have shown is over: that of the acknowledgement.
*/
export function findSettled(records: readonly AlertRecord[], nowMs: number): Array<{readonly key: string; readonly until: string}> {
	return records.flatMap(({key, acknowledged}) => {
		const isIncident = incidentKinds.some(kind => kind !== 'canary' && key.startsWith(`${kind}:`));
		return isIncident && acknowledged && nowMs - Date.parse(acknowledged.time) >= settledAfterMs ? [{key, until: acknowledged.time}] : [];
	});
}

function isSettled(settled: SettledIncidents | undefined, key: string, time: string): boolean {
	const until = settled?.get(key);
	return until !== undefined && time <= until;
}

/** What is odd about the newest backup of each source that is expected to run: the configured ones, or all where none is configured. While something looks like a loss, it is not called odd besides. */
export function findAnomalies({snapshots = [], sources, host: ownHost, policy = defaultMonitorPolicy, settled}: AlertFacts): Finding[] {
	const hasConfigured = sources.some(({isConfigured}) => isConfigured);
	const ofPlace: ReadonlyMap<string, readonly StoredSnapshot[]> = Map.groupBy(snapshots, snapshot => placeOf(snapshot));
	return sources.filter(({isConfigured}) => isConfigured || !hasConfigured).flatMap(({name, host}) => {
		const own = ofPlace.get(placeOf({host, source: name})) ?? [];
		const {anomalies: watch} = limitsOf(policy, name, host === ownHost);
		const incidents = findIncidentTrouble(own, watch, (kind: Incident['kind'], time) => isSettled(settled, keyOf(kind, host, name), time));
		const found = incidents.length > 0 ? incidents : findOddTrouble(own, watch);
		return found.map(finding => ({key: keyOf(finding.kind, host, name), object: host === ownHost ? name : `${name} on ${host}`, ...finding}));
	});
}
