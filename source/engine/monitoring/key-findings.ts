import {shortId} from '../ids.ts';
import {countText, spanText} from './age-text.ts';
import type {AlertFacts} from './assess-alerts.ts';
import type {Finding, Severity} from './alert.ts';
import type {KeyAgeState} from './key-age.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** So long before a key slot expires people are told, in milliseconds. */
export const expiryWarningMs = 14 * dayMs;

const severityOf: Readonly<Record<Exclude<KeyAgeState, 'ok'>, Severity>> = {warn: 'warning', due: 'critical'};

/** The active epoch is old. */
export function findKeyAge({keys: {epochs, age, rotateAfterDays}}: Pick<AlertFacts, 'keys'>): Finding[] {
	return epochs.filter(({isActive}) => isActive).flatMap(({id, ageDays}): Finding[] => age === 'ok'
		? []
		: [{
			key: `key-age:${id}`,
			kind: 'key-age',
			severity: severityOf[age],
			object: `epoch ${shortId(id)}`,
			message: `the key is ${countText(ageDays, 'day')} old; it is to be rotated after ${rotateAfterDays}`,
			cause: 'the longer a key is in use, the more one that was stolen opens',
			nextStep: 'rotate it with "coffer key rotate"',
		}]);
}

/** Key slots that expire soon, or have expired. */
export function findExpiry({keys: {keys}, nowMs}: Pick<AlertFacts, 'keys' | 'nowMs'>): Finding[] {
	return keys.flatMap(({id, label, expires}): Finding[] => {
		const leftMs = expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires) - nowMs;
		return leftMs > expiryWarningMs
			? []
			: [{
				key: `slot-expiry:${id}`,
				kind: 'slot-expiry',
				severity: leftMs <= 0 ? 'critical' : 'warning',
				object: label,
				message: leftMs <= 0 ? 'the key has expired' : `the key expires in ${spanText(leftMs)}`,
				cause: `it was made to be valid until ${expires!}`,
				nextStep: 'add a new key with "coffer key add" before this one is needed, and remove it with "coffer key remove"',
			}];
	});
}
