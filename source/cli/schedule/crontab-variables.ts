/** The variables that a crontab sets, as its lines see them that follow: crontab(5). @param crontab - One character a byte. */
export function variablesOfCrontab(crontab: string): Record<string, string> {
	const variables: Record<string, string> = {};
	for (const line of crontab.split('\n')) {
		const equals = line.indexOf('=');
		const name = trimBlanks(line.slice(0, Math.max(0, equals)));
		if (/^(?:"[^"]+"|'[^']+'|[A-Za-z_]\w*)$/.test(name)) {
			variables[unquote(name)] = Buffer.from(unquote(trimBlanks(line.slice(equals + 1))), 'latin1').toString();
		}
	}

	return variables;
}

/** Without the blanks and tabs around it; a carriage return stays. */
const trimBlanks = (text: string): string => text.replaceAll(/^[\t ]+|(?<![\t ])[\t ]+$/g, '');

function unquote(text: string): string {
	return /^(?<quote>["']).*\k<quote>$/.test(text) && text.length > 1 ? text.slice(1, -1) : text;
}
