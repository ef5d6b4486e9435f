import type {ByteString} from './byte-string.ts';
import type {BlobId} from './ids.ts';

export const nodeTypes = ['file', 'directory', 'symlink', 'fifo', 'socket', 'block', 'character'] as const;
export type NodeType = typeof nodeTypes[number];

export type ExtendedAttribute = {readonly name: string; readonly value: Buffer};

/** What the file system says of a file. Times are nanoseconds since 1970. */
export type NodeMetadata = {
	readonly type: NodeType;
	/** Permission bits with setuid, setgid and sticky. */
	readonly mode: number;
	readonly uid: number;
	readonly gid: number;
	readonly mtimeNs: bigint;
	/** `undefined`: do not rely on it. */
	readonly ctimeNs?: bigint;
	readonly device: string;
	readonly inode: string;
	/** Number of hard links. */
	readonly links: number;
	readonly xattrs?: readonly ExtendedAttribute[];
	/** Of symbolic links. */
	readonly target?: ByteString;
	/** Of devices. */
	readonly rdev?: string;
};

/** One entry of a directory in a snapshot. */
export type TreeNode = NodeMetadata & {
	readonly name: ByteString;
	/** Of files: bytes. */
	readonly size?: number;
	/** Of files. */
	readonly content?: readonly BlobId[];
	/** Of files with very many chunks, instead of `content`. */
	readonly contents?: readonly BlobId[];
	/** Of files: it had holes. */
	readonly isSparse?: boolean;
	/** Of directories. */
	readonly tree?: readonly BlobId[];
	readonly isAncestor?: boolean;
};

/** What a snapshot has recorded of a file, as far as it tells whether the file is still the same. */
export type RecordedState = {
	readonly type: NodeType;
	/** Milliseconds as `Stats` of node:fs has them; NaN: do not rely on it. */
	readonly ctimeMs: number;
	readonly mtimeMs: number;
	readonly inode: number;
	readonly device: number;
	/** Of files; −1 for what has none. */
	readonly size: number;
};
