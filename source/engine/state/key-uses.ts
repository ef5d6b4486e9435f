import type {RepositoryId, SlotId} from '../ids.ts';
import type {StateConnection} from './connection.ts';
import {optional, toCount, toText, toTime} from './shapes.ts';

/** What this host remembers of a key slot. */
export type KeyUse = {
	/** When it last opened the repository here. */
	readonly used?: string;
	/** When it was last proven to open everything ("coffer key check"). */
	readonly checked?: string;
	/** Where its exported file was written, absolute. */
	readonly exportFile?: string;
};

/** The newest keyring that was seen; `undefined` before the first. */
export function readGeneration(connection: StateConnection, repository: RepositoryId): number | undefined {
	const [row] = connection.all('SELECT generation FROM keyring WHERE repository = ?', repository);
	return row && toCount(row['generation']);
}

/** Remember the newest keyring. */
export function setGeneration(connection: StateConnection, repository: RepositoryId, generation: number): void {
	connection.run('INSERT OR REPLACE INTO keyring (repository, generation) VALUES (?, ?)', repository, generation);
}

/** By slot. */
export function readKeyUses(connection: StateConnection, repository: RepositoryId): Map<SlotId, KeyUse> {
	return new Map(connection.all('SELECT * FROM key_use WHERE repository = ?', repository).map(row => [toText(row['slot']) as SlotId, {
		...optional('used', row['used'], toTime),
		...optional('checked', row['checked'], toTime),
		...optional('exportFile', row['export_file'], toText),
	}]));
}

/** Replace what is remembered of one slot. */
export function setKeyUse(connection: StateConnection, repository: RepositoryId, slot: SlotId, {used, checked, exportFile}: KeyUse): void {
	connection.run('INSERT OR REPLACE INTO key_use (repository, slot, used, checked, export_file) VALUES (?, ?, ?, ?, ?)', repository, slot, used, checked, exportFile);
}
