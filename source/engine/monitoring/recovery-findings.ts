import {spanText} from './age-text.ts';
import type {Finding} from './alert.ts';
import type {KeyStatus} from './key-status.ts';

/** A recovery key is to be proven twice a year, in milliseconds. */
export const recoveryCheckMs = 183 * 24 * 60 * 60 * 1000;

/** Whether the backups could still be read if the key of this host were lost. */
export function findRecoveryTrouble({keys}: Pick<KeyStatus, 'keys'>, nowMs: number): Finding[] {
	const recovery = keys.filter(({isRecovery}) => isRecovery);
	if (recovery.length === 0) {
		return keys.filter(({role}) => role === 'owner').length > 1
			? []
			: [{
				key: 'recovery:none',
				kind: 'recovery',
				severity: 'warning',
				object: 'recovery key',
				message: 'there is none, and no other owner\'s key',
				cause: 'if the one key is lost, nobody can ever read the backups',
				nextStep: 'make one with "coffer key export", and keep its file and its code apart from this machine and from the repository',
			}];
	}

	return recovery.flatMap(({id, label, created, checked}): Finding[] => nowMs - Date.parse(checked ?? created) <= recoveryCheckMs
		? []
		: [{
			key: `recovery:${id}`,
			kind: 'recovery',
			severity: 'warning',
			object: `recovery key ${label}`,
			message: checked === undefined ? `it is ${spanText(nowMs - Date.parse(created))} old and was never proven on this host` : `it was last proven ${spanText(nowMs - Date.parse(checked))} ago`,
			cause: 'files and codes get lost, and nobody notices until they are needed',
			nextStep: 'prove it with "coffer key check FILE"',
		}]);
}
