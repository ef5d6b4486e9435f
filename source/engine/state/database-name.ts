/** Name of the database in the state folder. */
export const databaseName = 'state.db';
