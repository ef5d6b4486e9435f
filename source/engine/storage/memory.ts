import {CofferError, throwIfAborted} from '../errors.ts';
import {createSystemRuntime, type Runtime} from '../runtime.ts';
import {assertUsableFolder, assertUsableName} from './names.ts';
import {assertReadOptions, resolveReadWindow} from './read-window.ts';
import type {PendingObject, Storage} from './storage.ts';
import {objectMissing, toStorageError} from './storage-errors.ts';

const url = 'memory:';

export type MemoryStorageOptions = {
	/** Tells the age of unfinished objects. @default the system's */
	readonly runtime?: Runtime;
};

type Unfinished = {
	parts: Buffer[];
	changedMs: number;
};

/** A storage in the memory of this thread, with copies on the way in and out: for tests and for trying things out. */
export function createMemoryStorage({runtime = createSystemRuntime()}: MemoryStorageOptions = {}): Storage {
	const objects = new Map<string, Buffer>();
	const unfinished = new Set<Unfinished>();

	const createPending = (): PendingObject => {
		const content: Unfinished = {parts: [], changedMs: runtime.now()};
		let end: 'committed' | 'discarded' | undefined;
		unfinished.add(content);

		const assertOpen = () => {
			if (end === 'committed') {
				throw new TypeError('This object has been committed already');
			}

			if (end === 'discarded') {
				throw new CofferError('aborted', `The unfinished object in ${url} was thrown away before it was complete. Start the operation again.`);
			}
		};

		return {
			async append(parts) {
				assertOpen();
				content.parts.push(...parts.map(part => Buffer.from(part)));
				content.changedMs = runtime.now();
			},
			async commit(name) {
				assertUsableName(name);
				assertOpen();
				end = 'committed';
				if (!unfinished.delete(content)) {
					throw toStorageError(new Error('the unfinished object has been swept away'), {action: 'store', object: name, url});
				}

				objects.set(name, Buffer.concat(content.parts));
			},
			async discard() {
				end ??= 'discarded';
				unfinished.delete(content);
			},
		};
	};

	return {
		url,
		isShareable: false,
		isLocal: true,
		async read(name, options = {}) {
			assertUsableName(name);
			assertReadOptions(options);
			throwIfAborted(options.signal);
			const data = objects.get(name);
			if (data === undefined) {
				throw objectMissing(name, url);
			}

			const {offset, length} = resolveReadWindow(name, url, data.length, options);
			const copy = Buffer.allocUnsafeSlow(length);
			data.copy(copy, 0, offset, offset + length);
			return copy;
		},
		async size(name) {
			assertUsableName(name);
			return objects.get(name)?.length;
		},
		async list(folder, signal) {
			assertUsableFolder(folder);
			throwIfAborted(signal);
			const prefix = folder === '' ? '' : `${folder}/`;
			return [...objects]
				.filter(([name]) => name.startsWith(prefix))
				.map(([name, data]) => ({name, sizeBytes: data.length}));
		},
		async write(name, data) {
			assertUsableName(name);
			objects.set(name, Buffer.from(data));
		},
		create: async () => createPending(),
		async remove(name) {
			assertUsableName(name);
			objects.delete(name);
		},
		async usage() {
			let usedBytes = 0;
			for (const data of objects.values()) {
				usedBytes += data.length;
			}

			return {usedBytes};
		},
		async sweep(olderThanMs) {
			if (!(olderThanMs >= 0)) {
				throw new RangeError(`Not an age: ${olderThanMs}`);
			}

			const beforeMs = runtime.now() - olderThanMs;
			const leftovers = [...unfinished].filter(content => content.changedMs <= beforeMs);
			for (const content of leftovers) {
				unfinished.delete(content);
			}

			return leftovers.length;
		},
		async close() {
			unfinished.clear();
		},
	};
}
