import type {Runtime} from '../runtime.ts';
import {ByteBudget, type ByteLimit} from './byte-limit.ts';
import {assertUsableName} from './names.ts';
import type {PendingObject, Storage} from './storage.ts';

type Piece = {readonly parts: Uint8Array[]; byteCount: number};

/** The same bytes in as many pieces as it takes for none to have more than `maximumBytes`; one empty piece where there are none. */
function splitParts(parts: readonly Uint8Array[], maximumBytes: number): Piece[] {
	let piece: Piece = {parts: [], byteCount: 0};
	const pieces = [piece];
	for (const part of parts) {
		for (let offset = 0; offset < part.byteLength;) {
			if (piece.byteCount === maximumBytes) {
				piece = {parts: [], byteCount: 0};
				pieces.push(piece);
			}

			const slice = part.subarray(offset, offset + maximumBytes - piece.byteCount);
			piece.parts.push(slice);
			piece.byteCount += slice.byteLength;
			offset += slice.byteLength;
		}
	}

	return pieces;
}

function limitPending(pending: PendingObject, budget: ByteBudget): PendingObject {
	const ending = new AbortController();
	return {
		async append(parts) {
			for (const piece of splitParts(parts, budget.pieceBytes)) {
				if (piece.byteCount > 0 && !ending.signal.aborted) {
					await budget.take(piece.byteCount, ending.signal);
				}

				await pending.append(piece.parts);
			}
		},
		commit: async name => pending.commit(name),
		async discard() {
			// Nobody waits any more until what is thrown away could be sent.
			ending.abort();
			await pending.discard();
		},
	};
}

/**
A storage to which only so many bytes a second are sent, by all threads together that share the limit. Reading, listing and removing are not held up.
Contents are let through in pieces, small objects among them, so that what a run tells others of itself does not wait for a whole pack. What is discarded waits no longer.
*/
export function limitStorage(inner: Storage, limit: ByteLimit, runtime: Pick<Runtime, 'monotonicMs' | 'sleep'>): Storage {
	const budget = new ByteBudget(limit, runtime);
	return {
		url: inner.url,
		isShareable: inner.isShareable,
		isLocal: inner.isLocal,
		limit,
		read: async (name, options) => inner.read(name, options),
		size: async name => inner.size(name),
		list: async (folder, signal) => inner.list(folder, signal),
		async write(name, data) {
			assertUsableName(name);
			for (const {byteCount} of splitParts([data], budget.pieceBytes)) {
				await budget.take(byteCount);
			}

			await inner.write(name, data);
		},
		create: async () => limitPending(await inner.create(), budget),
		remove: async (name, options) => inner.remove(name, options),
		usage: async () => inner.usage(),
		sweep: async olderThanMs => inner.sweep(olderThanMs),
		close: async () => inner.close(),
	};
}
