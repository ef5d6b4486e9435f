/** The file of the users and their privileges. No database's dump has this name. */
export const usersFileName = 'grants.sql';

const percent = (character: string): string => [...Buffer.from(character)].map(byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** The file of a database's dump: its name, with `%XX` for what cannot stand in a path or steers terminals. */
export function dumpFileName(database: string): string {
	const name = database.replaceAll(/[\u0000-\u001F%/\u007F-\u009F]/g, character => percent(character));
	return `${name === 'grants' ? '%67rants' : name}.sql`;
}
