import type {Storage} from '../../source/engine/storage/storage.ts';
import {createMemoryStorage} from '../../source/engine/storage/memory.ts';

/** Another storage, in memory, with the same objects. */
export async function copyStorage(storage: Storage): Promise<Storage> {
	const copy = createMemoryStorage();
	for (const {name} of await storage.list('')) {
		await copy.write(name, await storage.read(name));
	}

	return copy;
}
