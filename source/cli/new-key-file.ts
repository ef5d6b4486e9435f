import path from 'node:path';
import {CofferError} from '../engine/index.ts';
import {findObstacle} from './connection.ts';
import {isThere} from './is-there.ts';

/** See whether a key file can be made there, before anything else is. @param file - Absolute. @throws `target-unusable` */
export async function assertNewKeyFile(file: string): Promise<void> {
	if (await isThere(file)) {
		throw new CofferError('target-unusable', `${file} exists already. Name another file with --new-key-file; an existing one is never overwritten.`, {context: {file}});
	}

	const obstacle = await findObstacle(path.dirname(file));
	if (obstacle !== undefined) {
		throw new CofferError('target-unusable', `${file} cannot be created: ${obstacle} is not a folder. Name another file with --new-key-file.`, {context: {file}});
	}
}
