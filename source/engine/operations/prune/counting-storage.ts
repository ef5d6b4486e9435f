import type {PendingObject, Storage} from '../../repository/repository.ts';

/** A storage that counts by how much it becomes smaller. */
export type CountingStorage = Storage & {
	/** Below 0 when it has grown. */
	readonly freedBytes: number;
};

/**
Count what goes through a storage: the sizes of objects that are removed, replaced and written.
@param sizes - Of the objects that are there.
*/
export function createCountingStorage(inner: Storage, sizes: ReadonlyMap<string, number>): CountingStorage {
	const known = new Map(sizes);
	let freedBytes = 0;
	const set = (name: string, sizeBytes: number) => {
		freedBytes += (known.get(name) ?? 0) - sizeBytes;
		known.set(name, sizeBytes);
	};

	const countPending = (pending: PendingObject): PendingObject => {
		let sizeBytes = 0;
		return {
			async append(parts) {
				await pending.append(parts);
				sizeBytes += parts.reduce((sum, part) => sum + part.byteLength, 0);
			},
			async commit(name) {
				await pending.commit(name);
				set(name, sizeBytes);
			},
			discard: async () => pending.discard(),
		};
	};

	return {
		url: inner.url,
		isShareable: inner.isShareable,
		isLocal: inner.isLocal,
		get freedBytes() {
			return freedBytes;
		},
		read: async (name, options) => inner.read(name, options),
		size: async name => inner.size(name),
		list: async (folder, signal) => inner.list(folder, signal),
		async write(name, data) {
			await inner.write(name, data);
			set(name, data.byteLength);
		},
		create: async () => countPending(await inner.create()),
		async remove(name, options) {
			const sizeBytes = known.get(name) ?? await inner.size(name) ?? 0;
			await inner.remove(name, options);
			freedBytes += sizeBytes;
			known.delete(name);
		},
		usage: async () => inner.usage(),
		sweep: async olderThanMs => inner.sweep(olderThanMs),
		close: async () => inner.close(),
	};
}
