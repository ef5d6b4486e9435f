import {EngineAudit} from './auditing/engine-audit.ts';
import {assertAuditable} from './audit/assert-auditable.ts';
import {EngineArchives} from './archiving/engine-archives.ts';
import type {EventListener} from './events.ts';
import type {CreateOptions, EngineOptions, OpenOptions, OperationOptions, RecoverOptions, SnapshotOverview} from './engine-options.ts';
import {EngineDumps} from './dumps/engine-dumps.ts';
import {EngineKeys} from './keys/engine-keys.ts';
import {shortId, type RepositoryId, type SnapshotId} from './ids.ts';
import {EngineMonitoring} from './monitoring/engine-monitoring.ts';
import {HostMemory} from './monitoring/host-memory.ts';
import {defaultKeyPolicy} from './monitoring/key-age.ts';
import {defaultMonitorPolicy} from './monitoring/monitor-policy.ts';
import type {Overview} from './monitoring/overview.ts';
import {OverviewReader, type OverviewOptions} from './monitoring/overview-reader.ts';
import {trackActivity, trackBackup} from './monitoring/track-activity.ts';
import {rememberVerification} from './monitoring/verify-record.ts';
import type {BackupRequest, BackupSummary} from './operations/back-up-source/back-up-source.ts';
import type {SnapshotBrowser} from './operations/browse/snapshot-browser.ts';
import type {CompareSourceRequest, CompareSourceSummary} from './operations/compare-source/compare-source.ts';
import type {RestoreRequest, RestoreSummary} from './operations/restore/restore.ts';
import {endOfBackup, endOfRestore, endOfVerify, nameSnapshot} from './auditing/audited-ends.ts';
import {assertThreads} from './operations/thread-count.ts';
import {EnginePruning} from './pruning/engine-pruning.ts';
import type {VerifyRequest, VerifySummary} from './operations/verify/verify.ts';
import {assertRepositoryExists, createRepository, findSnapshot, listSnapshots, openRepository, readKeySlots, writeKeySlot, type RepositorySession, type SourceKind} from './repository/repository.ts';
import {createSystemRuntime, type Runtime} from './runtime.ts';
import type {Verification} from './state/host-state.ts';
import type {SecretReference} from './programs/secret-reference.ts';
import {openStorage} from './storage/open.ts';
import type {Storage} from './storage/storage.ts';

/** What every operation of the engine is given. */
type Operation = OperationOptions & Pick<EngineOptions, 'threads'>;

/**
An open repository together with what this host remembers of it: what the command line and the dashboard work with. Every way out goes through `close`.
*/
export class Engine {
	/** What is done with archives of `openssl enc`. */
	readonly archives: EngineArchives;
	/** What is done with dumps of databases. */
	readonly dumps: EngineDumps;
	/** What is done with keys. */
	readonly keys: EngineKeys;
	/** What makes the repository smaller. */
	readonly pruning: EnginePruning;
	/** What watches of this host, audits and reports do. */
	readonly monitoring: EngineMonitoring;
	/** The audit log: what was done with the repository on this host, by whom. */
	readonly audit: EngineAudit;
	readonly #session: RepositorySession;
	readonly #memory: HostMemory;
	readonly #overview: OverviewReader;
	readonly #options: EngineOptions;

	private constructor(session: RepositorySession, options: EngineOptions, {isRecovered = false}: {readonly isRecovered?: boolean} = {}) {
		this.#session = session;
		this.#options = options;
		this.#memory = new HostMemory(session, options.stateFolder, options.onEvent);
		this.audit = new EngineAudit({memory: this.#memory, stateFolder: options.stateFolder, origin: options.origin});
		const {trail} = this.audit;
		const policy = options.keyPolicy ?? defaultKeyPolicy;
		this.#overview = new OverviewReader(this.#memory, policy, options.monitorPolicy ?? defaultMonitorPolicy);
		const onChange = () => {
			this.#overview.refresh();
		};

		this.monitoring = new EngineMonitoring({memory: this.#memory, policy, overview: this.#overview});
		this.keys = new EngineKeys({memory: this.#memory, policy, trail, isRecovered, onEvent: options.onEvent, onChange});
		const begin = async (operation: OperationOptions) => this.#begin(operation);
		this.archives = new EngineArchives({memory: this.#memory, trail, options, onChange, begin});
		this.pruning = new EnginePruning({memory: this.#memory, trail, begin, onChange});
		this.dumps = new EngineDumps({memory: this.#memory, trail, begin, readSecret: this.#readSecret});
	}

	/**
	Open a repository.
	@throws RangeError for a number of threads that is none; `usage`, `repository-missing` before the secret is asked for; `format-unsupported`, `key-wrong`, `damaged`; what `secret` and the storage throw
	*/
	static async open(options: OpenOptions): Promise<Engine> {
		const runtime = options.runtime ?? createSystemRuntime();
		return this.#using(options, runtime, async storage => {
			await assertRepositoryExists(storage);
			const secret = await options.secret(async () => {
				const {slots} = await readKeySlots(storage);
				return slots.map(({slot: {slotId, factors}}) => ({slotId, factors}));
			});
			const engine = new Engine(await openRepository(storage, secret, runtime), options);
			engine.#memory.checkPlace();
			engine.#memory.checkKeyring();
			engine.#memory.noteKeyUse();
			return engine;
		});
	}

	/**
	Open a repository with a recovery key, on a host that has no other. Where the repository's own copy of the key slot is lost, the exported file stands in, and is put back.
	@param options.exported - What `keys.export` wrote. @default only the repository's own copy is tried
	@throws as `open`; `key-role` for a key that is not an owner's
	*/
	static async recover(options: RecoverOptions): Promise<Engine> {
		const runtime = options.runtime ?? createSystemRuntime();
		return this.#using(options, runtime, async storage => {
			const [{openRecovery}, {requireOwner}] = await Promise.all([import('./operations/keys/open-recovery.ts'), import('./operations/owner.ts')]);
			const {session, isOwnLost} = await openRecovery(storage, options.recoverySecret, options.exported, runtime);
			requireOwner(session.keyring, 'recover a repository');
			if (isOwnLost && options.exported) {
				await writeKeySlot(storage, session.slot.slotId, options.exported);
			}

			return new Engine(session, options, {isRecovered: true});
		});
	}

	/** See that there is a repository, without a key. @throws `usage`, `repository-missing`, `format-unsupported`; what the storage throws */
	static async assertExists({repositoryUrl, runtime = createSystemRuntime()}: Pick<EngineOptions, 'repositoryUrl' | 'runtime'>): Promise<void> {
		const storage = openStorage(repositoryUrl, runtime);
		try {
			await assertRepositoryExists(storage);
		} finally {
			await storage.close();
		}
	}

	/**
	Make a repository, and forget what this host remembered of an earlier one at that URL.
	@throws `usage`, `repository-exists`; `audit-failed` where it could not be noted; what `secret` and the storage throw
	*/
	static async create(options: CreateOptions): Promise<Engine> {
		const runtime = options.runtime ?? createSystemRuntime();
		assertAuditable(options.stateFolder, runtime);
		return this.#using(options, runtime, async storage => {
			const engine = new Engine(await createRepository(storage, options, runtime), options);
			engine.#memory.remember(state => {
				state.rememberNewPlace(storage.url);
			}, undefined);
			engine.audit.note({operation: 'init', objects: [storage.url]});
			return engine;
		});
	}

	static async #using(options: EngineOptions, runtime: Runtime, action: (storage: Storage) => Promise<Engine>): Promise<Engine> {
		assertThreads(options.threads);
		const storage = openStorage(options.repositoryUrl, runtime, {bytesPerSecond: options.bytesPerSecond});
		try {
			return await action(storage);
		} catch (error) {
			await storage.close();
			throw error;
		}
	}

	get url(): string {
		return this.#session.storage.url;
	}

	get repositoryId(): RepositoryId {
		return this.#session.keyring.repository.id;
	}

	/**
	Back up one source as one snapshot, and remember how it went.
	@throws what `backUpSource` of operations/back-up-source throws
	*/
	async backup(request: BackupRequest, options: OperationOptions = {}): Promise<BackupSummary> {
		const operation = await this.#begin(options);
		const {backUpSource} = await import('./operations/back-up-source/back-up-source.ts');
		const readSecret = this.#readSecret;
		const {program = 'coffer', deltas = true} = this.#options;
		const full = {program, deltas, ...request};
		if (request.isDryRun) {
			return backUpSource(this.#session, full, {...operation, readSecret});
		}

		const act = async (onEvent: EventListener) => backUpSource(this.#session, full, {...operation, onEvent, readSecret});
		const summary = await this.audit.trail.run({operation: 'backup', objects: [request.source.name]}, async () => trackBackup(this.#memory, request.source.name, operation.onEvent, act), endOfBackup);
		await this.#memory.sampleStorage(operation.onEvent);
		this.#overview.refresh();
		return summary;
	}

	/** All snapshots. @throws what the storage throws; `aborted` */
	async listSnapshots(options: OperationOptions = {}): Promise<SnapshotOverview> {
		const {signal, onEvent} = await this.#begin(options);
		const {snapshots, problems} = await listSnapshots(this.#session, signal);
		this.#memory.rebuild(snapshots, onEvent);
		const verifications = this.#memory.remember(state => state.verifications(), new Map<SnapshotId, Verification>(), onEvent);
		return {snapshots, problems: [...this.#session.problems, ...problems], verifications};
	}

	/**
	Verify the repository, and remember what was found. Damage is no error but a problem in the summary.
	@param request.snapshots - As `findSnapshot` takes them. @default all
	@throws `snapshot-missing`, `snapshot-ambiguous`; what `verify` of operations/verify throws
	*/
	async verify({readData, snapshots: references}: Pick<VerifyRequest, 'readData'> & {readonly snapshots?: readonly string[]}, options: OperationOptions = {}): Promise<VerifySummary> {
		const operation = await this.#begin(options);
		const {snapshots} = await listSnapshots(this.#session, operation.signal);
		const chosen = references?.map(reference => findSnapshot(snapshots, reference));
		const {verify} = await import('./operations/verify/verify.ts');
		const request = {...(readData !== undefined && {readData}), ...(chosen && {snapshots: chosen})};
		const subject = chosen?.map(({source, id}) => `${source} ${shortId(id)}`).join(', ');
		return this.audit.trail.run({operation: 'verify', objects: chosen?.map(snapshot => nameSnapshot(snapshot)) ?? []}, async () => trackActivity(this.#memory, {kind: 'verify', subject, onEvent: operation.onEvent}, async onEvent => {
			const summary = await verify(this.#session, request, {...operation, onEvent});
			rememberVerification(this.#memory, summary, {readData, existing: snapshots.map(({id}) => id), chosen: chosen?.map(({id}) => id)}, operation.onEvent);
			return summary;
		}), endOfVerify);
	}

	/**
	Restore a snapshot, or part of one.
	@param request.snapshot - As `findSnapshot` takes it.
	@throws `snapshot-missing`, `snapshot-ambiguous`; what `restore` of operations/restore throws
	*/
	async restore(request: Omit<RestoreRequest, 'snapshot'> & {readonly snapshot: string}, options: OperationOptions = {}): Promise<RestoreSummary> {
		const operation = await this.#begin(options);
		const {snapshots} = await listSnapshots(this.#session, operation.signal);
		const snapshot = findSnapshot(snapshots, request.snapshot);
		const {restore} = await import('./operations/restore/restore.ts');
		const full = {...request, snapshot};
		const work = {operation: 'restore', objects: [nameSnapshot(snapshot), `to ${request.target}`]} as const;
		const tracking = {kind: 'restore', subject: `${snapshot.source} ${shortId(snapshot.id)}`, onEvent: operation.onEvent} as const;
		return request.isDryRun
			? restore(this.#session, full, operation)
			: this.audit.trail.run(work, async () => trackActivity(this.#memory, tracking, async onEvent => restore(this.#session, full, {...operation, onEvent})), endOfRestore);
	}

	/**
	Open the snapshots, to look into them: list, search, compare, read.
	@throws `key-role`; `aborted`; what the storage throws
	*/
	async browse(options: OperationOptions = {}): Promise<SnapshotBrowser> {
		const operation = await this.#begin(options);
		const {SnapshotBrowser: browser} = await import('./operations/browse/snapshot-browser.ts');
		return browser.open(this.#session, operation);
	}

	/**
	Compare snapshots with what is on this host's disk now.
	@throws what `compareSource` of operations/compare-source throws
	*/
	async compareSource(request: CompareSourceRequest, options: OperationOptions = {}): Promise<CompareSourceSummary> {
		const operation = await this.#begin(options);
		const {compareSource} = await import('./operations/compare-source/compare-source.ts');
		return compareSource(this.#session, request, operation);
	}

	/**
	Everything that is to be known at one moment, for one screen. Cheap enough to be asked for every few seconds: snapshots that were read once are only listed, and what takes a walk over all objects is looked at once a minute.
	@param configured - The sources that this machine's configuration names.
	@param options.jobs - Those that it has. @default none
	@throws what the storage throws; `key-wrong` when the key was removed meanwhile; `aborted`
	*/
	async overview(configured: ReadonlyArray<{readonly name: string; readonly kind: SourceKind}>, options: OperationOptions & Pick<OverviewOptions, 'jobs'> = {}): Promise<Overview> {
		return this.#overview.read(configured, {...this.#complete(options), ...(options.jobs && {jobs: options.jobs})});
	}

	/**
	Note that somebody has seen an alert.
	@param alertKey - Of an alert that `overview` has shown.
	@throws `usage` where there is no such alert any more; `audit-failed`; `state-failed`
	*/
	async acknowledge(alertKey: string, note?: string): Promise<void> {
		await this.audit.trail.run({operation: 'alert-acknowledge', objects: [alertKey], detail: note}, async () => {
			this.#memory.acknowledge(alertKey, note);
		});
	}

	/** Take `acknowledge` back. @throws `usage` where there is no such alert any more; `audit-failed`; `state-failed` */
	async unacknowledge(alertKey: string): Promise<void> {
		await this.audit.trail.run({operation: 'alert-unacknowledge', objects: [alertKey]}, async () => {
			this.#memory.unacknowledge(alertKey);
		});
	}

	async close(): Promise<void> {
		this.audit.close();
		this.#memory.close();
		await this.#session.storage.close();
	}

	readonly #readSecret = async (reference: SecretReference, what: string, signal: AbortSignal | undefined): Promise<Buffer> => {
		const {readSourceSecret} = await import('./programs/read-secret.ts');
		const {hiddenVariables: hidden = []} = this.#options;
		return readSourceSecret(reference, what, {runtime: this.#session.runtime, hidden, signal});
	};

	#complete(options: OperationOptions): Operation {
		const {onEvent, threads} = this.#options;
		return {...(onEvent && {onEvent}), ...options, ...(threads !== undefined && {threads})};
	}

	/** What an operation is given, once what this host has seen is compared with what is there. */
	async #begin(options: OperationOptions): Promise<Operation> {
		const operation = this.#complete(options);
		this.#session.holdToLimit(operation.signal);
		await this.#memory.checkFreshness(operation.onEvent);
		return operation;
	}
}
