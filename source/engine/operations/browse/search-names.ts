import {toDisplayText} from '../../byte-string.ts';
import {toSnapshotEntry, type SnapshotEntry} from './entry.ts';
import type {FoundPath} from './find-entry.ts';
import type {FolderReader} from './folder-reader.ts';
import {walkEntries} from './list-entries.ts';

const toComparable = (text: string): string => text.normalize('NFC').toLowerCase();

/**
Entries whose name holds a text, be its letters large or small, anywhere below a directory; each directory before what it holds, in the byte order of names.
@param text - As it is, not a pattern.
@param limit - No more are looked for.
@throws What the reader throws
*/
export async function searchNames(reader: FolderReader, below: FoundPath, text: string, limit: number): Promise<SnapshotEntry[]> {
	const wanted = toComparable(text);
	const found: SnapshotEntry[] = [];
	if (limit <= 0) {
		return found;
	}

	for await (const {path, node} of walkEntries(reader, below, true)) {
		if (!toComparable(toDisplayText(node.name)).includes(wanted)) {
			continue;
		}

		found.push(toSnapshotEntry(path, node));
		if (found.length >= limit) {
			break;
		}
	}

	return found;
}
