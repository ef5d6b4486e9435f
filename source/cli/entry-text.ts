import type {EntryFacts, NodeType} from '../engine/index.ts';
import {formatBytes, formatTime} from '../text/format.ts';

const typeLetters: Readonly<Record<NodeType, string>> = {file: '-', directory: 'd', symlink: 'l', fifo: 'p', socket: 's', block: 'b', character: 'c'};

/** Type and permissions as ls(1) shows them: `-rw-r--r--`, `drwxr-xr-t`. */
export function formatMode(type: NodeType, mode: number): string {
	const triple = (shift: number, special: number, letter: string): string => {
		const bits = (mode >> shift) & 7;
		const isExecutable = (bits & 1) !== 0;
		const last = (mode & special) === 0 ? (isExecutable ? 'x' : '-') : (isExecutable ? letter : letter.toUpperCase());
		return ((bits & 4) === 0 ? '-' : 'r') + ((bits & 2) === 0 ? '-' : 'w') + last;
	};

	return typeLetters[type] + triple(6, 0o4000, 's') + triple(3, 0o2000, 's') + triple(0, 0o1000, 't');
}

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
