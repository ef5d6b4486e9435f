import type {JobKind} from '../../engine/index.ts';
import type {RunJob} from './run-job.ts';

/** What runs each kind of job. */
const runners: Readonly<Record<JobKind, () => Promise<RunJob>>> = {
	backup: async () => (await import('./backup-job.ts')).runBackupJob,
	verify: async () => (await import('./verify-job.ts')).runVerifyJob,
	prune: async () => (await import('./prune-job.ts')).runPruneJob,
	monitor: async () => (await import('./monitor-job.ts')).runMonitorJob,
	audit: async () => (await import('./audit-job.ts')).runAuditJob,
	report: async () => (await import('./report-job.ts')).runReportJob,
	rotate: async () => (await import('./rotate-job.ts')).runRotateJob,
};

/** What runs jobs of a kind. */
export async function loadRunner(kind: JobKind): Promise<RunJob> {
	return runners[kind]();
}
