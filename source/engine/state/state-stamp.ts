import {stat} from 'node:fs/promises';
import path from 'node:path';
import {systemErrorCode} from '../errors.ts';
import {databaseName} from './database-name.ts';

/** SQLite writes into the log beside the database first (https://sqlite.org/wal.html). */
const writtenFiles = [databaseName, `${databaseName}-wal`];

/**
A text that is another one whenever something was written into what this host remembers; where nothing is remembered, too.
@param stateFolder - Absolute.
@throws what the system throws where that cannot be told
*/
export async function readStateStamp(stateFolder: string): Promise<string> {
	const stamps = await Promise.all(writtenFiles.map(async name => {
		try {
			const {ino, size, mtimeNs} = await stat(path.join(stateFolder, name), {bigint: true});
			return `${ino}:${size}:${mtimeNs}`;
		} catch (error) {
			if (systemErrorCode(error) === 'ENOENT') {
				return 'none';
			}

			throw error;
		}
	}));
	return stamps.join(' ');
}
