import {decodeIndex, type IndexContent} from './index-object.ts';
import {readAllMetadata, type ObjectProblem} from './metadata-store.ts';
import type {RepositorySession} from './session.ts';

/** What was read of an index object; nothing of one that was known before. */
export type ReadObject = {readonly name: string; readonly content?: IndexContent};

export type IndexListing = {
	readonly values: readonly ReadObject[];
	readonly problems: readonly ObjectProblem[];
	readonly hasVanished: boolean;
	/** Of all index objects, be they intact or not. */
	readonly names: readonly string[];
	/** What they were read with. */
	readonly session: RepositorySession;
};

/**
Read all index objects.
@param known - Those are not read.
@throws As `readAllMetadata`
*/
export async function readIndexObjects(session: RepositorySession, known: ReadonlyMap<string, ReadObject>, signal?: AbortSignal): Promise<IndexListing> {
	return readAllMetadata<ReadObject>(session, 'index', 'index', ({body}, name) => ({content: decodeIndex(body, name), name}), {signal, known});
}

/** Whether there are other index objects than these now. @throws What the storage throws */
export async function hasIndexChanged({storage}: Pick<RepositorySession, 'storage'>, names: Iterable<string>, signal?: AbortSignal): Promise<boolean> {
	const present = await storage.list('index', signal);
	return new Set(names).symmetricDifference(new Set(present.map(({name}) => name))).size > 0;
}

/** For another thread: the numbers of the packs that each index object names. */
export type KnownObjectsMemory = ReadonlyMap<string, readonly number[]>;

/** Which index objects are known, and which packs they name. */
export class KnownObjects {
	#packs: KnownObjectsMemory;
	#named: ReadonlySet<number>;

	/** @param memory - Of another thread's. @default none is known */
	constructor(memory: KnownObjectsMemory = new Map()) {
		this.#packs = memory;
		this.#named = new Set([...memory.values()].flat());
	}

	get memory(): KnownObjectsMemory {
		return this.#packs;
	}

	get names(): readonly string[] {
		return [...this.#packs.keys()];
	}

	/** Whether one of them names the pack of this number. */
	isNamed(pack: number): boolean {
		return this.#named.has(pack);
	}

	/**
	Know those that are there now, damaged ones, too, and forget the others.
	@param toNumbers - Gives the numbers of the packs that an object names which was not known.
	@returns Numbers of the packs that are no longer named.
	*/
	replace({names, values}: IndexListing, toNumbers: (content: IndexContent) => readonly number[]): Iterable<number> {
		const before = this.#named;
		const contents = new Map(values.map(({name, content}) => [name, content]));
		this.#packs = new Map(names.map(name => {
			const content = contents.get(name);
			return [name, this.#packs.get(name) ?? (content ? toNumbers(content) : [])];
		}));
		this.#named = new Set([...this.#packs.values()].flat());
		return before.difference(this.#named);
	}
}
