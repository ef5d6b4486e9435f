import type {AlertChange} from '../../state/alert-changes.ts';
import {severities} from '../alert.ts';
import {medianOf} from '../growth.ts';
import type {IncidentReport, ReactionReport} from './report.ts';

type Time = {readonly fromMs: number; readonly toMs: number};
type Incident = {-readonly [Key in keyof IncidentReport]: IncidentReport[Key]};

const rankOf = (severity: string): number => (severities as readonly string[]).indexOf(severity);
const after = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from));

function begin({key, kind, severity, object, message, time}: AlertChange): Incident {
	return {key, kind, severity, object, message, raised: time};
}

/** What a change means for an alert that is open. */
function apply(incident: Incident, {event, time, severity, message, user, note}: AlertChange): void {
	switch (event) {
		case 'escalated': {
			incident.message = message;
			incident.severity = rankOf(severity) > rankOf(incident.severity) ? severity : incident.severity;
			break;
		}

		case 'acknowledged': {
			incident.acknowledged ??= {time, ...(user !== undefined && {user}), ...(note !== undefined && {note}), afterMs: after(incident.raised, time)};
			break;
		}

		case 'resolved': {
			incident.resolved = {time, afterMs: after(incident.raised, time)};
			break;
		}

		case 'raised':
		case 'eased':
		case 'unacknowledged': {
			break;
		}
	}
}

/**
The alerts that were open at any moment of a time, in the order in which they were raised; each with the worst that it was, when somebody first took note of it, and when it was over.
@param changes - Of the alerts of this host, in the order in which they were written, also from before that time.
*/
export function incidentsOf(changes: readonly AlertChange[], {fromMs, toMs}: Time): IncidentReport[] {
	const open = new Map<string, Incident>();
	const all: Incident[] = [];
	for (const change of changes) {
		if (Date.parse(change.time) >= toMs) {
			continue;
		}

		const known = open.get(change.key);
		// Of the history only the end may be left: then it begins with what is there.
		const incident = known === undefined || change.event === 'raised' ? begin(change) : known;
		if (incident !== known) {
			open.set(change.key, incident);
			all.push(incident);
		}

		apply(incident, change);
		if (change.event === 'resolved') {
			open.delete(change.key);
		}
	}

	return all.filter(({raised, resolved}) => Date.parse(raised) >= fromMs || resolved === undefined || Date.parse(resolved.time) >= fromMs);
}

function meanOf(values: readonly number[]): number {
	return Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
}

/** How fast people and repairs were. */
export function reactionsTo(incidents: readonly IncidentReport[], {fromMs}: Pick<Time, 'fromMs'>): ReactionReport {
	const noted = incidents.flatMap(({acknowledged}) => acknowledged ? [acknowledged.afterMs] : []);
	const mended = incidents.flatMap(({resolved}) => resolved ? [resolved.afterMs] : []);
	return {
		raised: incidents.filter(({raised}) => Date.parse(raised) >= fromMs).length,
		acknowledged: noted.length,
		resolved: mended.length,
		open: incidents.filter(({resolved}) => resolved === undefined).length,
		...(noted.length > 0 && {medianAcknowledgeMs: Math.round(medianOf(noted))}),
		...(mended.length > 0 && {meanResolveMs: meanOf(mended)}),
	};
}
