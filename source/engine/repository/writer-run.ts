import {CofferError, isCofferError} from '../errors.ts';
import type {DataKeyId, PackId, WriterId} from '../ids.ts';
import {createDataKey, dataKeyName, resealDataKey, type DataKey} from './data-key.ts';
import {keyIdOf} from './epoch-usage.ts';
import {encodeIndex, maximumBlobsPerIndex} from './index-object.ts';
import {assertNoProblems, readAllMetadata, writeHashedMetadata, writeMetadata} from './metadata-store.ts';
import {decodePruningMark} from './pruning-mark.ts';
import {packName} from './pack-writer.ts';
import type {PackDescription} from './segment-table.ts';
import type {RepositorySession} from './session.ts';
import {encodeSnapshot, snapshotName, type Snapshot} from './snapshot.ts';
import {decodeWriterRecord, encodeWriterRecord, heartbeatIntervalMs, isWriterStale, writerExpiryMs, writerName} from './writer-record.ts';

/** Temporary objects older than this belong to nobody. */
export const abandonedAfterMs = 24 * 60 * 60 * 1000;

/**
One run that writes: its record under writers/, its data key, and the order in which things must become durable: data key, packs, index, snapshot. Every way out goes through `close`.
*/
export class WriterRun {
	readonly id: WriterId;
	/** Packs that prune has marked: this run must not rely on them. */
	readonly ignoredPacks: ReadonlySet<PackId>;
	#dataKey: DataKey;
	#dataKeyWritten: Promise<void> | undefined;
	#storedBytes = 0;
	#waiting: PackDescription[] = [];
	/** Blobs in packs that wait and were not there when an index was last begun. */
	#newBlobs = 0;
	readonly #written: PackId[] = [];
	readonly #session: RepositorySession;
	readonly #stopHeartbeat: () => void;
	#heartbeatFailure: unknown;
	#renewedMs: number;
	#renewal: Promise<void> = Promise.resolve();
	#indexing: Promise<void> = Promise.resolve();

	private constructor(session: RepositorySession, id: WriterId, ignoredPacks: ReadonlySet<PackId>, dataKey: DataKey) {
		this.#session = session;
		this.id = id;
		this.ignoredPacks = ignoredPacks;
		this.#dataKey = dataKey;
		this.#renewedMs = session.runtime.now();
		this.#stopHeartbeat = session.runtime.every(heartbeatIntervalMs, () => {
			this.#renewal = this.#renew();
		});
	}

	/** @throws `key-role`; what the storage throws */
	static async start(session: RepositorySession): Promise<WriterRun> {
		const {runtime} = session;
		const id = runtime.randomBytes(16).toString('hex') as WriterId;
		const dataKeyId = runtime.randomBytes(16).toString('hex') as DataKeyId;
		await removeStaleWriters(session);
		await writeRecord(session, id, dataKeyId);
		try {
			// The record first, then a look at the keys: a rotation, which activates an epoch and then looks for writers, cannot miss us while we miss it.
			if (await session.refresh()) {
				await writeRecord(session, id, dataKeyId);
			}

			const dataKey = createDataKey(session.keyring, runtime, dataKeyId);
			// The record first, then the marks: so prune, which marks first and then looks for writers, cannot miss us while we miss it.
			return new WriterRun(session, id, await readMarkedPacks(session), dataKey);
		} catch (error) {
			await removeRecord(session, id);
			throw error;
		}
	}

	/** What this run's packs are encrypted under. Before a pack is committed, `ensureDataKey` must have returned. */
	get dataKey(): DataKey {
		return this.#dataKey;
	}

	/** Make the sealed data key durable, once; a run that stores nothing needs none. */
	async ensureDataKey(): Promise<void> {
		this.#dataKeyWritten ??= this.#session.storage.write(dataKeyName(this.#dataKey.id), this.#dataKey.sealed);
		return this.#dataKeyWritten;
	}

	/** Bytes that became durable so far. */
	get storedBytes(): number {
		return this.#storedBytes;
	}

	/** A pack became durable; the next index names it. With so many blobs that they fill one, it is written soon: they take memory until then. */
	addPack(pack: PackDescription): void {
		this.#waiting.push(pack);
		this.#storedBytes += pack.sizeBytes;
		this.#newBlobs += countBlobs(pack);
		if (this.#newBlobs >= maximumBlobsPerIndex) {
			this.#newBlobs = 0;
			// A failure shows again at the next index, which the snapshot waits for.
			void this.writeIndex().catch(() => undefined);
		}
	}

	/** Make the packs that wait known to all, so that even an interrupted run was not for nothing. Calls may overlap: they are done one after the other. */
	async writeIndex(): Promise<void> {
		const done = this.#indexing.then(async () => this.#writeIndex());
		this.#indexing = done.catch(() => undefined);
		return done;
	}

	async #writeIndex(): Promise<void> {
		await this.#takeOverRotation();
		while (this.#waiting.length > 0) {
			const packs: PackDescription[] = [];
			let blobs = 0;
			for (const pack of this.#waiting) {
				packs.push(pack);
				blobs += countBlobs(pack);
				if (blobs >= maximumBlobsPerIndex) {
					break;
				}
			}

			// Where prune has taken this run for dead, it has taken these packs for nobody's.
			await this.#assertAlive();
			const {sizeBytes} = await writeHashedMetadata(this.#session, 'index', 'index', encodeIndex({packs, dataKeys: [this.#dataKey]}));
			this.#waiting = this.#waiting.slice(packs.length);
			this.#written.push(...packs.map(pack => pack.id));
			this.#storedBytes += sizeBytes;
		}
	}

	/**
	Write the snapshot: the one commit point. Call it when all packs were added.
	@throws `writer-expired` when prune no longer knew of this run; the snapshot has been taken back
	*/
	async commit(snapshot: Snapshot): Promise<void> {
		await this.writeIndex();
		await this.#assertAlive();
		const name = snapshotName(snapshot);
		const audit = this.#session.auditHead?.();
		this.#storedBytes += await writeMetadata(this.#session, 'snapshot', name, encodeSnapshot(audit === undefined ? snapshot : {...snapshot, audit}));
		try {
			// Once more: as long as the record is there, prune waits for us and will find the snapshot.
			await this.#assertAlive();
			await this.#assertPacksPresent();
		} catch (error) {
			if (isCofferError(error, 'writer-expired')) {
				await this.#session.storage.remove(name);
			}

			throw error;
		}
	}

	/** Remove the record. Never fails: a record that stays is stale when the process is gone. */
	async close(): Promise<void> {
		this.#stopHeartbeat();
		// A renewal under way would put the record back.
		await this.#renewal;
		await removeRecord(this.#session, this.id);
	}

	async #assertPacksPresent(): Promise<void> {
		if (this.#written.length === 0) {
			return;
		}

		const present = new Set((await this.#session.storage.list('packs')).map(object => object.name));
		const missing = this.#written.find(id => !present.has(packName(id)));
		if (missing) {
			throw new CofferError('writer-expired', `The pack ${packName(missing)} was deleted while this run was writing, so its snapshot was taken back. Start the backup again.`);
		}
	}

	async #assertAlive(): Promise<void> {
		const {runtime, storage} = this.#session;
		// Whoever sees a record so old removes it; it must not come back because this run was suspended between a look at it and its renewal.
		const isStale = runtime.now() - this.#renewedMs > writerExpiryMs;
		if (this.#heartbeatFailure === undefined && !isStale && await storage.size(writerName(this.id)) !== undefined) {
			return;
		}

		throw new CofferError('writer-expired', 'The record of this run vanished from the repository while it was writing (it was asleep for over a day, or prune took it for dead). No snapshot was made. Start the backup again.', {cause: this.#heartbeatFailure});
	}

	async #renew(): Promise<void> {
		try {
			await this.#assertAlive();
			const nowMs = this.#session.runtime.now();
			await writeRecord(this.#session, this.id, this.#dataKey.id);
			this.#renewedMs = nowMs;
		} catch (error) {
			if (isCofferError(error, 'writer-expired')) {
				this.#heartbeatFailure = error;
			}
		}
	}

	/** Where the packs of the epoch that it began under are written anew, its data key stays sealed to that one: so those of this run will be, too, once it is over. */
	async #takeOverRotation(): Promise<void> {
		await this.#session.refresh();
		const {keyring, runtime} = this.#session;
		const epochId = keyIdOf(this.#dataKey.sealed);
		const epoch = keyring.epochs.find(({id}) => id === epochId);
		if (!epoch?.isActive && !epoch?.isReencrypted) {
			this.#dataKey = resealDataKey(this.#dataKey, keyring, runtime);
			if (this.#dataKeyWritten) {
				this.#dataKeyWritten = undefined;
				await this.ensureDataKey();
			}
		}
	}
}

/** Packs that prune has marked. */
async function readMarkedPacks(session: RepositorySession): Promise<ReadonlySet<PackId>> {
	const {values, problems} = await readAllMetadata(session, 'pruningMark', 'pruning', ({body}, name) => decodePruningMark(body, name));
	assertNoProblems(problems);
	return new Set(values.flatMap(({packs}) => packs));
}

function countBlobs({segments}: PackDescription): number {
	return segments.reduce((sum, segment) => sum + segment.lengths.length, 0);
}

async function writeRecord(session: RepositorySession, id: WriterId, dataKeyId: DataKeyId): Promise<void> {
	const heartbeat = new Date(session.runtime.now()).toISOString();
	await writeMetadata(session, 'writer', writerName(id), encodeWriterRecord({id, heartbeat, dataKeyId, process: session.runtime.identity}));
}

async function removeRecord(session: RepositorySession, id: WriterId): Promise<void> {
	try {
		await session.storage.remove(writerName(id));
	} catch {}
}

/** What runs that died left behind: their records, and old temporary objects. */
async function removeStaleWriters(session: RepositorySession): Promise<void> {
	const {values} = await readAllMetadata(session, 'writer', 'writers', ({body}, name) => decodeWriterRecord(body, name));
	for (const record of values.filter(record => isWriterStale(record, session.runtime))) {
		await session.storage.remove(writerName(record.id));
	}

	await session.storage.sweep(abandonedAfterMs);
}
