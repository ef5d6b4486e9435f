import type {Buffer} from 'node:buffer';
import {toDisplayText} from '../../byte-string.ts';
import {CofferError, throwIfAborted} from '../../errors.ts';
import type {BlobReader} from '../../repository/repository.ts';
import type {TreeSource} from '../restore/tree-source.ts';
import type {FoundPath} from './find-entry.ts';

const kinds = {directory: 'a directory; "coffer ls" lists it', symlink: 'a symbolic link', fifo: 'a FIFO', socket: 'a socket', block: 'a device', character: 'a device'} as const;

/** Where contents come from. */
export type ContentAccess = {
	readonly source: TreeSource;
	readonly blobs: BlobReader;
	readonly signal?: AbortSignal | undefined;
};

/**
The bytes of a file in a snapshot, piece by piece, each checked before it is given; a piece is good until the next one is asked for.
@yields The next piece.
@throws `usage` for what is not a file; `damaged`, perhaps after some pieces; what the storage throws; `aborted`
*/
export async function * readFile({path, node}: FoundPath, {source, blobs, signal}: ContentAccess): AsyncGenerator<Buffer, void> {
	const name = toDisplayText(path);
	if (node?.type !== 'file') {
		const target = node?.target === undefined ? '' : ` to ${toDisplayText(node.target)}; name that instead`;
		throw new CofferError('usage', `${name} is ${kinds[node?.type ?? 'directory']}${target}, not a file.`, {context: {path: name}});
	}

	const found = await source.readContent(node);
	if ('loss' in found) {
		throw new CofferError('damaged', `${name} cannot be read: ${found.loss} "coffer verify --read-data" shows what else is hit.`, {context: {path: name}});
	}

	let length = 0;
	for (const id of found.content) {
		throwIfAborted(signal);
		const chunk = await blobs.read(id);
		length += chunk.byteLength;
		yield chunk;
	}

	if (length !== node.size) {
		throw new CofferError('damaged', `${name} has ${length} bytes in its chunks, but ${node.size} by its entry: the entry was damaged, or written by another program.`, {context: {path: name}});
	}
}
