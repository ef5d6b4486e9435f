import type {FolderEntry, FolderSize, RestoreMark, SnapshotId} from '../../../engine/index.ts';
import {ancestorsOf, isBelow, keyOf, parentOf, rootKey, type PathKey} from './path-key.ts';

/** What a mark has to know of its entry. */
export type Markable = Pick<FolderEntry, 'path' | 'path64' | 'type' | 'size'>;

export type Mark = Markable & {
	readonly isIncluded: boolean;
	/** The snapshot that `type` and `size` are from. */
	readonly snapshot: SnapshotId;
};

/** The entries that somebody decided about. Each differs from what holds without it, so that there is never one too many; they outlive the change to another snapshot. */
export type Marks = ReadonlyMap<PathKey, Mark>;

export const noMarks: Marks = new Map();

/** `part`: something below it is decided otherwise. */
export type MarkState = 'all' | 'part' | 'none';

/** Whether an entry itself is to be restored: its own mark counts, else that of the nearest directory above. */
export function isIncluded(marks: Marks, key: PathKey): boolean {
	return (marks.get(key) ?? ancestorsOf(key).map(above => marks.get(above)).find(mark => mark !== undefined))?.isIncluded ?? false;
}

export function markStateOf(marks: Marks, key: PathKey): MarkState {
	if (marks.keys().some(other => isBelow(other, key))) {
		return 'part';
	}

	return isIncluded(marks, key) ? 'all' : 'none';
}

/** Decide about an entry and all below it. */
export function withMark(marks: Marks, mark: Mark): Marks {
	const key = keyOf(mark);
	const kept = new Map([...marks].filter(([other]) => other !== key && !isBelow(other, key)));
	const isInherited = key !== rootKey && isIncluded(kept, parentOf(key));
	return isInherited === mark.isIncluded ? kept : kept.set(key, mark);
}

/** Mark an entry with all below it; where all of it is marked, take that away. */
export function toggleMark(marks: Marks, {path, path64, type, size}: Markable, snapshot: SnapshotId): Marks {
	const entry = {path, type, ...(path64 !== undefined && {path64}), ...(size !== undefined && {size})};
	return withMark(marks, {...entry, snapshot, isIncluded: markStateOf(marks, keyOf(entry)) !== 'all'});
}

export function toRestoreMarks(marks: Marks): RestoreMark[] {
	return [...marks.values()].map(({path, path64, isIncluded: isWanted}) => ({path, ...(path64 !== undefined && {path64}), isIncluded: isWanted}));
}

/** What is marked, as far as it is known. */
export type Selection = FolderSize & {
	/** Entries that were marked. */
	readonly entries: number;
	/** Everything that is marked was measured. */
	readonly isMeasured: boolean;
};

type Sizes = ReadonlyMap<PathKey, FolderSize | 'unknown'>;

function sizeOf(key: PathKey, mark: Mark, sizes: Sizes, snapshot: SnapshotId): FolderSize | undefined {
	if (mark.type === 'directory') {
		const size = sizes.get(key);
		return size === 'unknown' ? undefined : size;
	}

	if (mark.type !== 'file') {
		return {files: 0, bytes: 0};
	}

	return mark.snapshot === snapshot && mark.size !== undefined ? {files: 1, bytes: mark.size} : undefined;
}

/** @param sizes - Of directories in `snapshot`. */
export function selectionOf(marks: Marks, sizes: Sizes, snapshot: SnapshotId): Selection {
	let [entries, files, bytes, isMeasured] = [0, 0, 0, true];
	for (const [key, mark] of marks) {
		const size = sizeOf(key, mark, sizes, snapshot);
		const sign = mark.isIncluded ? 1 : -1;
		entries += mark.isIncluded ? 1 : 0;
		files += sign * (size?.files ?? 0);
		bytes += sign * (size?.bytes ?? 0);
		isMeasured &&= size !== undefined;
	}

	return {entries, files: Math.max(0, files), bytes: Math.max(0, bytes), isMeasured};
}
