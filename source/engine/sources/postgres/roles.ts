import {readIdentifier} from './identifier.ts';
import {readStatements} from './statements.ts';

/** What makes one role, as pg_dumpall wrote it. */
export type RoleDefinition = {
	readonly name: string;
	readonly statements: readonly string[];
};

const beginnings = /^(?:(?<creation>CREATE ROLE )|ALTER ROLE |COMMENT ON ROLE )/;

/**
The roles of a script of pg_dumpall, and what makes each: its attributes, settings, comment and memberships. Everything else in the script, such as tablespaces, is left out, and so are settings for one database.
Memberships come with the member.
*/
export function readRoles(script: Uint8Array): RoleDefinition[] {
	const roles = new Map<string, string[]>();
	const statements = readStatements(script);
	for (const statement of statements) {
		const match = beginnings.exec(statement);
		const role = match && readIdentifier(statement, match[0].length);
		if (!role || statement.startsWith(' IN DATABASE ', role.end)) {
			continue;
		}

		if (match.groups?.['creation'] !== undefined) {
			roles.set(role.name, []);
		}

		roles.get(role.name)?.push(statement);
	}

	for (const statement of statements) {
		const granted = statement.startsWith('GRANT ') ? readIdentifier(statement, 'GRANT '.length) : undefined;
		const member = granted && statement.startsWith(' TO ', granted.end) ? readIdentifier(statement, granted.end + ' TO '.length) : undefined;
		if (member) {
			roles.get(member.name)?.push(statement);
		}
	}

	return [...roles].map(([name, definition]) => ({name, statements: definition}));
}

const grantee = /\s(?:TO|FROM|FOR ROLE) (?=(?:"(?:[^"]|"")*"|[^\s";,]+)(?: WITH GRANT OPTION)?(?:;$| ))/g;

/** The roles that statements about privileges name. */
export function readGrantees(statements: readonly string[]): Set<string> {
	const names = new Set<string>();
	for (const statement of statements.filter(text => /^(?:GRANT|REVOKE|ALTER DEFAULT PRIVILEGES) /.test(text))) {
		for (const {index, 0: text} of statement.matchAll(grantee)) {
			const role = readIdentifier(statement, index + text.length);
			if (role && role.name !== 'PUBLIC') {
				names.add(role.name);
			}
		}
	}

	return names;
}
