import {Buffer} from 'node:buffer';
import {isCofferError, throwIfAborted} from '../errors.ts';
import type {DataKeyId, EpochId} from '../ids.ts';
import {headerBytes} from './object-header.ts';
import type {RepositorySession} from './session.ts';

/** The folders whose objects are encrypted under an epoch or sealed to it; packs are not, as they are under data keys. */
const foldersOfEpochs = ['datakeys', 'index', 'snapshots', 'tombstones', 'pruning', 'writers', 'locks'] as const;
const readsAtOnce = 16;

/** The id of the key that an encrypted object names, by its header alone. */
export const keyIdOf = (object: Uint8Array): string => Buffer.from(object.buffer, object.byteOffset, object.byteLength).toString('hex', 16, 32);

/**
The names of the objects that lie under each epoch, by their headers alone; an epoch that an object names counts even where the keyring does not know it. Objects too short for a header are left out.
@throws what the storage throws; `aborted`
*/
export async function listObjectsByEpoch({storage}: RepositorySession, signal?: AbortSignal): Promise<Map<EpochId, string[]>> {
	const names = new Map<EpochId, string[]>();
	const listings = await Promise.all(foldersOfEpochs.map(async folder => storage.list(folder, signal)));
	const objects = listings.flat().filter(object => object.sizeBytes >= headerBytes);
	let next = 0;
	const work = async () => {
		while (next < objects.length) {
			throwIfAborted(signal);
			const {name} = objects[next++]!;
			try {
				const epoch = keyIdOf(await storage.read(name, {range: {offset: 0, length: headerBytes}})) as EpochId;
				const under = names.get(epoch);
				if (under) {
					under.push(name);
				} else {
					names.set(epoch, [name]);
				}
			} catch (error) {
				if (!isCofferError(error, 'object-missing', 'damaged')) {
					throw error;
				}
			}
		}
	};

	await Promise.all(Array.from({length: Math.min(readsAtOnce, objects.length)}, work));
	return names;
}

/** What lies under the data keys that are sealed to one epoch. */
export type PackUsage = {readonly packs: number; readonly bytes: number};

/**
Packs by the epoch that their data key is sealed to, by what the index says.
@param packs - That the index names.
@param dataKeys - Sealed, as the index carries them.
*/
export function countPacksByEpoch(packs: ReadonlyArray<{readonly dataKeyId: DataKeyId; readonly sizeBytes: number}>, dataKeys: ReadonlyMap<DataKeyId, Uint8Array>): Map<EpochId, PackUsage> {
	const usage = new Map<EpochId, PackUsage>();
	for (const {dataKeyId, sizeBytes} of packs) {
		const sealed = dataKeys.get(dataKeyId);
		const epoch = sealed && keyIdOf(sealed) as EpochId;
		if (epoch === undefined) {
			continue;
		}

		const before = usage.get(epoch) ?? {packs: 0, bytes: 0};
		usage.set(epoch, {packs: before.packs + 1, bytes: before.bytes + sizeBytes});
	}

	return usage;
}
