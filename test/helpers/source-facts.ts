import type {DatabaseFacts, RepositoryFacts} from '../../source/engine/index.ts';
import {ago} from './overview-builder.ts';

/** What a snapshot says of a repository, with what a test changes of it. */
export function buildRepositoryFacts(name: string, change: Partial<RepositoryFacts> = {}): RepositoryFacts {
	return {path: `/srv/git/${name}.git`, refs: 41, head: 'main', lastCommit: {id: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d', time: ago(3.5 * 60 * 60 * 1000), subject: `Fix the export of ${name}`}, ...change};
}

/** What a snapshot says of a database, with what a test changes of it. */
export function buildDatabaseFacts(name: string, change: Partial<DatabaseFacts> = {}): DatabaseFacts {
	return {name, file: `/${name}.dump`, tables: 21, rows: 1_204_331, bytes: 412_700_000, ...change};
}
