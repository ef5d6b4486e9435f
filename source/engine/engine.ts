import type {CreateOptions, EngineOptions, OpenOptions, OperationOptions, SnapshotOverview} from './engine-options.ts';
import {errorText, isCofferError} from './errors.ts';
import type {EventListener} from './events.ts';
import type {RepositoryId, SnapshotId} from './ids.ts';
import {findLosses} from './monitoring/freshness.ts';
import {readKeyStatus, type KeyStatus} from './monitoring/key-status.ts';
import {assessSources, type SourceStatus} from './monitoring/source-status.ts';
import type {BackupRequest, BackupSummary} from './operations/backup/backup.ts';
import type {SnapshotBrowser} from './operations/browse/snapshot-browser.ts';
import type {CompareSourceRequest, CompareSourceSummary} from './operations/compare-source/compare-source.ts';
import type {ForgetRequest, ForgetSummary} from './operations/forget/forget.ts';
import type {RestoreRequest, RestoreSummary} from './operations/restore/restore.ts';
import type {VerifyRequest, VerifySummary} from './operations/verify/verify.ts';
import {
	assertRepositoryExists,
	createRepository,
	findSnapshot,
	listSnapshots,
	openRepository,
	readKeySlots,
	snapshotName,
	type RepositorySession,
	type SourceKind,
} from './repository/repository.ts';
import {createSystemRuntime, type Runtime} from './runtime.ts';
import {HostState, rememberNewPlace, type Verification} from './state/host-state.ts';
import {remembering} from './state/remembering.ts';
import type {SourceRun} from './state/source-memory.ts';
import {openStorage} from './storage/open.ts';
import type {Storage, StorageUsage} from './storage/storage.ts';

/**
An open repository together with what this host remembers of it: what the command line and the dashboard work with. Every way out goes through `close`.
*/
export class Engine {
	readonly #session: RepositorySession;
	readonly #state: HostState;
	readonly #options: EngineOptions;
	#isFresh = false;

	private constructor(session: RepositorySession, options: EngineOptions) {
		this.#session = session;
		this.#options = options;
		this.#state = new HostState(options.stateFolder, session.keyring.repository.id, {
			runtime: session.runtime,
			warn: message => {
				this.#warn(options.onEvent, message);
			},
		});
	}

	/**
	Open a repository.
	@throws `usage`, `repository-missing` before the secret is asked for; `format-unsupported`, `key-wrong`, `damaged`; what `secret` and the storage throw
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
			engine.#checkPlace();
			return engine;
		});
	}

	/**
	Make a repository, and forget what this host remembered of an earlier one at that URL.
	@throws `usage`, `repository-exists`; what `secret` and the storage throw
	*/
	static async create(options: CreateOptions): Promise<Engine> {
		const runtime = options.runtime ?? createSystemRuntime();
		return this.#using(options, runtime, async storage => {
			const session = await createRepository(storage, options, runtime);
			const engine = new Engine(session, options);
			const warn = (message: string) => {
				engine.#warn(options.onEvent, message);
			};

			remembering(warn, () => {
				rememberNewPlace(options.stateFolder, storage.url, session.keyring.repository.id, {runtime, warn});
			}, undefined);
			return engine;
		});
	}

	static async #using(options: EngineOptions, runtime: Runtime, action: (storage: Storage) => Promise<Engine>): Promise<Engine> {
		const storage = openStorage(options.repositoryUrl, runtime);
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
	@throws what `backup` of operations/backup throws
	*/
	async backup(request: BackupRequest, options: OperationOptions = {}): Promise<BackupSummary> {
		const onEvent = options.onEvent ?? this.#options.onEvent;
		const {runtime} = this.#session;
		const startMs = runtime.now();
		const record = (run: Pick<SourceRun, 'outcome'> & Partial<SourceRun>, head?: {id: SnapshotId; time: string}) => {
			if (!request.isDryRun) {
				const full = {time: new Date(startMs).toISOString(), durationMs: Math.max(0, Math.round(runtime.now() - startMs)), ...run};
				this.#remember(onEvent, () => {
					this.#state.recordRun(request.source.name, full, head && {id: head.id, time: head.time, objectName: snapshotName(head)});
				});
			}
		};

		await this.#checkFreshness(onEvent);
		const {backup} = await import('./operations/backup/backup.ts');
		try {
			const summary = await backup(this.#session, {program: this.#options.program ?? 'coffer', ...request}, {...options, ...(onEvent && {onEvent})});
			const {snapshot, unreadable} = summary;
			if (snapshot) {
				const problem = unreadable > 0 ? {error: `${unreadable} ${unreadable === 1 ? 'entry' : 'entries'} could not be read`} : {};
				record({time: snapshot.time, outcome: unreadable > 0 ? 'partial' : 'ok', snapshot: snapshot.id, addedBytes: summary.addedBytes, ...problem}, snapshot);
			}

			return summary;
		} catch (error) {
			record({outcome: isCofferError(error, 'aborted') ? 'interrupted' : 'failed', code: isCofferError(error) ? error.code : 'internal', error: errorText(error)});
			throw error;
		}
	}

	/** All snapshots. @throws what the storage throws; `aborted` */
	async listSnapshots(options: OperationOptions = {}): Promise<SnapshotOverview> {
		const onEvent = options.onEvent ?? this.#options.onEvent;
		await this.#checkFreshness(onEvent);
		const {snapshots, problems} = await listSnapshots(this.#session, options.signal);
		return {snapshots, problems: [...this.#session.problems, ...problems], verifications: this.#verifications(onEvent)};
	}

	/**
	Verify the repository, and remember which snapshots were found intact. Damage is no error but a problem in the summary.
	@param request.snapshots - As `findSnapshot` takes them. @default all
	@throws `snapshot-missing`, `snapshot-ambiguous`; what `verify` of operations/verify throws
	*/
	async verify(request: Pick<VerifyRequest, 'readData'> & {readonly snapshots?: readonly string[]}, options: OperationOptions = {}): Promise<VerifySummary> {
		const onEvent = options.onEvent ?? this.#options.onEvent;
		await this.#checkFreshness(onEvent);
		const {snapshots} = await listSnapshots(this.#session, options.signal);
		const chosen = request.snapshots?.map(reference => findSnapshot(snapshots, reference));
		const {verify} = await import('./operations/verify/verify.ts');
		const {readData} = request;
		const summary = await verify(this.#session, {...(readData !== undefined && {readData}), ...(chosen && {snapshots: chosen})}, {...options, ...(onEvent && {onEvent})});
		const damaged = new Set(summary.problems.flatMap(problem => problem.snapshots) as SnapshotId[]);
		this.#remember(onEvent, () => {
			this.#state.recordVerification({
				intact: summary.snapshots.filter(id => !damaged.has(id)),
				damaged: [...damaged],
				existing: snapshots.map(({id}) => id),
				verification: {time: new Date(this.#session.runtime.now()).toISOString(), data: readData === undefined ? 'none' : (readData === 'all' ? 'all' : 'part')},
			});
		});
		return summary;
	}

	/**
	Restore a snapshot, or part of one.
	@param request.snapshot - As `findSnapshot` takes it.
	@throws `snapshot-missing`, `snapshot-ambiguous`; what `restore` of operations/restore throws
	*/
	async restore(request: Omit<RestoreRequest, 'snapshot'> & {readonly snapshot: string}, options: OperationOptions = {}): Promise<RestoreSummary> {
		const onEvent = options.onEvent ?? this.#options.onEvent;
		await this.#checkFreshness(onEvent);
		const {snapshots} = await listSnapshots(this.#session, options.signal);
		const snapshot = findSnapshot(snapshots, request.snapshot);
		const {restore} = await import('./operations/restore/restore.ts');
		return restore(this.#session, {...request, snapshot}, {...options, ...(onEvent && {onEvent})});
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
	Forget snapshots for good.
	@throws what `forget` of operations/forget throws
	*/
	async forget(request: ForgetRequest, options: OperationOptions = {}): Promise<ForgetSummary> {
		const operation = await this.#begin(options);
		const {forget} = await import('./operations/forget/forget.ts');
		return forget(this.#session, request, operation);
	}

	/** How each source stands. @param configured - The sources that this machine's configuration names. @throws what the storage throws */
	async sourceStatus(configured: ReadonlyArray<{readonly name: string; readonly kind: SourceKind}>, options: OperationOptions = {}): Promise<SourceStatus[]> {
		const {snapshots, verifications} = await this.listSnapshots(options);
		const {runtime} = this.#session;
		const memories = this.#remember(options.onEvent ?? this.#options.onEvent, () => this.#state.sources(), []);
		return assessSources({snapshots, configured, memories, verifications, host: runtime.identity.host, nowMs: runtime.now()});
	}

	/** Slots and epochs. @param options.isCounting - See `readKeyStatus`. @throws what the storage throws */
	async keyStatus(options: {readonly isCounting?: boolean; readonly signal?: AbortSignal} = {}): Promise<KeyStatus> {
		return readKeyStatus(this.#session, options);
	}

	/** @throws what the storage throws */
	async storageUsage(): Promise<StorageUsage & {readonly url: string}> {
		return {url: this.url, ...await this.#session.storage.usage()};
	}

	async close(): Promise<void> {
		await this.#session.storage.close();
	}

	/** What an operation is given, once what this host has seen is compared with what is there. */
	async #begin(options: OperationOptions): Promise<OperationOptions> {
		const onEvent = options.onEvent ?? this.#options.onEvent;
		await this.#checkFreshness(onEvent);
		return {...options, ...(onEvent && {onEvent})};
	}

	#warn(onEvent: EventListener | undefined, message: string): void {
		onEvent?.({event: 'warning', kind: 'repository', message});
	}

	#remember<Value = void>(onEvent: EventListener | undefined, action: () => Value, fallback?: Value): Value {
		return remembering(message => {
			this.#warn(onEvent, message);
		}, action, fallback as Value);
	}

	#verifications(onEvent: EventListener | undefined): ReadonlyMap<SnapshotId, Verification> {
		return this.#remember(onEvent, () => this.#state.verifications(), new Map<SnapshotId, Verification>());
	}

	#checkPlace(): void {
		const {onEvent} = this.#options;
		const other = this.#remember(onEvent, () => this.#state.checkPlace(this.url), undefined);
		if (other !== undefined) {
			this.#warn(onEvent, `The repository at ${this.url} is not the one that this host knows there: it was exchanged. If that was on purpose, remove its line from ${this.#state.placesPath}; if not, find out who did it.`);
		}
	}

	/** Once per engine: say what this host has seen and the repository no longer holds. */
	async #checkFreshness(onEvent: EventListener | undefined): Promise<void> {
		if (this.#isFresh) {
			return;
		}

		this.#isFresh = true;
		const memories = this.#remember(onEvent, () => this.#state.sources(), []);
		for (const {source, losses, isNews} of await findLosses(this.#session, memories)) {
			for (const {id, time} of losses) {
				this.#warn(onEvent, `The snapshot ${id.slice(0, 8)} of "${source}", made at ${time}, is gone without having been forgotten: it was removed, or the storage was put back to an older state.`);
			}

			if (isNews) {
				this.#remember(onEvent, () => {
					this.#state.recordLosses(source, losses);
				});
			}
		}
	}
}
