import {CofferError, isCofferError} from '../errors.ts';
import type {LockId} from '../ids.ts';
import {decodeLockRecord, encodeLockRecord, lockName, type LockRecord} from './lock-record.ts';
import {readAllMetadata, writeMetadata} from './metadata-store.ts';
import type {RepositorySession} from './session.ts';
import {heartbeatIntervalMs, isWriterStale, writerExpiryMs} from './writer-record.ts';

/** @throws `repository-locked` when somebody else holds a lock, or a lock cannot be read; what the storage throws */
async function assertFree(session: RepositorySession, ownId: LockId | undefined, signal: AbortSignal | undefined): Promise<void> {
	const {values, problems} = await readAllMetadata(session, 'lock', 'locks', ({body}, name) => decodeLockRecord(body, name), {signal});
	const holders: LockRecord[] = [];
	for (const record of values.filter(({id}) => id !== ownId)) {
		if (isWriterStale(record, session.runtime)) {
			await session.storage.remove(lockName(record.id));
		} else {
			holders.push(record);
		}
	}

	const [holder] = holders;
	if (holder) {
		const {id, operation, user, acquired, heartbeat, process: {host, pid}} = holder;
		throw new CofferError('repository-locked', `"${operation}" has been running on ${host} (process ${pid}, user ${user}) since ${acquired} and excludes this; its last sign of life was at ${heartbeat}. `
			+ `Wait until it has ended. If it is surely over, delete ${lockName(id)} from the repository.`, {context: {object: lockName(id), operation, host, pid}, isRetryable: true});
	}

	const [problem] = problems;
	if (problem) {
		throw new CofferError('repository-locked', `${problem.object} cannot be read, so that nobody knows whether its holder still runs: ${problem.message} `
			+ 'If no other run of coffer is deleting anything or changing keys, delete it from the repository.', {context: {object: problem.object}});
	}
}

/**
The lock of operations that exclude each other: forgetting, pruning, rotating keys. Backups, restores and verifications do not ask for it.

- At most one holder at a time. Storages cannot create an object only where there is none, so each writes its own lock first and then looks for others: of two that come at once, at most one goes on, perhaps none.
- A lock whose process is dead on this host is removed at once; one of another host after a day without a renewal.
- The holder renews it every five minutes, and never again once it has gone or was not renewed for a day. Before each step that cannot be taken back it calls `assertHeld`: so who was suspended for long stops.
- Every way out goes through `release`.
*/
export class ExclusiveLock {
	readonly #session: RepositorySession;
	readonly #record: LockRecord;
	readonly #stopRenewing: () => void;
	#renewedMs: number;
	#isLost = false;
	#renewal: Promise<void> = Promise.resolve();

	private constructor(session: RepositorySession, record: LockRecord) {
		this.#session = session;
		this.#record = record;
		this.#renewedMs = Date.parse(record.heartbeat);
		this.#stopRenewing = session.runtime.every(heartbeatIntervalMs, () => {
			this.#renewal = this.#renew();
		});
	}

	/**
	@param operation - What is going to be done, as its command is called; others are told it.
	@throws `repository-locked`, naming the holder; `key-role`; `aborted`; what the storage throws. Then no lock is left behind.
	*/
	static async acquire(session: RepositorySession, operation: string, signal?: AbortSignal): Promise<ExclusiveLock> {
		const {runtime} = session;
		await assertFree(session, undefined, signal);
		const time = new Date(runtime.now()).toISOString();
		const record: LockRecord = {id: runtime.randomBytes(16).toString('hex') as LockId, process: runtime.identity, user: runtime.user, operation, acquired: time, heartbeat: time};
		try {
			await writeLock(session, record);
			await assertFree(session, record.id, signal);
		} catch (error) {
			await removeLock(session, record.id);
			throw error;
		}

		return new ExclusiveLock(session, record);
	}

	/** @throws `writer-expired` when the lock is no longer this run's; what the storage throws */
	async assertHeld(): Promise<void> {
		const {runtime, storage} = this.#session;
		this.#isLost ||= runtime.now() - this.#renewedMs > writerExpiryMs || await storage.size(lockName(this.#record.id)) === undefined;
		if (this.#isLost) {
			throw new CofferError('writer-expired', `The lock of this "${this.#record.operation}" was taken over while it was suspended or cut off, so it stopped. What is done stays done; start it again.`);
		}
	}

	/** Write it again now: under the epoch that is active now. A lock that is lost shows at the next `assertHeld`. */
	async renew(): Promise<void> {
		this.#renewal = this.#renewal.then(async () => this.#renew());
		await this.#renewal;
	}

	/** Give it back. Never fails: a lock that stays is taken over when this process is gone. */
	async release(): Promise<void> {
		this.#stopRenewing();
		// A renewal under way would put it back.
		await this.#renewal;
		await removeLock(this.#session, this.#record.id);
	}

	async #renew(): Promise<void> {
		try {
			await this.assertHeld();
			const nowMs = this.#session.runtime.now();
			await writeLock(this.#session, {...this.#record, heartbeat: new Date(nowMs).toISOString()});
			this.#renewedMs = nowMs;
		} catch (error) {
			// Anything else may pass until the next renewal.
			this.#isLost ||= isCofferError(error, 'writer-expired');
		}
	}
}

async function writeLock(session: RepositorySession, record: LockRecord): Promise<void> {
	await writeMetadata(session, 'lock', lockName(record.id), encodeLockRecord(record));
}

async function removeLock({storage}: RepositorySession, id: LockId): Promise<void> {
	try {
		await storage.remove(lockName(id));
	} catch {}
}

/** Hold the lock while `action` runs, and release it in every way out. @throws As `ExclusiveLock.acquire`; what `action` throws */
export async function withExclusiveLock<Result>(session: RepositorySession, operation: string, action: (lock: ExclusiveLock) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
	const lock = await ExclusiveLock.acquire(session, operation, signal);
	try {
		return await action(lock);
	} finally {
		await lock.release();
	}
}
