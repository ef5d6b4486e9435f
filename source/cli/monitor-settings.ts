import {defaultMonitorPolicy, type FillLimits, type MonitorPolicy, type SourceLimits} from '../engine/index.ts';
import type {Config} from './config-schema.ts';
import type {MonitorInFile, SourceMonitorInFile} from './monitor-schema.ts';

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

function limitsOf({maximumAgeHours, failures, verifyDays, anomalies}: SourceMonitorInFile, general: SourceLimits): SourceLimits {
	return {
		maximumAgeMs: maximumAgeHours === undefined ? general.maximumAgeMs : maximumAgeHours * hourMs,
		criticalFailures: failures ?? general.criticalFailures,
		unverifiedAfterMs: verifyDays === undefined ? general.unverifiedAfterMs : verifyDays * dayMs,
		anomalies: anomalies ?? general.anomalies,
	};
}

const fillOf = (percents: readonly [number, number] | undefined, general: FillLimits): FillLimits => percents ? {warning: percents[0], critical: percents[1]} : general;

/** From when on something is wrong, by the configuration. @default defaultMonitorPolicy */
export function monitorPolicyOf(config: Pick<Config, 'monitor' | 'sources'> | undefined): MonitorPolicy {
	const given = config?.monitor ?? {};
	const general = limitsOf(given, defaultMonitorPolicy);
	return {
		...general,
		sources: new Map((config?.sources ?? []).flatMap(({name, monitor}) => monitor ? [[name, limitsOf(monitor, general)] as const] : [])),
		allDataWithinMs: given.allDataDays === undefined ? defaultMonitorPolicy.allDataWithinMs : given.allDataDays * dayMs,
		storagePercent: fillOf(given.storagePercent, defaultMonitorPolicy.storagePercent),
		inodesPercent: fillOf(given.inodesPercent, defaultMonitorPolicy.inodesPercent),
		daysUntilFull: given.daysUntilFull ?? defaultMonitorPolicy.daysUntilFull,
		spacePercent: given.spacePercent ?? defaultMonitorPolicy.spacePercent,
	};
}

const pairOf = ({warning, critical}: FillLimits): [number, number] => [warning, critical];

/** A policy as `monitor` of a configuration would have it in full. */
export function monitorMembers(policy: MonitorPolicy): Required<MonitorInFile> {
	const {maximumAgeMs, criticalFailures, unverifiedAfterMs, anomalies, allDataWithinMs, storagePercent, inodesPercent, daysUntilFull, spacePercent} = policy;
	return {
		maximumAgeHours: maximumAgeMs / hourMs,
		failures: criticalFailures,
		verifyDays: unverifiedAfterMs / dayMs,
		anomalies,
		allDataDays: allDataWithinMs / dayMs,
		storagePercent: pairOf(storagePercent),
		inodesPercent: pairOf(inodesPercent),
		daysUntilFull,
		spacePercent,
	};
}
