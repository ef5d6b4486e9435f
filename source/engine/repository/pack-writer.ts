import {createHash, type Hash} from 'node:crypto';
import type {PackId} from '../ids.ts';
import {releaseMemory} from '../release-memory.ts';
import type {Runtime} from '../runtime.ts';
import type {PendingObject, Storage} from '../storage/storage.ts';
import type {SegmentCipher} from '../crypto/segment-cipher.ts';
import type {DataKey} from './data-key.ts';
import {createHeader} from './object-header.ts';
import {sealPackEnd} from './pack-layout.ts';
import {cipherFor} from './sealed-object.ts';
import type {BlobKind, NewSegment, PackDescription, SegmentEntry} from './segment-table.ts';
import type {WriteCheck} from './write-check.ts';

/** A pack is closed when it has grown to this size. */
export const targetPackBytes = 32 * 1024 * 1024;
/** It is also closed at this many blobs, so that its table and the index object that names it stay within their limits. */
const maximumBlobsPerPack = 100_000;
/** Packs that may be on their way to the disk while the next one is filled. */
const maximumCommits = 2;

export const packName = (id: PackId): string => `packs/${id.slice(0, 2)}/${id}`;

export type PackWriterOptions = {
	readonly storage: Storage;
	readonly dataKey: DataKey;
	readonly kind: BlobKind;
	readonly runtime: Runtime;
	/** Called when a pack is durable; it may now be named by an index. */
	readonly onPack: (pack: PackDescription) => void;
	/** Awaited before the first pack becomes durable: what must be durable before it. */
	readonly beforeCommit?: () => Promise<void>;
	/** Opens segments again before they are stored. @default none are */
	readonly check?: WriteCheck;
	/** @default targetPackBytes */
	readonly targetBytes?: number;
};

type OpenPack = {
	readonly cipher: SegmentCipher;
	readonly hash: Hash;
	readonly segments: SegmentEntry[];
	blobs: number;
	readonly pending: Promise<PendingObject>;
	sizeBytes: number;
};

/**
Seals segments and gathers them in packs. `add` takes its bytes at once; what the storage has to do is queued, and `drain` waits for it and reports its errors.
*/
export class PackWriter {
	readonly #options: PackWriterOptions;
	readonly #commits = new Set<Promise<void>>();
	/** Those that no commit has been tried of. */
	readonly #unfinished = new Set<OpenPack>();
	#open: OpenPack | undefined;
	#tail: Promise<void> = Promise.resolve();
	#failure: {readonly error: unknown} | undefined;

	constructor(options: PackWriterOptions) {
		this.#options = options;
	}

	/**
	@param content - The segment's plaintext as it goes under the cipher: compressed, if `compression` says so.
	@param dictionary - Of a delta: what it was compressed with.
	@throws `memory-corrupted` from `check`
	*/
	add(content: Uint8Array, segment: NewSegment, dictionary?: Uint8Array): void {
		this.#open ??= this.#begin();
		const pack = this.#open;
		const parts = pack.cipher.seal(pack.segments.length, content);
		this.#options.check?.onSealed(pack.cipher, pack.segments.length, parts, segment, dictionary);
		const offset = pack.sizeBytes;
		this.#append(pack, parts);
		pack.segments.push({...segment, offset, sealedBytes: pack.sizeBytes - offset});
		pack.blobs += segment.lengths.length;
		if (pack.sizeBytes >= (this.#options.targetBytes ?? targetPackBytes) || pack.blobs >= maximumBlobsPerPack) {
			this.#close(pack, false);
		}
	}

	/** Wait until little is left to write. @throws What the storage threw. */
	async drain(): Promise<void> {
		await this.#tail;
		while (this.#commits.size > maximumCommits) {
			await Promise.race(this.#commits);
		}

		this.#throwFailure();
	}

	/** Close the last pack, padded, and wait until all are durable. @throws What the storage threw. */
	async finish(): Promise<void> {
		if (this.#open) {
			this.#close(this.#open, true);
		}

		await this.#settle();
		this.#throwFailure();
	}

	/** Throw away the packs that are not finished; wait for those on their way. Never fails. */
	async discard(): Promise<void> {
		this.#open = undefined;
		await this.#settle();
		for (const pack of this.#unfinished) {
			try {
				await (await pack.pending).discard();
			} catch {}
		}

		this.#unfinished.clear();
	}

	#begin(): OpenPack {
		const {storage, dataKey, runtime} = this.#options;
		const header = createHeader('pack', dataKey.id, runtime);
		const pack = {cipher: cipherFor(header, dataKey.key, runtime), hash: createHash('sha256'), segments: [], blobs: 0, pending: storage.create(), sizeBytes: 0};
		// The queue reports it; without this, a failure before the queue is reached would count as unhandled.
		pack.pending.catch(() => undefined);
		this.#unfinished.add(pack);
		this.#append(pack, [header.bytes]);
		return pack;
	}

	#append(pack: OpenPack, parts: readonly Buffer[]): void {
		for (const part of parts) {
			pack.hash.update(part);
			pack.sizeBytes += part.byteLength;
		}

		this.#enqueue(async () => {
			await (await pack.pending).append(parts);
			for (const part of parts) {
				releaseMemory(part);
			}
		});
	}

	#close(pack: OpenPack, isPadded: boolean): void {
		this.#open = undefined;
		this.#append(pack, sealPackEnd(pack.cipher, pack.segments, pack.sizeBytes, isPadded));
		const id = pack.hash.digest('hex') as PackId;
		this.#enqueue(async () => {
			const pending = await pack.pending;
			const commit = this.#commit(pending, pack, id);
			this.#commits.add(commit);
			void commit.then(() => this.#commits.delete(commit));
		});
	}

	async #commit(pending: PendingObject, pack: OpenPack, id: PackId): Promise<void> {
		try {
			const {dataKey, kind, runtime, onPack, beforeCommit} = this.#options;
			await beforeCommit?.();
			this.#unfinished.delete(pack);
			await pending.commit(packName(id));
			onPack({id, sizeBytes: pack.sizeBytes, dataKeyId: dataKey.id, kind, createdMs: runtime.now(), segments: pack.segments});
		} catch (error) {
			this.#failure ??= {error};
			await pending.discard();
		}
	}

	#enqueue(action: () => Promise<void>): void {
		this.#tail = this.#tail.then(async () => {
			if (!this.#failure) {
				try {
					await action();
				} catch (error) {
					this.#failure = {error};
				}
			}
		});
	}

	async #settle(): Promise<void> {
		await this.#tail;
		await Promise.all(this.#commits);
	}

	#throwFailure(): void {
		if (this.#failure) {
			throw this.#failure.error;
		}
	}
}
