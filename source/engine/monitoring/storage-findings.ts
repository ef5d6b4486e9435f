import {sizeText} from '../size-text.ts';
import {spanText} from './age-text.ts';
import type {AlertFacts} from './assess-alerts.ts';
import type {Finding, Severity} from './alert.ts';
import {defaultMonitorPolicy, type FillLimits} from './monitor-policy.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** Destinations that are nearly full, or soon will be. */
export function findFullStorage({storage, policy = defaultMonitorPolicy}: AlertFacts): Finding[] {
	return storage.flatMap(({url, level, usedPercent, daysUntilFull, growthBytesPerDay}): Finding[] => {
		if (level === 'ok') {
			return [];
		}

		const isSoon = daysUntilFull !== undefined && daysUntilFull < policy.daysUntilFull;
		const fullness = usedPercent === undefined ? [] : [`it is ${usedPercent} % full`];
		return [{
			key: `storage:${url}`,
			kind: 'storage',
			severity: level,
			object: url,
			message: [...fullness, ...(isSoon ? [`it will be full in ${spanText(daysUntilFull * dayMs)}`] : [])].join('; '),
			cause: isSoon ? `the repository grew by ${sizeText(growthBytesPerDay!)} a day in the last weeks` : 'backups, or other files on the same disk, take the space',
			nextStep: 'free some space there, or move the repository to a larger disk, before a run fails',
		}];
	});
}

/** How many files a file system has room for, and how many more it takes. */
export type InodeFacts = {
	/** What lies there. */
	readonly object: string;
	/** `undefined` where files are not counted. */
	readonly usedPercent: number | undefined;
	readonly free: number | undefined;
};

function severityOf(percent: number, {warning, critical}: FillLimits): Severity | undefined {
	return percent >= critical ? 'critical' : (percent >= warning ? 'warning' : undefined);
}

/** A file system that has room for few more files, however many bytes are free. */
export function findFewInodes({object, usedPercent = 0, free = 0}: InodeFacts, limits: FillLimits): Finding[] {
	const severity = severityOf(usedPercent, limits);
	return severity === undefined
		? []
		: [{
			key: `inodes:${object}`,
			kind: 'inodes',
			severity,
			object,
			message: `${usedPercent} % of the inodes of its file system are in use`,
			cause: `it has room for ${free} more files, however many bytes are free`,
			nextStep: 'delete what has very many small files there ("df -i" and "du --inodes" show it), or move to a file system with more inodes, before a run fails',
		}];
}

/** Destinations whose file system runs out of inodes. */
export function findFewStorageInodes({storage, policy = defaultMonitorPolicy}: AlertFacts): Finding[] {
	return storage.flatMap(({url, inodesPercent, freeInodes}) => findFewInodes({object: url, usedPercent: inodesPercent, free: freeInodes}, policy.inodesPercent));
}
