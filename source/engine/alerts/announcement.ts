import {severities, type Alert, type AlertKind, type Severity} from '../monitoring/alert.ts';
import type {AlertRecord} from '../state/alerts.ts';
import type {AnnouncementRow} from '../state/announcements.ts';
import {optional, parseJson, toChoice, toRecord, toText, toTime} from '../state/shapes.ts';
import type {AnnouncedAlert} from './notice.ts';

/** That one alert was told on one channel. */
export type Announcement = {
	/** The worst that was told. */
	readonly severity: Severity;
	/** When it was told first at that severity, and when it was told last: RFC 3339. */
	readonly first: string;
	readonly last: string;
	/** How often it was told. */
	readonly count: number;
	/** It was told that nobody took note of it. */
	readonly isEscalated: boolean;
	/** As it was told last. */
	readonly alert: AnnouncedAlert;
};

/** An alert that is open. */
export type OpenAlert = AnnouncedAlert & {readonly isAcknowledged: boolean};

/** A severity of a later version counts as the worst. */
const toSeverity = (text: string): Severity => severities.find(severity => severity === text) ?? 'critical';

/** The alerts that are remembered with what they say; those that an earlier version has remembered have to be looked at again first. */
export function toOpenAlerts(records: readonly AlertRecord[]): OpenAlert[] {
	return records.flatMap(({key, severity, firstSeen: since, acknowledged, text}): OpenAlert[] => text === undefined
		? []
		: [{key, severity: toSeverity(severity), since, ...text, isAcknowledged: acknowledged !== undefined}]);
}

/** An alert as it is remembered; where its words are not known, its key says what it is. */
export function toAlert({severity, text, ...life}: AlertRecord): Alert {
	const {kind, ...words} = text ?? {kind: life.key.split(':', 1)[0]!, object: life.key, message: 'nobody has looked at it since an earlier version', nextStep: 'look at it with "coffer monitor"'};
	return {...life, ...words, kind: kind as AlertKind, severity: toSeverity(severity)};
}

/** As it is kept. */
export function encodeAnnouncement({severity, first, last, count, isEscalated, alert}: Announcement): AnnouncementRow {
	return {key: alert.key, severity, first, last, count, isEscalated, alert: JSON.stringify(alert)};
}

/** @throws UnexpectedShape */
export function decodeAnnouncement({severity, alert: json, key, ...rest}: AnnouncementRow): Announcement {
	const alert = toRecord(parseJson(json));
	return {
		...rest,
		severity: toSeverity(severity),
		alert: {
			key,
			kind: toText(alert['kind']),
			severity: toChoice(alert['severity'], severities),
			object: toText(alert['object']),
			message: toText(alert['message']),
			...optional('cause', alert['cause'], toText),
			nextStep: toText(alert['nextStep']),
			since: toTime(alert['since']),
		},
	};
}
