/** Text in a unit, in which `%` begins a specifier: systemd.unit(5). */
export const escapeSpecifiers = (text: string): string => text.replaceAll('%', '%%');

/** A word of a list in a unit. Control characters and backslashes do not come here: `assertWritable`. */
export function quoteUnitWord(word: string): string {
	const escaped = escapeSpecifiers(word);
	return /^[\w@+,.:/=%-]+$/.test(escaped) ? escaped : `"${escaped.replaceAll('"', String.raw`\"`)}"`;
}

/** An argument in a unit: a text, or the file of a credential, wherever systemd puts it (systemd.exec(5)). */
export type UnitArgument = string | {readonly credential: string};

/** A command for `ExecStart=`: systemd.service(5). A `$` begins a variable in arguments, but not in the program's path. */
export function execCommand(program: string, argv: readonly UnitArgument[]): string {
	const quoted = argv.map(word => typeof word === 'string' ? quoteUnitWord(word.replaceAll('$', '$$$$')) : `\${CREDENTIALS_DIRECTORY}/${word.credential}`);
	return [quoteUnitWord(program), ...quoted].join(' ');
}

/** Any text as a part of a unit's name, as systemd-escape(1) has it, but for the minus sign, which stays. */
export function escapeUnitName(text: string): string {
	return [...Buffer.from(text)].map((byte, index) => {
		const character = String.fromCharCode(byte);
		return /[\w:.-]/.test(character) && !(index === 0 && character === '.') ? character : String.raw`\x${byte.toString(16).padStart(2, '0')}`;
	}).join('');
}
