import type {StorageUsage} from '../repository/repository.ts';
import type {StorageSample} from '../state/storage-samples.ts';
import {growthPerDay} from './growth.ts';
import {defaultMonitorPolicy, type MonitorPolicy} from './monitor-policy.ts';
import type {StorageOverview} from './overview.ts';

/** How full something is, in percent with one decimal; `undefined` where nobody tells. */
export function percentUsed(free: number | undefined, total: number | undefined): number | undefined {
	return free === undefined || total === undefined || total === 0 ? undefined : Math.round((total - free) / total * 1000) / 10;
}

function levelOf(usedPercent: number | undefined, daysUntilFull: number | undefined, {storagePercent, daysUntilFull: criticalDays}: MonitorPolicy): StorageOverview['level'] {
	if ((usedPercent ?? 0) >= storagePercent.critical || (daysUntilFull !== undefined && daysUntilFull < criticalDays)) {
		return 'critical';
	}

	return (usedPercent ?? 0) >= storagePercent.warning ? 'warning' : 'ok';
}

/**
A destination as a screen shows it.
@param samples - How full it was, oldest first.
@param policy - @default defaultMonitorPolicy
*/
export function describeStorage(url: string, usage: StorageUsage, samples: readonly StorageSample[], policy: MonitorPolicy = defaultMonitorPolicy): StorageOverview {
	const usedPercent = percentUsed(usage.freeBytes, usage.totalBytes);
	const inodesPercent = percentUsed(usage.freeInodes, usage.totalInodes);
	const growthBytesPerDay = growthPerDay(samples);
	const daysUntilFull = growthBytesPerDay !== undefined && growthBytesPerDay > 0 && usage.freeBytes !== undefined ? usage.freeBytes / growthBytesPerDay : undefined;
	return {
		url,
		...usage,
		...(usedPercent !== undefined && {usedPercent}),
		...(inodesPercent !== undefined && {inodesPercent}),
		level: levelOf(usedPercent, daysUntilFull, policy),
		...(growthBytesPerDay !== undefined && {growthBytesPerDay}),
		...(daysUntilFull !== undefined && {daysUntilFull}),
	};
}
