/** One command that a tool runs. */
export type Command = {
	/** Program and arguments; no secret stands in them. */
	readonly argv: readonly [string, ...string[]];
	/** @default the benchmark's work folder */
	readonly cwd?: string;
};

/** Where a tool finds and leaves everything. All are absolute paths, and the tool's own. */
export type Places = {
	/** The tree that is backed up. */
	readonly source: string;
	readonly repository: string;
	/** For caches, keys and configuration; exists. */
	readonly home: string;
	/** Holds the passphrase, without a newline. */
	readonly passphraseFile: string;
	/** Does not exist before a restore. */
	readonly target: string;
};

/** A program, or several in a row, that makes backups. A command that ends with another code than 0 has failed. */
export type Tool = {
	readonly name: string;
	/** How it is set: what the document says of compression, encryption and what else matters. */
	readonly terms: string;
	/** What prints the version of each program that it needs. Where one is not there, the tool is left out. */
	readonly versionCommands: Readonly<Record<string, Command['argv']>>;
	/** Who has not got it gets it by this. */
	readonly installation: string;
	readonly environment: (places: Places, passphrase: string) => Readonly<Record<string, string>>;
	/** Make an empty repository; not timed. */
	readonly create: (places: Places) => Command;
	/** @param number - 1 for the first backup, then 2 and 3. */
	readonly backup: (places: Places, number: number) => Command;
	/** Read all data of the repository, or of the newest backup where the tool knows no more. */
	readonly verify: (places: Places, number: number) => Command;
	/** Restore the newest backup below `target`, which is made before. */
	readonly restore: (places: Places, number: number) => Command;
	/** Where in the target the tree is found after the restore. */
	readonly restoredTree: (places: Places) => string;
	/** End what the tool left running; a failure does not matter. */
	readonly tidyUp?: Command;
};
