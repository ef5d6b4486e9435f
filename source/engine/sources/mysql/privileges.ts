/** Privileges by what they are for: `*`, or the pattern of a database. */
export type Privileges = ReadonlyArray<{readonly scope: string; readonly names: ReadonlySet<string>}>;

const grantLine = /^GRANT (.+?) ON (\*|`(?:[^`]|``)+`)\.(\*|`(?:[^`]|``)+`) TO /;

/** What the rows of SHOW GRANTS allow on whole databases; of single tables those of the server's own count as well. */
export function readPrivileges(grants: readonly string[]): Privileges {
	return grants.flatMap(grant => {
		const [, names = '', scope = '', table = ''] = grantLine.exec(grant.replaceAll('\\\\', '\\')) ?? [];
		const database = scope === '*' ? scope : scope.slice(1, -1).replaceAll('``', '`');
		return names === '' || (table !== '*' && !(database === 'mysql' && table === '`proc`')) ? [] : [{scope: database, names: new Set(names.split(', '))}];
	});
}

/** Whether a name fits the pattern of a grant: `%` and `_` stand for anything unless a backslash stands before them. */
function isMatch(database: string, pattern: string): boolean {
	const source = pattern.replaceAll(/\\([%_\\])|[%_$()*+.?[\\\]^{|}]/g, (whole, literal: string | undefined) => literal ?? (whole === '%' ? '.*' : (whole === '_' ? '.' : `\\${whole}`)));
	return new RegExp(`^${source}$`, 'su').test(database);
}

/** Whether the privileges hold one on a whole database; with `*` as database, on the server. */
export function hasPrivilege(privileges: Privileges, name: string, database: string): boolean {
	return privileges.some(({scope, names}) => (scope === '*' || isMatch(database, scope)) && (names.has(name) || names.has('ALL PRIVILEGES') || names.has('ALL')));
}
