import type {ByteString} from './byte-string.ts';
import type {NodeMetadata} from './tree-node.ts';

/**
One entry of a stream of entries, such as an archive: what a walk of a disk finds, without the disk. Paths come as the stream has them; whoever takes one asks `splitStreamedPath`.
*/
export type StreamedEntry = Pick<NodeMetadata, 'type' | 'mode' | 'uid' | 'gid' | 'mtimeNs' | 'xattrs' | 'target' | 'rdev'> & {
	readonly path: ByteString;
	/** Of files: bytes, where they are known before. */
	readonly size?: number;
	/** Of files. Good until the next entry is asked for, each piece until the next piece. */
	readonly content?: AsyncIterable<Uint8Array>;
	/** It is one more name of the entry that came under this path; its own metadata does not count. */
	readonly linkTo?: ByteString;
};

const maximumParts = 1000;
const maximumNameBytes = 255;

/**
The names on the way to an entry from the root, whether or not the stream begins its paths with `/` or `./`; none for the root itself.
@returns A reason, for people, where the path can be no entry below the root.
*/
export function splitStreamedPath(path: ByteString): {readonly parts: readonly ByteString[]} | {readonly reason: string} {
	const parts = path.split('/').filter(part => part !== '' && part !== '.') as ByteString[];
	if (path === '') {
		return {reason: 'it has no name'};
	}

	if (parts.includes('..' as ByteString)) {
		return {reason: 'its name holds "..", which leads out of the folder'};
	}

	if (path.includes('\0')) {
		return {reason: 'its name holds a NUL, which no file name can'};
	}

	if (parts.length > maximumParts || parts.some(part => part.length > maximumNameBytes)) {
		return {reason: 'its name is longer than Linux allows'};
	}

	return {parts};
}
