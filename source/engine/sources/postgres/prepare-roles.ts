import {CofferError, errorText} from '../../errors.ts';
import type {ArchiveList} from './archive-list.ts';
import {readRoles} from './roles.ts';
import type {PostgresServer} from './server.ts';

/** What the loading user is, and who else is there. */
type ServerRoles = {
	readonly user: string;
	readonly isSuperuser: boolean;
	readonly mayCreate: boolean;
	readonly names: readonly string[];
};

/** Whether owners and privileges can be loaded, and what the person should know. */
export type RolesOutcome = {
	readonly hasOwners: boolean;
	readonly notices: readonly string[];
};

const sql = `select json_build_object('user', current_user, 'isSuperuser', rolsuper, 'mayCreate', rolcreaterole or rolsuper, 'names', (select json_agg(rolname) from pg_catalog.pg_roles))
	from pg_catalog.pg_roles where rolname = current_user;`;

const quoted = (names: Iterable<string>) => [...names].map(name => `"${name}"`).join(', ');
const roles = (names: readonly string[]) => `${names.length === 1 ? 'role' : 'roles'} ${quoted(names)}`;

/** Names of roles that own something in an archive. Its list does not quote them: one that the server knows is found whole, of any other the last word. */
function readOwners({entries}: ArchiveList, known: ReadonlySet<string>): Set<string> {
	const byLength = [...known].toSorted((a, b) => b.length - a.length);
	return new Set(entries.filter(({text}) => !text.endsWith(' ')).map(({text}) => byLength.find(name => text.endsWith(` ${name}`)) ?? text.slice(text.lastIndexOf(' ') + 1)));
}

/** What decides which roles are needed, and how they are made. */
export type NeededRoles = {
	readonly list: ArchiveList;
	/** What pg_dumpall wrote; `undefined` where there was nothing. */
	readonly globals: Uint8Array | undefined;
	/** Roles that are granted something. */
	readonly grantees: ReadonlySet<string>;
};

/**
Make the roles that a dump needs and the server does not have, as far as its globals define them and the user may. Roles that are there stay as they are.
@param database - Any, to work from.
@throws `target-unusable`, `aborted`
*/
export async function prepareRoles(server: PostgresServer, database: string, {list, globals, grantees}: NeededRoles): Promise<RolesOutcome> {
	const {user, isSuperuser, mayCreate, names} = await server.query<ServerRoles>(database, sql);
	const known = new Set(names);
	const defined = globals ? readRoles(globals) : [];
	const absent = defined.filter(({name}) => !known.has(name));
	const notices: string[] = [];
	if (absent.length > 0 && mayCreate) {
		try {
			// Memberships need both roles, so they come last; either all are made or none.
			const statements = absent.flatMap(role => role.statements);
			const isMembership = (statement: string) => statement.startsWith('GRANT ');
			// Errors shall not quote the statement, which has a password's hash in it.
			await server.run(database, [String.raw`\set VERBOSITY terse`, 'begin;', ...statements.filter(text => !isMembership(text)), ...statements.filter(text => isMembership(text)), 'commit;'].join('\n'), 'Creating roles in');
			for (const {name} of absent) {
				known.add(name);
			}

			notices.push(`Created as the snapshot has them: ${roles(absent.map(({name}) => name))}.`);
		} catch (error) {
			if (!(error instanceof CofferError) || error.code !== 'target-unusable') {
				throw error;
			}

			notices.push(`The ${roles(absent.map(({name}) => name))} could not be created: ${errorText(error)}`);
		}
	}

	const needed = new Set([...readOwners(list, new Set([...known, ...defined.map(({name}) => name)])), ...grantees]);
	const missing = [...needed].filter(name => !known.has(name)).toSorted();
	const foreign = isSuperuser ? [] : [...needed].filter(name => name !== user && known.has(name)).toSorted();
	if (missing.length > 0) {
		notices.push(`Missing on the server: ${roles(missing)}. So everything belongs to "${user}", and nobody else was granted anything.`);
	} else if (foreign.length > 0) {
		notices.push(`"${user}" is no superuser and cannot give anything to ${roles(foreign)}. So everything belongs to "${user}", and nobody else was granted anything.`);
	}

	return {hasOwners: missing.length === 0 && foreign.length === 0, notices};
}
