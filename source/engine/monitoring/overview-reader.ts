import type {EventListener} from '../events.ts';
import {assertRepositoryExists, listSnapshots, SnapshotCache, type SnapshotListing, type SourceKind, type StorageUsage} from '../repository/repository.ts';
import type {Job} from '../scheduling/job.ts';
import {assessAlerts} from './assess-alerts.ts';
import {defaultKeyPolicy, type KeyPolicy} from './key-age.ts';
import {coverageOf} from './data-coverage.ts';
import type {HostMemory} from './host-memory.ts';
import {describeSchedule} from './describe-schedule.ts';
import {readKeyStatus} from './key-status.ts';
import {findLeftovers, type Leftovers} from './leftovers.ts';
import {defaultMonitorPolicy, type MonitorPolicy} from './monitor-policy.ts';
import type {Overview} from './overview.ts';
import {ratiosOf} from './ratios.ts';
import {describeSources} from './source-overview.ts';
import {describeStorage} from './storage-overview.ts';

/** Of each job so many of the last runs are read: more than are shown, as one may have been left out again and again. */
const readRuns = 50;

/** What costs a walk over all objects is looked at so often, in milliseconds. */
const slowIntervalMs = 60_000;

export type OverviewOptions = {
	/** Those of this host. @default none */
	readonly jobs?: readonly Job[];
	readonly signal?: AbortSignal;
	readonly onEvent?: EventListener;
};

/**
Looks at a repository again and again, for a screen. Snapshots and key slots that were read once are only listed; space and losses are looked at once a minute.
*/
export class OverviewReader {
	readonly #memory: HostMemory;
	readonly #policy: KeyPolicy;
	readonly #limits: MonitorPolicy;
	readonly #cache = new SnapshotCache();
	#usage: StorageUsage = {};
	#leftovers: Leftovers | undefined;
	#slowMs = Number.NEGATIVE_INFINITY;
	/** Tells when there are other snapshots. */
	#known = '';
	#isFirst = true;
	/** Names of the key slots' files, which change whenever keys do. */
	#keyFiles: string | undefined;

	/**
	@param policy - How old keys may grow. @default defaultKeyPolicy
	@param limits - From when on something is wrong. @default defaultMonitorPolicy
	*/
	constructor(memory: HostMemory, policy: KeyPolicy = defaultKeyPolicy, limits: MonitorPolicy = defaultMonitorPolicy) {
		this.#memory = memory;
		this.#policy = policy;
		this.#limits = limits;
	}

	/** What was looked at once a minute is looked at the next time: something has changed the repository. */
	refresh(): void {
		this.#slowMs = Number.NEGATIVE_INFINITY;
	}

	/**
	@param configured - The sources that this machine's configuration names.
	@throws `repository-missing` when it has gone; what the storage throws; `key-wrong` when the key was removed meanwhile
	*/
	async read(configured: ReadonlyArray<{readonly name: string; readonly kind: SourceKind}>, {jobs = [], signal, onEvent}: OverviewOptions): Promise<Overview> {
		const memory = this.#memory;
		const {session} = memory;
		await this.#lookAtKeys(signal);
		const {runtime, storage: {url}, keyring} = session;
		const {snapshots, problems} = await this.#list(signal);
		this.#noteSnapshots(`${snapshots.length} ${snapshots.at(-1)?.id}`);
		await this.#lookAtSlowFacts(signal, onEvent);
		memory.rebuild(snapshots, onEvent);
		const {sources: memories, verifications, verifyRuns, dataReads, activities} = memory.read(snapshots, onEvent);
		const nowMs = runtime.now();
		const {host} = runtime.identity;
		const schedule = memory.remember(() => describeSchedule({
			jobs, sources: configured.map(({name}) => name), snapshots, runs: memory.schedule.runs({maximum: readRuns}), firstSeen: memory.schedule.firstSeen(jobs), host, nowMs,
		}, memory.schedule.holder()), {jobs: []}, onEvent);
		const sources = describeSources({snapshots, configured, memories, verifications, host, nowMs, schedule, policy: this.#limits});
		const keys = await readKeyStatus(session, {policy: this.#policy, uses: memory.keyUses(onEvent)});
		const storage = [describeStorage(url, this.#usage, memory.remember(state => state.storageSamples(url), [], onEvent), this.#limits)];
		const leftovers = this.#leftovers;
		const repository = {url, problems: [...session.problems, ...problems], trust: memory.trust, ...(leftovers && {leftovers})};
		const channels = memory.remember(state => state.outbox.channels(), [], onEvent);
		const settled = memory.settledIncidents(nowMs, onEvent);
		const facts = {memories, verifyRuns, dataReads, created: keyring.repository.created, activities, keys, storage, schedule, policy: this.#limits, channels, snapshots, settled};
		const findings = assessAlerts({...repository, nowMs, host, sources, ...facts});
		const lastVerification = verifyRuns.at(-1);
		const {allDataWithinMs} = this.#limits;
		return {
			time: new Date(nowMs).toISOString(),
			repositoryId: keyring.repository.id,
			role: keyring.role,
			host,
			sources,
			keys,
			storage,
			ratios: ratiosOf(snapshots),
			alerts: memory.ageAlerts(findings, nowMs, onEvent),
			activities,
			schedule,
			dataCoverage: {share: coverageOf(dataReads, {fromMs: nowMs - allDataWithinMs, toMs: nowMs + 1}), withinMs: allDataWithinMs},
			...(lastVerification && {lastVerification: {time: lastVerification.time, isIntact: lastVerification.problems === 0}}),
		};
	}

	/** Keys that another process has changed are taken over at once. */
	async #lookAtKeys(signal: AbortSignal | undefined): Promise<void> {
		const {session} = this.#memory;
		const files = await session.storage.list('keys', signal);
		const names = files.map(({name}) => name).join(' ');
		// None at all: it is not the keys that are gone.
		if (names !== '' && names !== this.#keyFiles) {
			if (this.#keyFiles !== undefined) {
				await session.refresh();
			}

			this.#keyFiles = names;
		}
	}

	/** After a run of whatever process the storage is measured anew. */
	#noteSnapshots(signature: string): void {
		if (signature !== this.#known) {
			this.#known = signature;
			this.refresh();
		}
	}

	async #list(signal: AbortSignal | undefined): Promise<SnapshotListing> {
		const {session} = this.#memory;
		const listing = await listSnapshots(session, signal, this.#cache);
		// A disk that is not mounted any more leaves an empty folder: no snapshots, and nothing to be told about them.
		if (listing.snapshots.length === 0) {
			await assertRepositoryExists(session.storage);
		}

		// After a rotation by another process new objects look damaged to whom has the old keyring.
		return listing.problems.length > 0 && await session.refresh() ? listSnapshots(session, signal, this.#cache) : listing;
	}

	async #lookAtSlowFacts(signal: AbortSignal | undefined, onEvent: EventListener | undefined): Promise<void> {
		const memory = this.#memory;
		const {session} = memory;
		const nowMs = session.runtime.monotonicMs();
		if (nowMs - this.#slowMs < slowIntervalMs) {
			return;
		}

		if (this.#isFirst) {
			await memory.checkFreshness(onEvent);
			this.#isFirst = false;
		} else {
			await memory.refreshLosses();
		}

		this.#leftovers = await findLeftovers(session, signal);
		this.#usage = await session.storage.usage();
		await memory.sampleStorage(onEvent, this.#usage);
		this.#slowMs = nowMs;
	}
}
