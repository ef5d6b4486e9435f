import type {SnapshotId} from '../../ids.ts';
import type {StoredSnapshot} from '../../repository/repository.ts';
import type {Job, Slot} from '../../scheduling/job.ts';
import type {AlertChange} from '../../state/alert-changes.ts';
import type {DataRead, Verification, VerifyRun} from '../../state/host-state.ts';
import type {JobRun} from '../../state/job-run.ts';
import type {SourceMemory} from '../../state/source-memory.ts';
import type {StorageSample} from '../../state/storage-samples.ts';
import type {Overview} from '../overview.ts';

/** A job with what is known of its past. */
export type JobHistory = {
	readonly job: Job;
	/** Oldest first. */
	readonly runs: readonly JobRun[];
	/** Slots that began and ended in the time of the report, and that this host knew the job in, oldest first; not there for jobs that run more often than every six hours. */
	readonly slots?: readonly Slot[];
};

/** What a report is made from. */
export type ReportFacts = {
	readonly fromMs: number;
	/** No longer belongs to it. */
	readonly toMs: number;
	/** How things stand at its end. */
	readonly overview: Overview;
	/** Where the repository lies. */
	readonly url: string;
	/** All that are there, oldest first. */
	readonly snapshots: readonly StoredSnapshot[];
	/** What this host remembers of its sources. */
	readonly memories: readonly SourceMemory[];
	readonly verifications: ReadonlyMap<SnapshotId, Verification>;
	/** Oldest first. */
	readonly verifyRuns: readonly VerifyRun[];
	/** What verifications have read of the data, oldest first. */
	readonly dataReads: readonly DataRead[];
	/** What happened to alerts, in the order in which it was written, also before that time. */
	readonly changes: readonly AlertChange[];
	/** Of the destination, oldest first. */
	readonly samples: readonly StorageSample[];
	readonly jobs: readonly JobHistory[];
};
