import type {EntryVersion, FolderSize, StoredSnapshot} from '../../../../engine/index.ts';
import {formatAmount, formatBytes, formatCount, formatTime} from '../../../../text/format.ts';
import {formatMode} from '../../../../text/mode-text.ts';
import {cell, emptyRow, fitCell, row, textRow, wrapText, type Row} from '../../../row.ts';
import type {Picking, Versions} from './picking.ts';
import type {TreeEntry} from './tree.ts';

const typeTexts = {file: 'file', directory: 'folder', symlink: 'symbolic link', fifo: 'FIFO', socket: 'socket', block: 'block device', character: 'character device'} as const;

function fact(name: string, text: string, columns: number): Row[] {
	return wrapText(text, Math.max(8, columns - 10), 3).map((line, index) => row(fitCell(index === 0 ? ` ${name}` : '', 9, {tone: 'muted'}), cell(line)));
}

function sizeText({type, size = 0}: TreeEntry, measured: FolderSize | 'unknown' | undefined): string | undefined {
	if (type === 'file') {
		return size < 1000 ? formatAmount(size, 'byte') : `${formatBytes(size)}, ${formatCount(size)} bytes`;
	}

	if (type !== 'directory') {
		return undefined;
	}

	return measured === undefined ? 'measuring…' : (measured === 'unknown' ? 'unknown' : `${formatBytes(measured.bytes)} in ${formatAmount(measured.files, 'file')}`);
}

/** Whether a version is that of the snapshot that is looked at. */
function isShown({snapshot, since}: EntryVersion, {time}: StoredSnapshot): boolean {
	return time >= since.time && time <= snapshot.time;
}

function versionRows(versions: Versions | undefined, snapshot: StoredSnapshot, columns: number): Row[] {
	if (versions?.status !== 'known') {
		return versions?.status === 'failed' ? wrapText(versions.message, columns - 2).map(line => textRow(` ${line}`, 'warning')) : [textRow(' looking for versions…', 'muted')];
	}

	return versions.versions.map(version => {
		const isThis = isShown(version, snapshot);
		const word = isThis ? 'this one' : (version.facts ? 'differs' : 'not there');
		const size = version.facts?.size;
		return row(
			fitCell(` ${formatTime(version.snapshot.time)}`, 18, {tone: isThis ? 'strong' : 'plain'}),
			fitCell(word, 9, {tone: isThis ? 'ok' : (version.facts ? 'plain' : 'muted')}),
			...(size === undefined || columns < 38 ? [] : [fitCell(formatBytes(size), 8, {align: 'right', tone: 'muted'})]),
		);
	});
}

/** What there is to know of the entry at the cursor, with its versions in all snapshots of the source. */
export function detailRows(entry: TreeEntry, {sizes, versions}: Pick<Picking, 'sizes' | 'versions'>, snapshot: StoredSnapshot, columns: number): Row[] {
	const size = sizeText(entry, sizes.get(entry.key));
	const isLink = entry.type === 'symlink';
	return [
		...fact('type', typeTexts[entry.type], columns),
		...(size === undefined ? [] : fact('size', size, columns)),
		...(isLink ? fact('link to', entry.target ?? '', columns) : []),
		...fact('changed', formatTime(entry.mtime), columns),
		...fact('mode', formatMode(entry.type, entry.mode), columns),
		...fact('owner', `${entry.uid}:${entry.gid}`, columns),
		...(entry.links === undefined ? [] : fact('links', String(entry.links), columns)),
		emptyRow,
		textRow(entry.type === 'directory' ? ' versions of the folder' : ' versions', 'muted'),
		...versionRows(versions.get(entry.key), snapshot, columns),
	];
}
