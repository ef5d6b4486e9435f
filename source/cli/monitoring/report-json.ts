import type {JobReport, Report, SourceReport, StorageReport} from '../../engine/index.ts';

function sourceToJson(source: SourceReport) {
	const {successRate, durations, lastSuccess, lastVerified} = source;
	return {...source, successRate: successRate ?? null, durations: durations ?? null, lastSuccess: lastSuccess ?? null, lastVerified: lastVerified ?? null};
}

function storageToJson({url, usedBytes, freeBytes, usedPercent, grownBytes, growthBytesPerDay, daysUntilFull}: StorageReport) {
	return {
		url,
		usedBytes: usedBytes ?? null,
		freeBytes: freeBytes ?? null,
		usedPercent: usedPercent ?? null,
		grownBytes: grownBytes ?? null,
		growthBytesPerDay: growthBytesPerDay ?? null,
		daysUntilFull: daysUntilFull ?? null,
	};
}

function jobToJson(job: JobReport) {
	return {...job, missed: job.missed ?? null, durations: job.durations ?? null, lastFailure: job.lastFailure ?? null};
}

/** A report as a document of JSON: what is not known is `null`. */
export function reportToJson({sources, totals, storage, jobs, alerts, verification, keys, ...head}: Report) {
	return {
		...head,
		sources: sources.map(source => sourceToJson(source)),
		totals: {...totals, successRate: totals.successRate ?? null},
		storage: storage.map(place => storageToJson(place)),
		jobs: jobs.map(job => jobToJson(job)),
		alerts: alerts.map(alert => ({...alert, cause: alert.cause ?? null, acknowledged: alert.acknowledged ?? null})),
		verification: {...verification, last: verification.last ?? null},
		keys: {...keys, rotation: keys.rotation ?? null},
	};
}
