/** The variables that a crontab sets, as its lines see them that follow: crontab(5). @param crontab - One character a byte. */
export function variablesOfCrontab(crontab: string): Record<string, string> {
	const variables: Record<string, string> = {};
	for (const line of crontab.split('\n')) {
		const groups = /^[\t ]*(?<name>"[^"=]+"|'[^'=]+'|[A-Za-z_]\w*)[\t ]*=[\t ]*(?<value>.*?)[\t ]*$/.exec(line)?.groups;
		if (groups) {
			variables[unquote(groups['name']!)] = Buffer.from(unquote(groups['value']!), 'latin1').toString();
		}
	}

	return variables;
}

function unquote(text: string): string {
	return /^(?<quote>["']).*\k<quote>$/.test(text) && text.length > 1 ? text.slice(1, -1) : text;
}
