import type {ChannelMemory, ChannelPlan} from '../state/alert-state.ts';
import type {NewNotice} from '../state/outbox.ts';
import type {SourceRun} from '../state/source-memory.ts';
import {decodeAnnouncement, encodeAnnouncement, toOpenAlerts} from './announcement.ts';
import type {ChannelSettings} from './channel.ts';
import {lastDigestTime} from './digest-time.ts';
import type {Notice} from './notice.ts';
import {planAnnouncements} from './plan-announcements.ts';
import type {AlertSettings} from './settings.ts';

/** What every notice says, whatever it is about. */
export type NoticeHead = Pick<Notice, 'host' | 'url' | 'auditHead'>;

export type ChannelFacts = {
	readonly channel: ChannelSettings;
	readonly memory: ChannelMemory;
	readonly settings: AlertSettings;
	readonly head: NoticeHead;
	readonly nowMs: number;
	/** Gives 32 hexadecimal digits that nobody has had. */
	readonly createId: () => string;
};

type Digest = Extract<Notice, {kind: 'digest'}>;

function sumUpDay({memory: {records, changes, runs}}: ChannelFacts, from: string): Pick<Digest, 'from' | 'open' | 'raised' | 'resolved' | 'runs'> {
	const events = changes(from);
	const since = runs().filter(({time}) => time >= from);
	const count = (...outcomes: ReadonlyArray<SourceRun['outcome']>) => since.filter(({outcome}) => outcomes.includes(outcome)).length;
	return {
		from,
		open: toOpenAlerts(records),
		raised: events.filter(({event}) => event === 'raised').length,
		resolved: events.filter(({event}) => event === 'resolved').length,
		runs: {ok: count('ok'), partial: count('partial'), failed: count('failed', 'interrupted')},
	};
}

/** @returns When the channel has had its digest, and that digest; the first one comes a day after the channel is known */
function planDigest(facts: ChannelFacts): {readonly latest?: string; readonly digest?: Pick<Digest, 'from' | 'open' | 'raised' | 'resolved' | 'runs'>} {
	const {channel, memory, settings, nowMs} = facts;
	if (settings.digest === undefined || !channel.hasDigest) {
		return {};
	}

	const now = new Date(nowMs).toISOString();
	const {digest: latest} = memory;
	if (latest === undefined || Date.parse(latest) > nowMs) {
		return {latest: now};
	}

	return Date.parse(latest) < lastDigestTime(nowMs, settings.digest) ? {latest: now, digest: sumUpDay(facts, latest)} : {};
}

/** What a channel is told now, as one notice of all that is new, and its digest. */
export function planChannel(facts: ChannelFacts): ChannelPlan {
	const {channel, memory, settings, head, nowMs, createId} = facts;
	const before = memory.announcements.map(row => decodeAnnouncement(row));
	const {news, announcements} = planAnnouncements({alerts: toOpenAlerts(memory.records), announcements: before, settings, channel, nowMs});
	const {latest, digest} = planDigest(facts);
	const time = new Date(nowMs).toISOString();
	const write = (notice: Notice, isUrgent: boolean): NewNotice => ({id: notice.id, channel: channel.name, created: time, notice: JSON.stringify(notice), isUrgent});
	const known = new Set(before);
	const kept = new Set(announcements.map(({alert}) => alert.key));
	return {
		told: announcements.filter(announcement => !known.has(announcement)).map(announcement => encodeAnnouncement(announcement)),
		over: before.map(({alert}) => alert.key).filter(key => !kept.has(key)),
		...(latest !== undefined && {digest: latest}),
		notices: [
			...(news.length === 0 ? [] : [write({kind: 'alerts', id: createId(), time, ...head, news}, news.some(({event}) => event !== 'repeated'))]),
			...(digest === undefined ? [] : [write({kind: 'digest', id: createId(), time, ...head, ...digest}, false)]),
		],
	};
}
