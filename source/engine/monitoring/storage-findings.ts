import {spanText} from './age-text.ts';
import type {AlertFacts} from './assess-alerts.ts';
import type {Finding} from './alert.ts';
import {criticalDays} from './storage-overview.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** Destinations that are nearly full, or soon will be. */
export function findFullStorage({storage}: AlertFacts): Finding[] {
	return storage.flatMap(({url, level, usedPercent, daysUntilFull}): Finding[] => {
		if (level === 'ok') {
			return [];
		}

		const isSoon = daysUntilFull !== undefined && daysUntilFull < criticalDays;
		const fullness = usedPercent === undefined ? [] : [`it is ${usedPercent} % full`];
		return [{
			key: `storage:${url}`,
			kind: 'storage',
			severity: level,
			object: url,
			message: [...fullness, ...(isSoon ? [`it will be full in ${spanText(daysUntilFull * dayMs)}`] : [])].join('; '),
			cause: isSoon ? 'the repository grows as it did in the last weeks' : 'backups, or other files on the same disk, take the space',
			nextStep: 'free some space there, or move the repository to a larger disk, before a run fails',
		}];
	});
}
