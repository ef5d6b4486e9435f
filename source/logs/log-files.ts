import {readdirSync} from 'node:fs';
import path from 'node:path';
import {systemErrorCode} from '../engine/index.ts';
import type {LogChannel} from './channel.ts';

/** Where the logs lie, below the folder of what this host remembers. */
export const logFolderOf = (stateFolder: string): string => path.join(stateFolder, 'logs');

/** The log that is written to. What was put aside lies beside it, with a number behind its name that only grows. */
export const logFileOf = (folder: string, channel: LogChannel): string => path.join(folder, `${channel}.log`);

/** The one log of earlier versions: read, never written. Of its numbered files the first is the newest. */
export const earlierLogName = 'coffer.log';

function numberOf(name: string, base: string): number | undefined {
	return name.startsWith(`${base}.`) && /^[1-9]\d{0,14}$/.test(name.slice(base.length + 1)) ? Number(name.slice(base.length + 1)) : undefined;
}

/** A log that was put aside. */
export type AsideLog = {readonly file: string; readonly number: number};

/** What was put aside of a log, the lowest number first; nothing where there is no such folder. @throws what the system throws */
export function listAside(file: string): AsideLog[] {
	const folder = path.dirname(file);
	let names: string[];
	try {
		names = readdirSync(folder);
	} catch (error) {
		if (systemErrorCode(error) === 'ENOENT') {
			return [];
		}

		throw error;
	}

	return names.flatMap((name): AsideLog[] => {
		const number = numberOf(name, path.basename(file));
		return number === undefined ? [] : [{file: path.join(folder, name), number}];
	}).toSorted((a, b) => a.number - b.number);
}
