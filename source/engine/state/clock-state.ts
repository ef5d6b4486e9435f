import path from 'node:path';
import type {ClockMemory} from '../clock-memory.ts';
import type {StateConnection} from './connection.ts';
import {StateDatabase, type StateContext} from './database.ts';
import {databaseName} from './database-name.ts';
import {parseJson, toList, toTime} from './shapes.ts';

function readClock(connection: StateConnection, url: string): ClockMemory | undefined {
	const [row] = connection.all('SELECT * FROM clock WHERE url = ?', url);
	if (row === undefined) {
		return undefined;
	}

	const [at, latest] = [row['trusted_at'], row['trusted_latest']];
	return {
		latest: toTime(row['latest']),
		days: toList(parseJson(row['days'])).map(day => toTime(day)),
		...(at !== null && {trusted: {at: toTime(at), latest: toTime(latest)}}),
	};
}

/**
What this host remembers of its clock, for the repository at one place: a door of this folder, as `HostState` is.
*/
export class ClockState {
	readonly #database: StateDatabase;
	readonly #url: string;

	/**
	@param stateFolder - Absolute; made when something is first written.
	@param url - Of the repository, as its storage has it.
	*/
	constructor(stateFolder: string, url: string, context: StateContext) {
		this.#database = new StateDatabase(path.join(stateFolder, databaseName), context);
		this.#url = url;
	}

	/** @throws `state-failed` */
	read(): ClockMemory | undefined {
		return this.#database.read(connection => readClock(connection, this.#url), undefined);
	}

	/**
	@param change - Is given what is remembered, and returns what is to be; `undefined`: as it is.
	@throws `state-failed`
	*/
	change(change: (memory: ClockMemory | undefined) => ClockMemory | undefined): void {
		if (change(this.read()) === undefined) {
			return;
		}

		this.#database.write(connection => {
			const memory = change(readClock(connection, this.#url));
			if (memory) {
				const {latest, days, trusted} = memory;
				connection.run('INSERT OR REPLACE INTO clock (url, latest, days, trusted_at, trusted_latest) VALUES (?, ?, ?, ?, ?)', this.#url, latest, JSON.stringify(days), trusted?.at, trusted?.latest);
			}
		});
	}

	/** May be used again afterwards. */
	close(): void {
		this.#database.close();
	}
}
