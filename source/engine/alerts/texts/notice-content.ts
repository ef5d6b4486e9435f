import {alertKinds, type Severity} from '../../monitoring/alert.ts';
import {runbookOf} from '../../monitoring/runbook.ts';
import {countText} from '../../monitoring/age-text.ts';
import type {AlertEvent, AnnouncedAlert, Notice} from '../notice.ts';
import {oneLine, shorten} from './one-line.ts';

/** How bad something is; `good` where there is nothing to do. */
export type Grade = Severity | 'good';

/** One alert, for people; every text stands on one line. */
export type ContentItem = {
	readonly grade: Grade;
	/** `mail: the newest backup is 3 days old`. */
	readonly title: string;
	/** What belongs to it: `Why`, `Do`, `Since`, `See`. */
	readonly details: ReadonlyArray<readonly [label: string, text: string]>;
};

/** What a notice says, whatever it is written in. */
export type NoticeContent = {
	/** One line that says the most: `[coffer] web1: 1 critical, 2 warnings: mail, epoch 475d`. */
	readonly subject: string;
	/** A sentence. */
	readonly opening: string;
	readonly sections: ReadonlyArray<{readonly heading: string; readonly items: readonly ContentItem[]}>;
	readonly footer: ReadonlyArray<readonly [label: string, text: string]>;
};

const maximumSubjectBytes = 180;
const maximumNameBytes = 60;
/** The end of a longer one would be read by nobody. */
const maximumTextBytes = 1000;

const textLine = (text: string): string => shorten(oneLine(text), maximumTextBytes);

const eventWords: Readonly<Record<AlertEvent, string>> = {raised: '', escalated: 'escalated', repeated: 'still open', resolved: ''};

/** The worst of what a notice says. */
export function worstOf(notice: Notice): Grade {
	const severities = notice.kind === 'alerts' ? notice.news.filter(({event}) => event !== 'resolved').map(({alert}) => alert.severity) : (notice.kind === 'digest' ? notice.open.map(({severity}) => severity) : []);
	return severities.includes('critical') ? 'critical' : (severities.length > 0 ? 'warning' : 'good');
}

const timeText = (time: string): string => oneLine(time).replace('T', ' ').replace(/:\d\d(?:\.\d+)?Z$/, ' UTC');

/** The page about a kind of alert; `undefined` for one that another version knows. */
export function pageOf(kind: string): string | undefined {
	const known = alertKinds.find(one => one === kind);
	return known && runbookOf(known);
}

function toItem({kind, severity, object, message, cause, nextStep, since}: AnnouncedAlert, {isOver = false, word = ''} = {}): ContentItem {
	const page = pageOf(kind);
	return {
		grade: isOver ? 'good' : severity,
		title: `${textLine(object)}: ${textLine(message)}${word === '' ? '' : ` (${word})`}`,
		details: [
			...(isOver ? [] : [...(cause === undefined ? [] : [['Why', textLine(cause)] as const]), ['Do', textLine(nextStep)] as const]),
			['Since', timeText(since)],
			...(isOver || page === undefined ? [] : [['See', page] as const]),
		],
	};
}

function counts(items: readonly ContentItem[]): string[] {
	const count = (grade: Grade) => items.filter(item => item.grade === grade).length;
	const [critical, warnings] = [count('critical'), count('warning')];
	return [...(critical === 0 ? [] : [`${critical} critical`]), ...(warnings === 0 ? [] : [countText(warnings, 'warning')])];
}

function toSections(items: readonly ContentItem[], good: string): NoticeContent['sections'] {
	const headings = [['critical', 'Critical'], ['warning', 'Warnings'], ['good', good]] as const;
	return headings.map(([grade, heading]) => ({heading, items: items.filter(item => item.grade === grade)})).filter(section => section.items.length > 0);
}

/** The things that a notice is about, each once, as many as fit. */
function objectsText(alerts: readonly AnnouncedAlert[]): string {
	return [...new Set(alerts.map(({object}) => shorten(oneLine(object), maximumNameBytes)))].join(', ');
}

function subjectOf(host: string, what: string): string {
	return shorten(`[coffer] ${shorten(oneLine(host), maximumNameBytes)}: ${what}`, maximumSubjectBytes);
}

function footerOf({url, time, auditHead}: Notice): NoticeContent['footer'] {
	return [['Repository', textLine(url)], ['Written', timeText(time)], ...(auditHead === undefined ? [] : [['Audit log', textLine(auditHead)] as const])];
}

function describeAlerts(notice: Extract<Notice, {kind: 'alerts'}>): NoticeContent {
	const {host, news} = notice;
	const items = news.map(({event, alert}) => toItem(alert, {isOver: event === 'resolved', word: eventWords[event]}));
	const over = items.filter(({grade}) => grade === 'good').length;
	const summary = [...counts(items), ...(over === 0 ? [] : [`${over} resolved`])].join(', ');
	// What needs somebody stands first.
	const rankOf = ({event, alert}: typeof news[number]) => event === 'resolved' ? 2 : (alert.severity === 'critical' ? 0 : 1);
	const alerts = news.toSorted((a, b) => rankOf(a) - rankOf(b)).map(({alert}) => alert);
	return {subject: subjectOf(host, `${summary}: ${objectsText(alerts)}`), opening: `On ${textLine(host)}: ${summary}.`, sections: toSections(items, 'Resolved'), footer: footerOf(notice)};
}

function describeDigest(notice: Extract<Notice, {kind: 'digest'}>): NoticeContent {
	const {host, open, raised, resolved, runs, from} = notice;
	const items = open.map(alert => toItem(alert, {word: alert.isAcknowledged ? 'somebody took note of it' : ''}));
	const failures = [...(runs.failed === 0 ? [] : [`${runs.failed} failed`]), ...(runs.partial === 0 ? [] : [`${runs.partial} incomplete`])];
	const backups = `${countText(runs.ok + runs.partial + runs.failed, 'backup')}${failures.length === 0 ? '' : ` (${failures.join(', ')})`}`;
	const standing = items.length === 0 ? 'all is well' : `open: ${counts(items).join(', ')}`;
	const moves = `${raised} raised, ${resolved} resolved`;
	return {
		subject: subjectOf(host, `${standing}; ${backups}; ${moves}`),
		opening: `On ${textLine(host)} since ${timeText(from)}: ${backups}; alerts: ${moves}. Now ${standing}.`,
		sections: toSections(items, ''),
		footer: footerOf(notice),
	};
}

/** What a notice says. */
export function describeNotice(notice: Notice): NoticeContent {
	switch (notice.kind) {
		case 'alerts': {
			return describeAlerts(notice);
		}

		case 'digest': {
			return describeDigest(notice);
		}

		case 'test': {
			const {host} = notice;
			return {subject: subjectOf(host, 'a test of this channel'), opening: `Somebody on ${textLine(host)} wanted to see whether this arrives. It does, and there is nothing to do.`, sections: [], footer: footerOf(notice)};
		}
	}
}
