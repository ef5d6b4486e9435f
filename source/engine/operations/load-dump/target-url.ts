import type {DumpKind} from '../../sources/databases/dump-names.ts';

/** How the URLs of servers begin that take dumps of each kind, the usual one first. */
export const targetSchemes: Readonly<Record<DumpKind, readonly [usual: string, other: string]>> = {postgres: ['postgresql:', 'postgres:'], mysql: ['mysql:', 'mariadb:']};

/** Whether a URL gives a password away, as a part of it or as a parameter. */
export function hasPassword({password, searchParams}: URL): boolean {
	return password !== '' || searchParams.has('password');
}

/** The database that a URL names; `undefined` where it names none. @throws URIError for a percent sign that begins no character */
export function databaseOf({pathname}: URL): string | undefined {
	const name = decodeURIComponent(pathname.replace(/^\//, ''));
	return name === '' ? undefined : name;
}
