import type {StorageUsage} from '../repository/repository.ts';
import type {StorageSample} from '../state/storage-samples.ts';
import {growthPerDay} from './growth.ts';
import type {StorageOverview} from './overview.ts';

/** From here on a destination is nearly full, in percent of its file system. */
export const warningPercent = 80;
/** And from here on much nearer. */
export const criticalPercent = 90;
/** Sooner full than in so many days is as urgent. */
export const criticalDays = 7;

/** How full a file system is, in percent with one decimal; `undefined` where the storage does not tell. */
export function usedPercentOf({freeBytes, totalBytes}: StorageUsage): number | undefined {
	return freeBytes === undefined || totalBytes === undefined || totalBytes === 0 ? undefined : Math.round((totalBytes - freeBytes) / totalBytes * 1000) / 10;
}

function levelOf(usedPercent: number | undefined, daysUntilFull: number | undefined): StorageOverview['level'] {
	if ((usedPercent ?? 0) >= criticalPercent || (daysUntilFull !== undefined && daysUntilFull < criticalDays)) {
		return 'critical';
	}

	return (usedPercent ?? 0) >= warningPercent ? 'warning' : 'ok';
}

/**
A destination as a screen shows it.
@param samples - How full it was, oldest first.
*/
export function describeStorage(url: string, usage: StorageUsage, samples: readonly StorageSample[]): StorageOverview {
	const usedPercent = usedPercentOf(usage);
	const growthBytesPerDay = growthPerDay(samples);
	const daysUntilFull = growthBytesPerDay !== undefined && growthBytesPerDay > 0 && usage.freeBytes !== undefined ? usage.freeBytes / growthBytesPerDay : undefined;
	return {
		url,
		...usage,
		...(usedPercent !== undefined && {usedPercent}),
		level: levelOf(usedPercent, daysUntilFull),
		...(growthBytesPerDay !== undefined && {growthBytesPerDay}),
		...(daysUntilFull !== undefined && {daysUntilFull}),
	};
}
