import {Buffer} from 'node:buffer';

/** Where roles and what else belongs to no database stand in a snapshot. */
export const globalsFile = '/globals.sql';

/** The path of a database's dump in a snapshot: its name, where what no path can have, or no person would see, is percent-encoded. */
export function dumpFileOf(database: string): string {
	const encode = (text: string) => [...Buffer.from(text)].map(byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
	return `/${database.replaceAll(/[%/\p{Control}\p{Format}\p{Surrogate}\p{Line_Separator}\p{Paragraph_Separator}]|^\./gu, character => encode(character))}.dump`;
}
