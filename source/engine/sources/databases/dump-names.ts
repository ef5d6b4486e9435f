import {Buffer} from 'node:buffer';

const extensions = {postgres: 'dump', mysql: 'sql'} as const;

export type DumpKind = keyof typeof extensions;

/** Where roles, users and what else belongs to no database stand in a snapshot. */
export const globalsFiles: Readonly<Record<DumpKind, string>> = {postgres: '/globals.sql', mysql: '/grants.sql'};

const encode = (text: string): string => [...Buffer.from(text)].map(byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** The path of a database's dump in a snapshot: its name, where what no path can have, or no person would see, is percent-encoded. */
export function dumpFileOf(database: string, kind: DumpKind): string {
	const name = database.replaceAll(/[%/\p{Control}\p{Format}\p{Surrogate}\p{Line_Separator}\p{Paragraph_Separator}]|^\./gu, character => encode(character));
	const file = `/${name}.${extensions[kind]}`;
	return file === globalsFiles[kind] ? `/${encode(name.slice(0, 1))}${name.slice(1)}.${extensions[kind]}` : file;
}
