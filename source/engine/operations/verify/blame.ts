import type {CofferError} from '../../errors.ts';
import type {BlobId} from '../../ids.ts';
import type {BlobReader} from '../../repository/repository.ts';
import type {Finding, Findings} from './problem.ts';

const nobody: readonly Finding[] = [];

/** Knows for each blob which problems it is hit by. */
export class Blame {
	readonly #findings: Findings;
	readonly #reader: BlobReader;
	/** By the numbers of the session's packs. */
	readonly #packs = new Map<number, readonly Finding[]>();
	readonly #blobs = new Map<BlobId, readonly Finding[]>();
	/** Authentic, but no tree or list of chunks: whoever reads them as anything else is not hit. */
	readonly #malformed = new Map<BlobId, Finding>();
	/** What bases of deltas are hit by, as far as it was asked for since the last problem. */
	readonly #bases = new Map<BlobId, readonly Finding[]>();
	#missingFinding: Finding | undefined;

	constructor(findings: Findings, reader: BlobReader) {
		this.#findings = findings;
		this.#reader = reader;
	}

	get isEmpty(): boolean {
		return this.#packs.size === 0 && this.#blobs.size === 0 && this.#malformed.size === 0;
	}

	/** Every blob that is read from this pack is hit. */
	addPack(pack: number, findings: readonly Finding[]): void {
		this.#bases.clear();
		this.#packs.set(pack, [...(this.#packs.get(pack) ?? []), ...findings]);
	}

	/** This blob is hit. */
	addBlob(id: BlobId, finding: Finding): void {
		const known = this.#blobs.get(id) ?? nobody;
		if (!known.includes(finding)) {
			this.#bases.clear();
			this.#blobs.set(id, [...known, finding]);
		}
	}

	/** This blob is in no pack that is known. */
	addMissing(id: BlobId): void {
		this.#missingFinding ??= this.#findings.add('blob', id, 'Parts that snapshots need are in no pack that is known: the index object that named them is lost, and the packs that held them are lost or cannot be read, too.');
		this.addBlob(id, this.#missingFinding);
	}

	/** A blob of a tree, or a list of chunks, could not be read. */
	addUnreadable(id: BlobId, error: CofferError): void {
		const {object} = error.context;
		if (typeof object === 'string') {
			this.addBlob(id, this.#findings.add('pack', object, error.message));
		} else if (this.#reader.locate(id) === undefined) {
			this.addMissing(id);
		} else {
			this.#malformed.set(id, this.#findings.add('blob', id, error.message, 'It was stored like this, so that no copy of the repository can help: report it, and back up again with this version of coffer.'));
		}
	}

	/** The problems that a blob is hit by that is read as a tree, or as a list of chunks. */
	ofTree(id: BlobId): readonly Finding[] {
		const malformed = this.#malformed.get(id);
		return malformed ? [...this.of(id), malformed] : this.of(id);
	}

	/** The problems that a blob is hit by. */
	of(id: BlobId): readonly Finding[] {
		if (this.#packs.size === 0 && this.#blobs.size === 0) {
			return nobody;
		}

		const location = this.#reader.locate(id);
		const found = [
			(location && this.#packs.get(location.pack)) ?? nobody,
			this.#blobs.get(id) ?? nobody,
			// A delta is hit by what hits its bases; one that is not sound is hit itself, and its bases may lead anywhere.
			...(location?.delta && this.#reader.isSound(location.delta) ? location.delta.bases.map(base => this.#ofBase(base)) : []),
		].filter(findings => findings.length > 0);
		return found.length <= 1 ? found[0] ?? nobody : [...new Set(found.flat())];
	}

	#ofBase(base: BlobId): readonly Finding[] {
		let findings = this.#bases.get(base);
		if (findings === undefined) {
			findings = this.of(base);
			this.#bases.set(base, findings);
		}

		return findings;
	}
}
