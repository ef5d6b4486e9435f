import {BlobIndex, type BlobIndexMemory, type BlobLocation} from './blob-index.ts';
import {countBlobs, placeBlobs, type NumberedPack, type PlaceBlobsOptions} from './place-blobs.ts';

/** Deeper than any delta, whatever the layer. */
const missingRank = 1e9;

/**
Where blobs lie, in layers: the first one as the index was read, the others for what was learnt later, when packs had been replaced. Numbers of packs mean the same in all of them. Of several places of a blob
the least deep one counts whose pack was not found missing, the one known first among equals; where all are missing, the one known last: who misses that one, too, has to look again.
*/
export class BlobPlaces {
	/** Has one place of each blob. */
	readonly first: BlobIndex;
	readonly #layers: BlobIndex[];
	readonly #missing = new Set<number>();
	/** Layers that are shared with other threads, where numbers of packs may soon mean something else. */
	#sharedLayers: number;

	/** @param memory - Of another thread's. @default nothing is known */
	constructor(memory?: readonly BlobIndexMemory[]) {
		this.#layers = memory ? memory.map(layer => new BlobIndex(layer)) : [new BlobIndex()];
		this.#sharedLayers = this.#layers.length;
		this.first = this.#layers[0]!;
	}

	/** For another thread. */
	get memory(): readonly BlobIndexMemory[] {
		this.#sharedLayers = this.#layers.length;
		return this.#layers.map(layer => layer.memory);
	}

	locate(id: Uint8Array): BlobLocation | undefined {
		if (this.#layers.length === 1) {
			return this.first.locate(id);
		}

		let best: BlobLocation | undefined;
		let bestRank = Infinity;
		for (const [number, layer] of this.#layers.entries()) {
			const location = layer.locate(id);
			if (location === undefined) {
				continue;
			}

			const rank = this.#missing.has(location.pack) ? missingRank - number : location.delta?.depth ?? 0;
			if (!(rank < bestRank)) {
				continue;
			}

			best = location;
			bestRank = rank;
		}

		return best;
	}

	/** What lies in this pack is looked for elsewhere first. */
	avoid(pack: number): void {
		this.#missing.add(pack);
	}

	/** Before anything else is known, and before other threads are. @param packs - The oldest first. */
	add(packs: readonly NumberedPack[], options: Pick<PlaceBlobsOptions, 'areUnreadableIgnored'> = {}): void {
		this.first.grow(packs.reduce((sum, pack) => sum + countBlobs(pack), 0));
		placeBlobs(packs, {...options, locate: id => this.locate(id), add: (id, location) => {
			this.first.add(id, location);
		}});
	}

	/** Further places of blobs, most of which are known. @param packs - The oldest first. */
	learn(packs: readonly NumberedPack[], options: Pick<PlaceBlobsOptions, 'areUnreadableIgnored'> = {}): void {
		placeBlobs(packs, {...options, locate: id => this.locate(id), add: (id, location) => {
			this.#learn(id, location);
		}});
	}

	#learn(id: Uint8Array, location: BlobLocation): void {
		for (let number = this.#sharedLayers; ; number++) {
			const layer = this.#layers[number] ?? new BlobIndex();
			this.#layers[number] = layer;
			layer.grow();
			if (layer.add(id, location)) {
				return;
			}
		}
	}
}
