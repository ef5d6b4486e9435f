import {createHash} from 'node:crypto';
import type {Runtime} from '../../source/engine/runtime.ts';
import type {Storage} from '../../source/engine/storage/storage.ts';
import type {DataKey} from '../../source/engine/repository/data-key.ts';
import {PackReader} from '../../source/engine/repository/pack-reader.ts';
import {PackWriter} from '../../source/engine/repository/pack-writer.ts';
import {plaintextBytesOf, type PackDescription} from '../../source/engine/repository/segment-table.ts';

/** An id for tests: the SHA-256 of the plaintext, without a key. */
export const plainIdOf = (plaintext: Uint8Array): Buffer => createHash('sha256').update(plaintext).digest();

/** Write each plaintext as a segment and blob of its own; returns the packs in the order in which they became durable. */
export async function writePacks(storage: Storage, dataKey: DataKey, plaintexts: readonly Uint8Array[], runtime: Runtime, targetBytes?: number): Promise<PackDescription[]> {
	const packs: PackDescription[] = [];
	const writer = new PackWriter({
		storage, dataKey, runtime, kind: 'data',
		onPack(pack) {
			packs.push(pack);
		},
		...(targetBytes !== undefined && {targetBytes}),
	});
	for (const plaintext of plaintexts) {
		writer.add(plaintext, {compression: 'none', ids: plainIdOf(plaintext), lengths: [plaintext.byteLength]});
	}

	await writer.finish();
	return packs;
}

/** The plaintexts of all segments of a pack. */
export async function readPack(storage: Storage, pack: PackDescription, key: Uint8Array, runtime: Runtime): Promise<Buffer[]> {
	const reader = await PackReader.open(storage, {id: pack.id, dataKeyId: pack.dataKeyId}, () => key, runtime);
	return Promise.all(pack.segments.map(async (segment, number) => reader.read({...segment, number, plaintextBytes: plaintextBytesOf(segment)})));
}
