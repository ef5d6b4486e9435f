import type {Buffer} from 'node:buffer';
import {createHash, hash} from 'node:crypto';
import {CofferError, throwIfAborted} from '../errors.ts';
import {releaseMemory} from '../release-memory.ts';
import type {Runtime} from '../runtime.ts';
import type {Storage} from '../storage/storage.ts';
import type {DataKey} from './data-key.ts';
import {PackReader, type DataKeySource} from './pack-reader.ts';
import {packName} from './pack-writer.ts';
import {plaintextBytesOf, type PackDescription, type SegmentEntry} from './segment-table.ts';

const hashedAtOnceBytes = 4 * 1024 * 1024;

export type RewriteOptions = {
	readonly storage: Storage;
	readonly runtime: Runtime;
	readonly keyOf: DataKeySource;
	/** What the new pack is encrypted under; its sealed form is durable already. */
	readonly dataKey: DataKey;
	readonly signal?: AbortSignal | undefined;
};

/** A segment's content as it is kept to compare it with what was stored. */
export const digestContent = (content: Uint8Array): string => hash('sha256', content, 'hex');

/** What a segment holds below the cipher: compressed, or a delta, as it was. @throws `damaged`, `object-missing`; what the storage throws */
export async function readSegmentContent(reader: PackReader, {storage}: Pick<RewriteOptions, 'storage'>, segment: SegmentEntry, number: number): Promise<Buffer> {
	const sealed = await storage.read(packName(reader.address.id), {range: {offset: segment.offset, length: segment.sealedBytes}});
	const content = reader.decrypt({...segment, number, plaintextBytes: plaintextBytesOf(segment)}, sealed);
	releaseMemory(sealed);
	return content;
}

/**
Read a pack that was just written in the place of others back from the storage: all of its bytes, its table, and every segment.
@param isRight - Whether a segment's content is what was meant to be stored.
@throws `damaged` where the stored pack is not what was written; `aborted`; what the storage throws
*/
export async function readBackPack(pack: PackDescription, options: Omit<RewriteOptions, 'keyOf'>, isRight: (content: Buffer, segment: SegmentEntry, number: number) => boolean): Promise<void> {
	const {storage, runtime, dataKey, signal} = options;
	const name = packName(pack.id);
	const sha256 = createHash('sha256');
	for (let offset = 0; offset < pack.sizeBytes; offset += hashedAtOnceBytes) {
		throwIfAborted(signal);
		const part = await storage.read(name, {range: {offset, length: Math.min(hashedAtOnceBytes, pack.sizeBytes - offset)}});
		sha256.update(part);
		releaseMemory(part);
	}

	const reader = await PackReader.open(storage, pack, () => dataKey.key, runtime);
	const {segments, sizeBytes} = await reader.readTable();
	let areEqual = sizeBytes === pack.sizeBytes && segments.length === pack.segments.length && sha256.digest('hex') === pack.id;
	for (const [number, segment] of segments.entries()) {
		throwIfAborted(signal);
		const content = await readSegmentContent(reader, options, segment, number);
		areEqual &&= isRight(content, segment, number);
		releaseMemory(content);
	}

	if (!areEqual) {
		throw new CofferError('damaged', `${name} does not read back as it was written: the storage is not reliable. What it was to replace is untouched.`, {context: {object: name}});
	}
}
