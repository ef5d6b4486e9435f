import {CofferError, errorText, isCofferError, throwIfAborted} from '../errors.ts';
import type {PackId} from '../ids.ts';
import {releaseMemory} from '../release-memory.ts';
import type {BlobHasher} from './blob-id.ts';
import {BlobIndex} from './blob-index.ts';
import {BlobWriter} from './blob-writer.ts';
import {decompressZstd} from './compression.ts';
import type {ObjectProblem} from './metadata-store.ts';
import {PackReader} from './pack-reader.ts';
import {packName, PackWriter} from './pack-writer.ts';
import {digestContent, readBackPack, readSegmentContent, type RewriteOptions} from './read-back-pack.ts';
import {plaintextBytesOf, type BlobKind, type PackDescription, type SegmentEntry} from './segment-table.ts';

/** Of a segment with several blobs a larger dead share is not taken along: it is unpacked, and what lives in it stored in new segments. */
const largestDeadShare = 0.5;

export type RepackOptions = RewriteOptions & {
	readonly kind: BlobKind;
	readonly hasher: BlobHasher;
	/** Whether a blob is needed in this very place. @param segment - Number of the segment in its pack. */
	readonly isNeeded: (id: Uint8Array, pack: PackId, segment: number) => boolean;
	/** Called after each pack that was read. */
	readonly onPack?: (pack: PackDescription) => void;
};

export type RepackResult = {
	/** The new packs, durable, read back and compared; none where nothing is needed. */
	readonly packs: readonly PackDescription[];
	/** Packs that cannot be read: they have to stay. */
	readonly damaged: ReadonlyMap<PackId, ObjectProblem>;
};

/** What is taken over of a segment. */
export type LivingPart = {
	/** Of the blobs that are needed; empty: nothing. */
	readonly positions: readonly number[];
	/** The segment is taken over as it is: most of it is needed, or it is a delta. */
	readonly isWhole: boolean;
};

/** Find what is taken over of a segment. @param isNeeded - Of its blobs. */
export function findLivingPart(segment: Pick<SegmentEntry, 'ids' | 'lengths' | 'delta'>, isNeeded: (id: Uint8Array) => boolean): LivingPart {
	const positions = [...segment.lengths.keys()].filter(position => isNeeded(segment.ids.subarray(position * 32, (position + 1) * 32)));
	const livingBytes = plaintextBytesOf({lengths: positions.map(position => segment.lengths[position]!)});
	return {positions, isWhole: segment.delta !== undefined || livingBytes >= (1 - largestDeadShare) * plaintextBytesOf(segment)};
}

/** Writes the living part of packs into new ones. */
class Repacking {
	readonly #options: RepackOptions;
	readonly #packs: PackWriter;
	readonly #blobs: BlobWriter;
	readonly #written: PackDescription[] = [];
	/** Of segments that were taken over as they are, by the very ids that their new pack has, too. */
	readonly #copies = new Map<Uint8Array, {readonly digest: string; readonly createdMs: number}>();

	constructor(options: RepackOptions) {
		const {storage, dataKey, kind, runtime, hasher} = options;
		this.#options = options;
		this.#packs = new PackWriter({storage, dataKey, kind, runtime, onPack: pack => {
			this.#written.push({...pack, createdMs: this.#createdMs(pack)});
		}});
		this.#blobs = new BlobWriter(hasher, new BlobIndex(), this.#packs);
	}

	async add(pack: PackDescription): Promise<void> {
		const {storage, runtime, keyOf, signal, isNeeded} = this.#options;
		const reader = await PackReader.open(storage, pack, keyOf, runtime);
		for (const [number, segment] of pack.segments.entries()) {
			throwIfAborted(signal);
			const {positions, isWhole} = findLivingPart(segment, id => isNeeded(id, pack.id, number));
			if (positions.length === 0) {
				continue;
			}

			const content = await readSegmentContent(reader, this.#options, segment, number);
			if (isWhole) {
				const {offset: _offset, sealedBytes: _sealedBytes, ...copy} = segment;
				this.#copies.set(segment.ids, {digest: digestContent(content), createdMs: pack.createdMs});
				this.#packs.add(content, copy);
			} else {
				this.#storeApart(pack, segment, positions, content);
			}

			await this.#packs.drain();
			releaseMemory(content);
		}
	}

	async finish(): Promise<PackDescription[]> {
		await this.#blobs.finish();
		for (const pack of this.#written) {
			await readBackPack(pack, this.#options, (content, segment, number) => this.#isRight(pack, content, segment, number));
		}

		return this.#written;
	}

	async discard(): Promise<void> {
		await this.#blobs.discard();
	}

	#storeApart(pack: PackDescription, segment: SegmentEntry, positions: readonly number[], content: Buffer): void {
		const plaintext = segment.compression === 'zstd' ? decompressZstd(content, plaintextBytesOf(segment), packName(pack.id)) : content;
		for (const position of positions) {
			const start = segment.lengths.slice(0, position).reduce((sum, length) => sum + length, 0);
			const id = this.#blobs.store(plaintext.subarray(start, start + segment.lengths[position]!));
			if (id !== Buffer.from(segment.ids.subarray(position * 32, (position + 1) * 32)).toString('hex')) {
				throw new CofferError('damaged', `${packName(pack.id)} holds another content than the index says.`, {context: {object: packName(pack.id)}});
			}
		}

		if (plaintext !== content) {
			releaseMemory(plaintext);
		}
	}

	/** Of chunks that are alike a backup takes the one in the newest pack: so this one is as old as the newest chunk in it. */
	#createdMs({segments}: PackDescription): number {
		return Math.max(0, ...segments.map(({ids}) => this.#copies.get(ids)?.createdMs ?? 0));
	}

	#isRight({segments}: PackDescription, content: Buffer, segment: SegmentEntry, number: number): boolean {
		const copy = this.#copies.get(segments[number]!.ids);
		if (copy) {
			return copy.digest === digestContent(content);
		}

		const plaintext = segment.compression === 'zstd' ? decompressZstd(content, plaintextBytesOf(segment), 'the new pack') : content;
		let offset = 0;
		return segment.lengths.every((length, position) => {
			const blob = plaintext.subarray(offset, offset + length);
			offset += length;
			return this.#options.hasher.idOf(blob).equals(segment.ids.subarray(position * 32, (position + 1) * 32));
		});
	}
}

/**
Write what is needed of packs of one kind into new ones under another data key. Segments stay as they are, below the cipher byte for byte, unless most of one is dead. The new packs are read back from the storage and compared; the old ones are left as they are, and no index names the new ones yet.
@throws `damaged` where a new pack does not read back; `memory-corrupted`; `aborted`; what the storage throws. What is durable then is named by nothing.
*/
export async function repack(packs: readonly PackDescription[], options: RepackOptions): Promise<RepackResult> {
	const repacking = new Repacking(options);
	const damaged = new Map<PackId, ObjectProblem>();
	try {
		for (const pack of packs) {
			try {
				await repacking.add(pack);
			} catch (error) {
				if (!isCofferError(error, 'damaged', 'object-missing', 'format-unsupported')) {
					throw error;
				}

				damaged.set(pack.id, {object: packName(pack.id), message: errorText(error)});
			}

			options.onPack?.(pack);
		}

		return {packs: await repacking.finish(), damaged};
	} catch (error) {
		await repacking.discard();
		throw error;
	}
}
