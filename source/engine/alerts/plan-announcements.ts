import {compareSeverity} from '../monitoring/alert-life.ts';
import type {Severity} from '../monitoring/alert.ts';
import {channelKey} from '../monitoring/channel-findings.ts';
import type {Announcement, OpenAlert} from './announcement.ts';
import type {ChannelSettings} from './channel.ts';
import type {AlertEvent, AnnouncedAlert} from './notice.ts';
import {isWithin} from './quiet-hours.ts';
import type {AlertSettings} from './settings.ts';

/** What is known of alerts and of what a channel was told, for planning what it is told now. */
export type AnnouncementFacts = {
	/** All that are open. */
	readonly alerts: readonly OpenAlert[];
	/** What the channel was told; of each alert one. */
	readonly announcements: readonly Announcement[];
	readonly settings: AlertSettings;
	readonly channel: ChannelSettings;
	readonly nowMs: number;
};

export type News = {readonly event: AlertEvent; readonly alert: AnnouncedAlert};

/** What a channel is told now. */
export type AnnouncementPlan = {
	/** The most severe first. */
	readonly news: readonly News[];
	/** All that there are afterwards; those that stay as they were are the given ones. */
	readonly announcements: readonly Announcement[];
};

type Planned = {readonly event?: AlertEvent; readonly announcement?: Announcement};

type Scene = Omit<AnnouncementFacts, 'alerts' | 'announcements'> & {
	/** Whether something of this severity may be told now. */
	readonly mayTell: (severity: Severity) => boolean;
};

function toAnnounced({isAcknowledged: _, ...alert}: OpenAlert): AnnouncedAlert {
	return alert;
}

/** A time that was written by a clock that ran ahead is now. */
function withoutFuture(announcement: Announcement, nowMs: number): Announcement {
	const now = new Date(nowMs).toISOString();
	const {first, last} = announcement;
	return Date.parse(first) <= nowMs && Date.parse(last) <= nowMs ? announcement : {...announcement, first: Date.parse(first) > nowMs ? now : first, last: Date.parse(last) > nowMs ? now : last};
}

function planNew(alert: OpenAlert, {channel, nowMs, mayTell}: Scene): Planned {
	if (alert.isAcknowledged || compareSeverity(alert.severity, channel.leastSeverity) > 0 || !mayTell(alert.severity)) {
		return {};
	}

	const now = new Date(nowMs).toISOString();
	return {event: 'raised', announcement: {severity: alert.severity, first: now, last: now, count: 1, isEscalated: false, alert: toAnnounced(alert)}};
}

/** One that eases keeps its severity for some time: where it goes to and fro, nobody is told again and again. */
function easing(known: Announcement, alert: OpenAlert, {settings: {repeatAfterMs, escalateAfterMs}, nowMs}: Scene): Announcement {
	const hasEased = compareSeverity(known.severity, alert.severity) < 0 && nowMs - Date.parse(known.last) >= Math.min(repeatAfterMs, escalateAfterMs);
	return hasEased ? {...known, severity: alert.severity} : known;
}

function planKnown(known: Announcement, alert: OpenAlert, scene: Scene): Planned {
	const {channel, settings: {repeatAfterMs, escalateAfterMs}, nowMs, mayTell} = scene;
	if (alert.isAcknowledged || compareSeverity(alert.severity, channel.leastSeverity) > 0 || !mayTell(alert.severity)) {
		return {announcement: easing(known, alert, scene)};
	}

	const now = new Date(nowMs).toISOString();
	const told = {...known, last: now, count: known.count + 1, alert: toAnnounced(alert)};
	if (compareSeverity(known.severity, alert.severity) > 0) {
		return {event: 'escalated', announcement: {...told, severity: alert.severity, first: now, isEscalated: false}};
	}

	if (alert.severity === 'critical' && !known.isEscalated && nowMs - Date.parse(known.first) >= escalateAfterMs) {
		return {event: 'escalated', announcement: {...told, isEscalated: true}};
	}

	return nowMs - Date.parse(known.last) >= repeatAfterMs
		? {event: 'repeated', announcement: {...told, severity: alert.severity}}
		: {announcement: easing(known, alert, scene)};
}

/**
Plan what one channel is told of alerts now: what is new, became more severe, lasts, and is over. Of an alert about the channel itself it is told nothing.
*/
export function planAnnouncements({alerts, announcements, settings, channel, nowMs}: AnnouncementFacts): AnnouncementPlan {
	const isQuiet = settings.quietHours !== undefined && isWithin(nowMs, settings.quietHours);
	const scene: Scene = {settings, channel, nowMs, mayTell: severity => !isQuiet || severity === 'critical'};
	const told = new Map(announcements.map(announcement => [announcement.alert.key, withoutFuture(announcement, nowMs)]));
	const news: News[] = [];
	const after: Announcement[] = [];
	for (const alert of alerts) {
		const known = told.get(alert.key);
		told.delete(alert.key);
		if (alert.key === channelKey(channel.name)) {
			continue;
		}

		const {event, announcement} = known === undefined ? planNew(alert, scene) : planKnown(known, alert, scene);
		after.push(...(announcement ? [announcement] : []));
		news.push(...(event ? [{event, alert: toAnnounced(alert)}] : []));
	}

	for (const known of told.values()) {
		if (scene.mayTell(known.severity)) {
			news.push({event: 'resolved', alert: known.alert});
		} else {
			after.push(known);
		}
	}

	return {news: news.toSorted((a, b) => compareSeverity(a.alert.severity, b.alert.severity)), announcements: after};
}
