import {CofferError, isCofferError} from '../errors.ts';
import type {Storage} from '../storage/storage.ts';

/**
Decode an object that was read: what is damaged and no longer there was removed, and its bytes overwritten, while it was read.
@throws `object-missing` for that; what `decode` throws
*/
export async function unlessRemoved<Value>(storage: Pick<Storage, 'size'>, name: string, decode: () => Value): Promise<Value> {
	try {
		return decode();
	} catch (error) {
		if (isCofferError(error, 'damaged') && await storage.size(name).catch(() => 0) === undefined) {
			throw new CofferError('object-missing', `${name} was removed while it was read.`, {context: {object: name}, cause: error});
		}

		throw error;
	}
}
