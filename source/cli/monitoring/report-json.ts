import type {JobReport, RecoveryReport, Report, RunPoint, SourceReport, StorageReport} from '../../engine/index.ts';

function recoveryToJson(recovery: RecoveryReport | undefined) {
	return recovery ? {count: recovery.count, meanMs: recovery.meanMs ?? null, longestMs: recovery.longestMs ?? null, failedSince: recovery.failedSince ?? null} : null;
}

function runToJson({bytes, addedBytes, ...run}: RunPoint) {
	return {...run, bytes: bytes ?? null, addedBytes: addedBytes ?? null};
}

function sourceToJson(source: SourceReport) {
	const {successRate, durations, lastSuccess, lastVerified, recovery, history} = source;
	return {
		...source,
		successRate: successRate ?? null,
		durations: durations ?? null,
		lastSuccess: lastSuccess ?? null,
		lastVerified: lastVerified ?? null,
		recovery: recoveryToJson(recovery),
		history: history.map(run => runToJson(run)),
	};
}

function storageToJson({url, usedBytes, freeBytes, usedPercent, grownBytes, growthBytesPerDay, daysUntilFull, history}: StorageReport) {
	return {
		url,
		usedBytes: usedBytes ?? null,
		freeBytes: freeBytes ?? null,
		usedPercent: usedPercent ?? null,
		grownBytes: grownBytes ?? null,
		growthBytesPerDay: growthBytesPerDay ?? null,
		daysUntilFull: daysUntilFull ?? null,
		history,
	};
}

function jobToJson(job: JobReport) {
	return {...job, missed: job.missed ?? null, durations: job.durations ?? null, lastFailure: job.lastFailure ?? null};
}

/** A report as a document of JSON: what is not known is `null`. */
export function reportToJson({sources, totals, storage, jobs, alerts, incidents, reactions, verification, keys, ...head}: Report) {
	return {
		...head,
		sources: sources.map(source => sourceToJson(source)),
		totals: {...totals, successRate: totals.successRate ?? null, recovery: recoveryToJson(totals.recovery)},
		storage: storage.map(place => storageToJson(place)),
		jobs: jobs.map(job => jobToJson(job)),
		alerts: alerts.map(alert => ({...alert, cause: alert.cause ?? null, acknowledged: alert.acknowledged ?? null})),
		incidents: incidents.map(incident => ({...incident, acknowledged: incident.acknowledged ?? null, resolved: incident.resolved ?? null})),
		reactions: {...reactions, medianAcknowledgeMs: reactions.medianAcknowledgeMs ?? null, meanResolveMs: reactions.meanResolveMs ?? null},
		verification: {...verification, last: verification.last ?? null},
		keys: {...keys, rotation: keys.rotation ?? null},
	};
}
