import {isCofferError} from '../../errors.ts';
import type {PackId} from '../../ids.ts';
import {BlobHasher, createDataKey, dataKeyName, readIndexObject, repack, writeIndexObject, type BlobKind, type DataKey, type PackDescription} from '../../repository/repository.ts';
import {requireIdKey} from '../reading.ts';
import {rehearseRepack} from './rehearse-repack.ts';
import type {RepackCandidate} from './prune-plan.ts';
import {throwIfStopped, type Scene} from './scene.ts';
import type {Sweeper} from './sweep.ts';
import {describeIndex} from './survey.ts';

/** Packs are written anew in batches of so many bytes: so much room is needed besides, and so much an interruption may leave twice. */
const batchBytes = 128 * 1024 * 1024;

export type RewriteLimits = {
	/** In milliseconds of `Runtime.monotonicMs`. @default none */
	readonly untilMs?: number | undefined;
};

/** Writes packs anew without what nothing needs, and hands the old ones to the sweeper. */
export class PackRewriter {
	/** Old packs. */
	rewritten = 0;
	/** Of new packs. */
	bytes = 0;
	/** Of new packs, what a dry run has not written. */
	rehearsedBytes = 0;
	isLimited = false;
	readonly #scene: Scene;
	readonly #sweeper: Sweeper;
	readonly #limits: RewriteLimits;
	#dataKey: DataKey | undefined;
	#progressBytes = 0;

	constructor(scene: Scene, sweeper: Sweeper, limits: RewriteLimits) {
		this.#scene = scene;
		this.#sweeper = sweeper;
		this.#limits = limits;
	}

	/**
	For each batch: the new packs, read back; an index object that names them; only then the old packs go.
	@throws As `Sweeper.sweep`; `memory-corrupted`; `damaged` where a new pack does not read back
	*/
	async rewrite(candidates: readonly RepackCandidate[]): Promise<void> {
		const totalBytes = candidates.reduce((sum, {neededBytes}) => sum + neededBytes, 0);
		const {runtime} = this.#scene.session;
		this.#scene.progress.enter('repacking', {files: 0, bytes: 0, totalFiles: candidates.length, totalBytes});
		for (let rest = candidates; rest.length > 0;) {
			if (runtime.monotonicMs() >= (this.#limits.untilMs ?? Infinity)) {
				this.isLimited = true;
				return;
			}

			const batch: RepackCandidate[] = [];
			let bytes = 0;
			while (batch.length < rest.length && bytes < batchBytes) {
				const candidate = rest[batch.length]!;
				batch.push(candidate);
				bytes += candidate.neededBytes;
			}

			rest = rest.slice(batch.length);
			try {
				await this.#rewriteBatch(batch, {totalFiles: candidates.length, totalBytes});
			} catch (error) {
				if (!isCofferError(error, 'storage-full')) {
					throw error;
				}

				this.#scene.warn(`There is too little room to write packs anew, so those that are mostly dead stay for now: ${error.message}`);
				this.isLimited = true;
				return;
			}
		}
	}

	async #rewriteBatch(batch: readonly RepackCandidate[], totals: {readonly totalFiles: number; readonly totalBytes: number}): Promise<void> {
		const packs = await this.#describe(new Set(batch.map(({id}) => id)));
		const gone = new Set<PackId>();
		const written: PackDescription[] = [];
		const neededBytes = new Map(batch.map(candidate => [candidate.id, candidate.neededBytes]));
		for (const [kind, some] of Map.groupBy(packs, pack => pack.kind)) {
			const result = await this.#repack(kind, some.toSorted((a, b) => a.createdMs - b.createdMs), ({id}) => {
				this.#progressBytes += neededBytes.get(id) ?? 0;
				this.#scene.progress.update(() => ({files: this.rewritten + gone.size, bytes: this.#progressBytes, ...totals}));
			});
			written.push(...result.packs);
			for (const {message} of result.damaged.values()) {
				this.#scene.warn(`${message} It cannot be written anew and stays as it is. "coffer verify --read-data" names the files that it affects.`);
			}

			for (const {id} of some) {
				if (!result.damaged.has(id)) {
					gone.add(id);
				}
			}
		}

		if (written.length > 0) {
			await this.#name(written);
		}

		this.rewritten += gone.size;
		this.bytes += written.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0);
		await this.#sweeper.sweep(gone);
	}

	async #repack(kind: BlobKind, packs: readonly PackDescription[], onPack: (pack: PackDescription) => void) {
		const {session, survey, needed, isDryRun, signal} = this.#scene;
		const {storage, runtime, keyring} = session;
		const isNeeded = (id: Uint8Array, pack: PackId, segment: number) => needed.isNeededAt(id, pack, segment);
		const dataKey = await this.#newKey();
		if (isDryRun) {
			const rehearsed = rehearseRepack(packs, {kind, dataKeyId: dataKey.id, runtime, isNeeded});
			this.rehearsedBytes += rehearsed.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0);
			return {packs: rehearsed, damaged: new Map<PackId, {readonly message: string}>()};
		}

		return repack(packs, {kind, storage, runtime, dataKey, signal, isNeeded, onPack, hasher: new BlobHasher(requireIdKey(keyring)), keyOf: async id => survey.index.dataKey(id)});
	}

	/** One for this run, made durable before the first pack. */
	async #newKey(): Promise<DataKey> {
		if (this.#dataKey === undefined) {
			const {keyring, runtime, storage} = this.#scene.session;
			const dataKey = createDataKey(keyring, runtime);
			await storage.write(dataKeyName(dataKey.id), dataKey.sealed);
			this.#dataKey = dataKey;
		}

		return this.#dataKey;
	}

	/** What index objects say of packs; that stays where it is. */
	async #describe(ids: ReadonlySet<PackId>): Promise<readonly PackDescription[]> {
		const {session, survey, signal} = this.#scene;
		const packs = new Map<PackId, PackDescription>();
		const names = [...survey.objects].filter(([, object]) => ids.values().some(id => object.packs.has(id))).map(([name]) => name);
		for (const name of names) {
			throwIfStopped(this.#scene);
			const content = await readIndexObject(session, name, signal);
			for (const pack of content.packs.filter(({id}) => ids.has(id))) {
				packs.set(pack.id, pack);
			}
		}

		return [...packs.values()];
	}

	async #name(packs: readonly PackDescription[]): Promise<void> {
		const {session, survey, assertHeld} = this.#scene;
		const dataKey = await this.#newKey();
		await assertHeld();
		const {name, content} = await writeIndexObject(session, packs, new Map([[dataKey.id, dataKey.sealed]]));
		survey.objects.set(name, describeIndex(content));
	}
}
