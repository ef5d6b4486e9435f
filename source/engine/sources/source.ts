/** A source of files: one or more trees of the file system, backed up together in one snapshot. */
export type FilesSource = {
	readonly kind: 'files';
	/** What snapshots are called after; the snapshots of one source on one host form a chain. */
	readonly name: string;
	/** Absolute. Symbolic links in them are followed; those found below are not. */
	readonly paths: readonly string[];
	/** In gitignore's syntax, relative to each path. @default none */
	readonly excludes?: readonly string[];
	/** Names of files whose lines are excludes for the directory that holds them, as git treats `.gitignore`. @default none */
	readonly ignoreFiles?: readonly string[];
	/** Stay on the file system of each path; mount points are recorded as empty directories, as those of /proc, /sys and their like always are. @default false */
	readonly oneFileSystem?: boolean;
	/** Leave out the content of directories with a valid CACHEDIR.TAG. @default true */
	readonly excludeCaches?: boolean;
};
