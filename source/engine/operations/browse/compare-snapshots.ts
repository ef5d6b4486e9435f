import {joinPath, type ByteString} from '../../byte-string.ts';
import type {BlobId} from '../../ids.ts';
import type {StoredSnapshot} from '../../repository/repository.ts';
import type {TreeNode} from '../../tree-node.ts';
import {toEntryFacts, toEntryPath, type EntryFacts, type EntryPath} from './entry.ts';
import type {FolderReader} from './folder-reader.ts';

/** What can differ: another kind of entry; the content of a file or the target of a link; owner, mode, time, device number, extended attributes. */
export const differingAspects = ['type', 'content', 'metadata'] as const;
export type DifferingAspect = typeof differingAspects[number];

/** One entry in which two snapshots differ. */
export type SnapshotChange = EntryPath & (
	| {readonly change: 'added'; readonly after: EntryFacts}
	| {readonly change: 'removed'; readonly before: EntryFacts}
	| {readonly change: 'changed'; readonly differs: readonly DifferingAspect[]; readonly before: EntryFacts; readonly after: EntryFacts}
);

function isSameList(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
	return a === b || (a !== undefined && a.length === b?.length && a.every((value, index) => value === b[index]));
}

function hasSameAttributes({xattrs: a = []}: TreeNode, {xattrs: b = []}: TreeNode): boolean {
	return a.length === b.length && a.every(({name, value}, index) => name === b[index]!.name && value.equals(b[index]!.value));
}

/** In what two entries of the same path differ; of directories not what they hold. */
export function findDifferences(a: TreeNode, b: TreeNode): DifferingAspect[] {
	if (a.type !== b.type) {
		return ['type'];
	}

	const hasSameContent = a.type === 'directory' || (a.size === b.size && a.target === b.target && isSameList(a.content, b.content) && isSameList(a.contents, b.contents));
	const hasSameMetadata = a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && a.mtimeNs === b.mtimeNs && a.rdev === b.rdev && hasSameAttributes(a, b);
	return [...(hasSameContent ? [] : ['content'] as const), ...(hasSameMetadata ? [] : ['metadata'] as const)];
}

/** The same directory in both snapshots; nothing where one has none. */
type Frame = {readonly path: ByteString; readonly before: readonly TreeNode[]; readonly after: readonly TreeNode[]; nextBefore: number; nextAfter: number};

/** The next name of a frame, with the entries of both sides. */
function takeNext(frame: Frame): {readonly name: ByteString; readonly before: TreeNode | undefined; readonly after: TreeNode | undefined} | undefined {
	const before = frame.before[frame.nextBefore];
	const after = frame.after[frame.nextAfter];
	const name = before && (!after || before.name <= after.name) ? before.name : after?.name;
	if (name === undefined) {
		return undefined;
	}

	const isBefore = before?.name === name;
	const isAfter = after?.name === name;
	frame.nextBefore += Number(isBefore);
	frame.nextAfter += Number(isAfter);
	return {name, before: isBefore ? before : undefined, after: isAfter ? after : undefined};
}

function describe(path: ByteString, before: TreeNode | undefined, after: TreeNode | undefined): SnapshotChange | undefined {
	if (before === undefined) {
		return {...toEntryPath(path), change: 'added', after: toEntryFacts(after!)};
	}

	if (after === undefined) {
		return {...toEntryPath(path), change: 'removed', before: toEntryFacts(before)};
	}

	const differs = findDifferences(before, after);
	return differs.length === 0 ? undefined : {...toEntryPath(path), change: 'changed', differs, before: toEntryFacts(before), after: toEntryFacts(after)};
}

/**
What became of the entries of one snapshot in another, in the byte order of names, each directory before what it holds. Directories whose trees have the same ids are the same, and are not read.
@yields The next entry that differs.
@throws What the reader throws
*/
export async function * compareSnapshots(reader: FolderReader, {tree: from}: StoredSnapshot, {tree: to}: StoredSnapshot): AsyncGenerator<SnapshotChange, void> {
	const open = async (path: ByteString, before: readonly BlobId[] | undefined, after: readonly BlobId[] | undefined): Promise<Frame[]> => isSameList(before, after)
		? []
		: [{
			path, before: before ? await reader.read(path, before) : [], after: after ? await reader.read(path, after) : [], nextBefore: 0, nextAfter: 0,
		}];
	const frames = await open('/' as ByteString, from, to);
	for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
		const next = takeNext(frame);
		if (next === undefined) {
			frames.pop();
			continue;
		}

		const path = joinPath(frame.path, next.name);
		const change = describe(path, next.before, next.after);
		if (change) {
			yield change;
		}

		frames.push(...await open(path, next.before?.tree, next.after?.tree));
	}
}
