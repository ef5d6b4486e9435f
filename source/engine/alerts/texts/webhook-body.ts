import {maskUrls} from '../../programs/mask-urls.ts';
import type {AnnouncedAlert, Notice} from '../notice.ts';
import {pageOf} from './notice-content.ts';

function toJson({key, kind, severity, object, message, cause, nextStep, since}: AnnouncedAlert) {
	const page = pageOf(kind);
	return {key, kind, severity, object, message: maskUrls(message), ...(cause !== undefined && {cause: maskUrls(cause)}), nextStep: maskUrls(nextStep), ...(page !== undefined && {page}), since};
}

/**
A notice as JSON for programs (docs/alerts.md). Members may be added; where one changes its meaning, `version` is another.
`{version: 1, kind, id, time, host, repository, auditHead?}` and, by `kind`: `alerts: [{event, key, kind, severity, object, message, cause?, nextStep, page?, since}]`; of a digest `from`, `open` (alerts with `acknowledged`), `raised`, `resolved`, `runs`.
*/
export function webhookBody(notice: Notice): string {
	const {kind, id, time, host, url, auditHead} = notice;
	const head = {version: 1, kind, id, time, host, repository: maskUrls(url), ...(auditHead !== undefined && {auditHead})};
	switch (notice.kind) {
		case 'alerts': {
			return JSON.stringify({...head, alerts: notice.news.map(({event, alert}) => ({event, ...toJson(alert)}))});
		}

		case 'digest': {
			const {from, open, raised, resolved, runs} = notice;
			return JSON.stringify({...head, from, open: open.map(alert => ({...toJson(alert), acknowledged: alert.isAcknowledged})), raised, resolved, runs});
		}

		case 'test': {
			return JSON.stringify(head);
		}
	}
}
