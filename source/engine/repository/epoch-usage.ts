import {Buffer} from 'node:buffer';
import {isCofferError, throwIfAborted} from '../errors.ts';
import type {EpochId} from '../ids.ts';
import {headerBytes} from './object-header.ts';
import type {RepositorySession} from './session.ts';

/** The folders whose objects are encrypted under an epoch or sealed to it; packs are not, as they are under data keys. */
const foldersOfEpochs = ['datakeys', 'index', 'snapshots', 'tombstones', 'pruning', 'writers', 'locks'] as const;
const readsAtOnce = 16;

/**
How many objects lie under each epoch, by their headers alone; an epoch that an object names counts even where the keyring does not know it. Objects too short for a header are left out.
@throws what the storage throws; `aborted`
*/
export async function countObjectsByEpoch({storage}: RepositorySession, signal?: AbortSignal): Promise<Map<EpochId, number>> {
	const counts = new Map<EpochId, number>();
	const listings = await Promise.all(foldersOfEpochs.map(async folder => storage.list(folder, signal)));
	const objects = listings.flat().filter(object => object.sizeBytes >= headerBytes);
	let next = 0;
	const work = async () => {
		while (next < objects.length) {
			throwIfAborted(signal);
			const {name} = objects[next++]!;
			try {
				const header = Buffer.from(await storage.read(name, {range: {offset: 0, length: headerBytes}}));
				const epoch = header.toString('hex', 16, 32) as EpochId;
				counts.set(epoch, (counts.get(epoch) ?? 0) + 1);
			} catch (error) {
				if (!isCofferError(error, 'object-missing', 'damaged')) {
					throw error;
				}
			}
		}
	};

	await Promise.all(Array.from({length: Math.min(readsAtOnce, objects.length)}, work));
	return counts;
}
