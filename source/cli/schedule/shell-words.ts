/** A word as sh(1) reads it back; without a backslash, which cron may take for itself. */
export function quoteShellWord(word: string): string {
	return /^[\w@+,.:/=-]+$/.test(word) ? word : `'${word.replaceAll('\'', '\'"\'"\'')}'`;
}

/** A command line for sh(1). @param environment - Set for this command alone. */
export function shellCommand(words: readonly string[], environment: Readonly<Record<string, string>> = {}): string {
	return [...Object.entries(environment).map(([name, value]) => `${name}=${quoteShellWord(value)}`), ...words.map(word => quoteShellWord(word))].join(' ');
}
