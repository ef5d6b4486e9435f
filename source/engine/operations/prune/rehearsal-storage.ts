import {Buffer} from 'node:buffer';
import type {PendingObject, Storage} from '../../repository/repository.ts';

/**
A storage in which everything happens as in another one, and nothing happens to that: what is written stays in memory, what is removed is only not shown any more. For a dry run, which so does what a run would do.
What is written is meant to be small: metadata.
*/
export function createRehearsalStorage(inner: Storage): Storage {
	/** `undefined`: removed. */
	const changes = new Map<string, Buffer | undefined>();
	const isBelow = (folder: string, name: string) => folder === '' || name.startsWith(`${folder}/`);
	return {
		url: inner.url,
		isShareable: false,
		isLocal: inner.isLocal,
		async read(name, options) {
			const changed = changes.get(name);
			if (changed === undefined) {
				// What is removed here is never read again.
				return inner.read(name, options);
			}

			const {offset, length} = options?.range ?? {offset: 0, length: changed.byteLength};
			return Buffer.from(changed.subarray(offset, offset + length));
		},
		size: async name => changes.has(name) ? changes.get(name)?.byteLength : inner.size(name),
		async list(folder, signal) {
			const unchanged = (await inner.list(folder, signal)).filter(({name}) => !changes.has(name));
			const written = [...changes].flatMap(([name, data]) => data && isBelow(folder, name) ? [{name, sizeBytes: data.byteLength}] : []);
			return [...unchanged, ...written];
		},
		async write(name, data) {
			changes.set(name, Buffer.from(data));
		},
		async create(): Promise<PendingObject> {
			const parts: Buffer[] = [];
			return {
				async append(more) {
					parts.push(...more.map(part => Buffer.from(part)));
				},
				async commit(name) {
					changes.set(name, Buffer.concat(parts));
				},
				async discard() {
					parts.length = 0;
				},
			};
		},
		async remove(name) {
			changes.set(name, undefined);
		},
		usage: async () => inner.usage(),
		sweep: async () => 0,
		close: async () => undefined,
	};
}
