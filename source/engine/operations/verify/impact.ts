import {toDisplayText, joinPath, fromText, type ByteString} from '../../byte-string.ts';
import {throwIfAborted} from '../../errors.ts';
import type {BlobId} from '../../ids.ts';
import {readTree, type StoredSnapshot} from '../../repository/repository.ts';
import type {TreeNode} from '../../tree-node.ts';
import type {Blame} from './blame.ts';
import type {Finding} from './problem.ts';
import {readContentList, readOrReport, walkTrees, type WalkContext} from './walk-trees.ts';

type Hits = Map<BlobId, Set<Finding>>;

/** @returns Whether any was new. */
function hasNewHits(hits: Hits, id: BlobId, findings: Iterable<Finding>): boolean {
	const known = hits.get(id) ?? new Set<Finding>();
	const before = known.size;
	for (const finding of findings) {
		known.add(finding);
	}

	if (known.size > 0) {
		hits.set(id, known);
	}

	return known.size > before;
}

/** Gives the problems that hit a file's content; lists of chunks are read once. */
function createFileBlame(blame: Blame, {reader}: WalkContext): (entry: TreeNode) => Promise<Set<Finding>> {
	const lists = new Map<BlobId, Set<Finding>>();
	return async entry => {
		const found = new Set(entry.content?.flatMap(id => blame.of(id)));
		for (const list of entry.contents ?? []) {
			let hits = lists.get(list);
			if (hits === undefined) {
				const chunks = await readOrReport(async () => readContentList(reader, entry, list), error => {
					blame.addUnreadable(list, error);
				});
				hits = new Set([...blame.ofTree(list), ...(chunks ?? []).flatMap(id => blame.of(id))]);
				lists.set(list, hits);
			}

			for (const finding of hits) {
				found.add(finding);
			}
		}

		return found;
	};
}

/** Which problems hit anything at or below each tree. */
async function findHitTrees(roots: readonly BlobId[], blame: Blame, fileBlame: (entry: TreeNode) => Promise<Set<Finding>>, context: WalkContext): Promise<Hits> {
	const hits: Hits = new Map();
	const parents = new Map<BlobId, BlobId[]>();
	await walkTrees(roots, {
		async onTree(id, entries) {
			hasNewHits(hits, id, blame.ofTree(id));
			for (const entry of entries) {
				if (entry.type === 'file') {
					hasNewHits(hits, id, await fileBlame(entry));
				}

				for (const child of entry.tree ?? []) {
					const known = parents.get(child);
					if (known) {
						known.push(id);
					} else {
						parents.set(child, [id]);
					}
				}
			}
		},
		onDamage(id, error) {
			blame.addUnreadable(id, error);
			hasNewHits(hits, id, blame.ofTree(id));
		},
	}, context);

	const waiting = [...hits.keys()];
	for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
		for (const parent of parents.get(id) ?? []) {
			if (hasNewHits(hits, parent, hits.get(id)!)) {
				waiting.push(parent);
			}
		}
	}

	return hits;
}

/** Name the paths below the roots that are hit, each version of a directory once. */
async function namePaths(roots: Iterable<BlobId>, hits: Hits, blame: Blame, fileBlame: (entry: TreeNode) => Promise<Set<Finding>>, {reader, signal}: WalkContext): Promise<void> {
	const waiting: Array<{readonly id: BlobId; readonly path: ByteString}> = [...roots].map(id => ({id, path: fromText('/')}));
	const seen = new Set<string>();
	for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
		const {id, path} = next;
		const key = `${id}${path}`;
		if (!hits.has(id) || seen.has(key)) {
			continue;
		}

		seen.add(key);
		throwIfAborted(signal);
		const entries = await readOrReport(async () => readTree(reader, [id]), () => {
			for (const finding of blame.ofTree(id)) {
				finding.addFile(`${toDisplayText(path)}${path.endsWith('/') ? '' : '/'} (everything below)`);
			}
		});
		for (const entry of entries ?? []) {
			const below = joinPath(path, entry.name);
			for (const finding of entry.type === 'file' ? await fileBlame(entry) : []) {
				finding.addFile(toDisplayText(below));
			}

			waiting.push(...(entry.tree ?? []).map(child => ({id: child, path: below})));
		}
	}
}

/**
Find out which snapshots and paths each problem hits, and note them there.
@throws `aborted`; what the storage throws
*/
export async function findImpact(snapshots: readonly StoredSnapshot[], blame: Blame, context: WalkContext): Promise<void> {
	const fileBlame = createFileBlame(blame, context);
	const roots = [...new Set(snapshots.flatMap(({tree}) => tree))];
	const hits = await findHitTrees(roots, blame, fileBlame, context);
	for (const {id, tree} of snapshots) {
		for (const finding of tree.flatMap(root => [...(hits.get(root) ?? [])])) {
			finding.snapshots.add(id);
		}
	}

	await namePaths(roots, hits, blame, fileBlame, context);
}
