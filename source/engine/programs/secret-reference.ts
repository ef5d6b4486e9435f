/** Where a secret is found: it never stands in a configuration itself. */
export type SecretReference =
	/** Absolute path of a file that nobody else may read. */
	| {readonly file: string}
	/** The name of a variable of the environment. */
	| {readonly env: string}
	/** A program that prints it, and its arguments. */
	| {readonly command: readonly string[]};
