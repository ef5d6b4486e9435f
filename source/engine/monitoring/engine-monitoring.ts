import {listSnapshots, type SourceKind} from '../repository/repository.ts';
import type {Job} from '../scheduling/job.ts';
import {emptyMemory} from '../state/host-state.ts';
import type {Watch} from '../state/noted-findings.ts';
import type {Finding} from './alert.ts';
import {readAuditFacts, rememberAudit, type AuditFacts} from './audit-facts.ts';
import type {HostMemory} from './host-memory.ts';
import type {KeyPolicy} from './key-age.ts';
import type {OverviewOptions, OverviewReader} from './overview-reader.ts';
import {buildReport} from './report/build-report.ts';
import {readJobHistories} from './report/job-histories.ts';
import type {Report} from './report/report.ts';

type Scene = {
	readonly memory: HostMemory;
	readonly policy: KeyPolicy;
	readonly overview: OverviewReader;
};

export type ReportRequest = {
	readonly fromMs: number;
	/** The sources that this machine's configuration names. */
	readonly sources: ReadonlyArray<{readonly name: string; readonly kind: SourceKind}>;
	/** Those of this host. @default none */
	readonly jobs?: readonly Job[];
};

/** What is done for watching an open repository and this host. None of it writes to the repository, or waits for a lock. */
export class EngineMonitoring {
	readonly #scene: Scene;

	constructor(scene: Scene) {
		this.#scene = scene;
	}

	/** Remember what a watch of this host finds now, in the place of what it found before: from now on overviews have it among their alerts, until it is found no more. */
	note(watch: Watch, findings: readonly Finding[]): void {
		this.#scene.memory.noteFindings(watch, findings);
	}

	/** Remember the jobs that this host does not know yet: a slot that began before that is not owed. */
	noteJobs(jobs: readonly Job[]): void {
		const {memory} = this.#scene;
		memory.remember(() => {
			memory.schedule.noteJobs(jobs.filter(({isEnabled}) => isEnabled));
		}, undefined);
	}

	/** What an audit looks at. @throws what the storage throws; `aborted` */
	async audit({signal}: OverviewOptions = {}): Promise<AuditFacts> {
		return readAuditFacts(this.#scene.memory, this.#scene.policy, signal);
	}

	/** What an audit found has been told: the next one tells what is new. */
	concludeAudit(facts: AuditFacts): void {
		rememberAudit(this.#scene.memory, facts);
	}

	/** The time from `fromMs` until now. @throws what `Engine.overview` throws */
	async report({fromMs, sources, jobs = []}: ReportRequest, options: OverviewOptions = {}): Promise<Report> {
		const {memory, overview: reader} = this.#scene;
		const {session} = memory;
		const overview = await reader.read(sources, {...options, jobs});
		const {snapshots} = await listSnapshots(session, options.signal);
		const {sources: memories, verifications, verifyRuns, dataReads} = memory.remember(state => state.read(), emptyMemory, options.onEvent);
		const {url} = session.storage;
		const samples = memory.remember(state => state.storageSamples(url), [], options.onEvent);
		const toMs = Date.parse(overview.time) + 1;
		const histories = memory.remember(() => readJobHistories(memory.schedule, jobs, {fromMs, toMs}), [], options.onEvent);
		const changes = memory.remember(state => state.alerts.history(), [], options.onEvent);
		return buildReport({fromMs, toMs, overview, url, snapshots, memories, verifications, verifyRuns, dataReads, changes, samples, jobs: histories});
	}
}
