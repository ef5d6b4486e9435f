import {runbookOf, type Alert, type AlertChange} from '../../engine/index.ts';

/** An alert as an object of JSON: what is not known is `null`. */
export function alertToJson({key, kind, severity, object, message, cause, nextStep, firstSeen, acknowledged}: Alert) {
	return {key, kind, severity, object, message, cause: cause ?? null, nextStep, runbook: runbookOf(kind), since: firstSeen, acknowledged: acknowledged ?? null};
}

/** The same of an entry of the history. */
export function changeToJson({time, event, key, kind, severity, object, message, user, note}: AlertChange) {
	return {time, event, key, kind, severity, object, message, user: user ?? null, note: note ?? null};
}
