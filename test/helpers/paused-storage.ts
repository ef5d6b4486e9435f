import type {PendingObject, Storage} from '../../source/engine/storage/storage.ts';

export type PausedStorage = Storage & {
	/** How many calls there were, those on pending objects included. */
	readonly callCount: number;
};

/**
A storage that lets something else happen before one of its calls.
@param at - Which call waits, from 1.
@param action - Settles when the call may go on.
*/
export function createPausedStorage(inner: Storage, at = 0, action: () => Promise<void> = async () => undefined): PausedStorage {
	let callCount = 0;
	const pass = async <Result>(call: () => Promise<Result>): Promise<Result> => {
		callCount++;
		if (callCount === at) {
			await action();
		}

		return call();
	};

	const pause = (pending: PendingObject): PendingObject => ({
		append: async parts => pass(async () => pending.append(parts)),
		commit: async name => pass(async () => pending.commit(name)),
		discard: async () => pending.discard(),
	});
	return {
		url: inner.url,
		isShareable: false,
		isLocal: inner.isLocal,
		get callCount() {
			return callCount;
		},
		read: async (name, options) => pass(async () => inner.read(name, options)),
		size: async name => pass(async () => inner.size(name)),
		list: async (folder, signal) => pass(async () => inner.list(folder, signal)),
		write: async (name, data) => pass(async () => inner.write(name, data)),
		create: async () => pause(await pass(async () => inner.create())),
		remove: async (name, options) => pass(async () => inner.remove(name, options)),
		usage: async () => inner.usage(),
		sweep: async olderThanMs => pass(async () => inner.sweep(olderThanMs)),
		close: async () => inner.close(),
	};
}
