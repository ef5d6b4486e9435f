import type {AlertRecord} from '../state/alerts.ts';
import {severities, type Alert, type Finding} from './alert.ts';

/** So much later the record of an alert that lasts is written again. */
const recordIntervalMs = 60_000;

const rankOf = (severity: string): number => (severities as readonly string[]).indexOf(severity);

/** Greater than 0 where the second severity is more severe, smaller where it is less. */
export const compareSeverity = (before: string, after: string): number => rankOf(after) - rankOf(before);

function ageOne(finding: Finding, record: AlertRecord | undefined, nowMs: number): {alert: Alert; record: AlertRecord} {
	const now = new Date(nowMs).toISOString();
	const {key, severity, ...text} = finding;
	if (record === undefined) {
		const begun = {key, severity, firstSeen: now, lastSeen: now, text};
		return {alert: {...finding, firstSeen: now, lastSeen: now}, record: begun};
	}

	const {firstSeen, acknowledged} = record;
	const isWorse = compareSeverity(record.severity, severity) > 0;
	const isRecent = Math.abs(nowMs - Date.parse(record.lastSeen)) < recordIntervalMs;
	const kept = acknowledged && !isWorse ? {acknowledged} : {};
	return {
		alert: {...finding, firstSeen, lastSeen: now, ...kept},
		record: record.severity === severity && isRecent && record.text !== undefined ? record : {key, severity, firstSeen, lastSeen: now, ...kept, text},
	};
}

/** The most severe first, and the oldest of these first. */
export function byUrgency(a: Alert, b: Alert): number {
	if (a.severity !== b.severity) {
		return rankOf(b.severity) - rankOf(a.severity);
	}

	const [first, second] = [`${a.firstSeen} ${a.key}`, `${b.firstSeen} ${b.key}`];
	return Number(first > second) - Number(first < second);
}

/**
The life of alerts: one begins when it is first found and ends when it is no longer found. An acknowledgement ends with it, or when it becomes more severe.
@param records - What was remembered.
@returns Alerts, most severe first and the oldest of these first; what is to be remembered, unchanged records as they were given; and whether anything changed.
*/
export function ageAlerts(records: readonly AlertRecord[], findings: readonly Finding[], nowMs: number): {alerts: Alert[]; records: AlertRecord[]; isChanged: boolean} {
	const known = new Map(records.map(record => [record.key, record]));
	const aged = findings.map(finding => ageOne(finding, known.get(finding.key), nowMs));
	return {
		alerts: aged.map(({alert}) => alert).toSorted(byUrgency),
		records: aged.map(({record}) => record),
		isChanged: aged.length !== records.length || aged.some(({record}) => known.get(record.key) !== record),
	};
}
