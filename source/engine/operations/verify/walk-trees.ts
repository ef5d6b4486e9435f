import {isCofferError, throwIfAborted, type CofferError} from '../../errors.ts';
import type {BlobId} from '../../ids.ts';
import {readContent, readTree, type BlobReader} from '../../repository/repository.ts';
import type {Runtime} from '../../runtime.ts';
import type {TreeNode} from '../../tree-node.ts';

const sliceMs = 20;

export type WalkContext = {
	readonly reader: BlobReader;
	readonly runtime: Runtime;
	readonly signal: AbortSignal | undefined;
};

export type TreeVisitor = {
	/** Called before a blob is read that is in no pack known so far. */
	onMissing?(id: BlobId): Promise<void>;
	/** The entries of one blob of a tree. */
	onTree(id: BlobId, entries: readonly TreeNode[]): Promise<void> | void;
	/** The blob cannot be read: `damaged`, with the pack as `object` in the context where it is known. */
	onDamage(id: BlobId, error: CofferError): void;
};

/**
Read something from blobs; what is damaged is handed to `onDamage` instead.
@throws What is no damage
*/
export async function readOrReport<Value>(read: () => Promise<Value>, onDamage: (error: CofferError) => void): Promise<Value | undefined> {
	try {
		return await read();
	} catch (error) {
		if (!isCofferError(error, 'damaged')) {
			throw error;
		}

		onDamage(error);
		return undefined;
	}
}

/** The chunks that one list of a very long file names. @throws `damaged` */
export async function readContentList(reader: BlobReader, node: TreeNode, list: BlobId): Promise<readonly BlobId[]> {
	return readContent(reader, {...node, contents: [list]});
}

/** By place, so that each segment is unpacked once a level. */
function sortByPlace(ids: readonly BlobId[], reader: BlobReader): BlobId[] {
	return ids
		.map(id => {
			const place = reader.locate(id);
			return {id, order: place ? place.pack * 2 ** 31 + place.segmentOffset : -1};
		})
		.toSorted((a, b) => a.order - b.order)
		.map(({id}) => id);
}

/**
Visit every tree below `roots`, each distinct blob once, level by level: memory is needed only for the ids.
@throws `aborted`; what the storage throws
*/
export async function walkTrees(roots: Iterable<BlobId>, visitor: TreeVisitor, {reader, runtime, signal}: WalkContext): Promise<void> {
	const seen = new Set(roots);
	let sliceStart = runtime.monotonicMs();
	for (let level: readonly BlobId[] = [...seen]; level.length > 0;) {
		const next: BlobId[] = [];
		for (const id of sortByPlace(level, reader)) {
			throwIfAborted(signal);
			if (runtime.monotonicMs() - sliceStart > sliceMs) {
				await runtime.yieldToEvents();
				sliceStart = runtime.monotonicMs();
			}

			if (visitor.onMissing && !reader.locate(id)) {
				await visitor.onMissing(id);
			}

			const entries = await readOrReport(async () => readTree(reader, [id]), error => {
				visitor.onDamage(id, error);
			});
			for (const child of entries?.flatMap(entry => entry.tree ?? []) ?? []) {
				if (seen.has(child)) {
					continue;
				}

				seen.add(child);
				next.push(child);
			}

			if (entries) {
				await visitor.onTree(id, entries);
			}
		}

		level = next;
	}
}
