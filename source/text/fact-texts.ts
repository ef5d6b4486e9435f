import {formatAmount, formatBytes, formatTime} from './format.ts';

/** As the engine records it; structurally, since this folder knows nothing of it. */
type RepositoryFacts = {
	readonly path: string;
	readonly refs: number;
	readonly head: string;
	readonly lastCommit?: {readonly id: string; readonly time: string; readonly subject: string};
	readonly absent?: readonly string[];
};
type DatabaseFacts = {readonly name: string; readonly tables: number; readonly rows?: number; readonly bytes: number; readonly isSchemaOnly?: boolean};

/** A repository in one line, its path aside; texts are the repository's own and not made safe. */
export function repositoryText({refs, head, lastCommit, absent = []}: RepositoryFacts): string {
	const commit = lastCommit ? `; last commit ${lastCommit.id.slice(0, 8)} of ${formatTime(lastCommit.time)}: ${lastCommit.subject}` : '; no commit';
	return `${formatAmount(refs, 'ref')}, HEAD ${head}${commit}${absent.length > 0 ? `; without ${absent.join(', ')}` : ''}`;
}

/** A database in one line, its name aside. */
export function databaseText({tables, rows, bytes, isSchemaOnly = false}: DatabaseFacts): string {
	const content = isSchemaOnly ? 'schema only' : (rows === undefined ? undefined : formatAmount(rows, 'row'));
	return [formatAmount(tables, 'table'), content, formatBytes(bytes)].filter(part => part !== undefined).join(', ');
}
