import type {EntryFacts} from '../engine/index.ts';
import {formatBytes, formatTime} from '../text/format.ts';
import {formatMode} from '../text/mode-text.ts';

/** The size of a file; nothing for other entries. */
export function formatSize({size}: EntryFacts): string {
	return size === undefined ? '' : formatBytes(size);
}

/** One line of a long listing; control characters are not removed. @param name - As it shall stand there. */
export function formatEntry(entry: EntryFacts, name: string): string {
	const owner = `${entry.uid}:${entry.gid}`;
	const target = entry.target === undefined ? '' : ` -> ${entry.target}`;
	return `${formatMode(entry.type, entry.mode)}  ${owner.padEnd(9)}  ${formatSize(entry).padStart(7)}  ${formatTime(entry.mtime)}  ${name}${target}`;
}
