import {type Buffer} from 'node:buffer';
import {createHash, hash} from 'node:crypto';
import {CofferError, throwIfAborted} from '../errors.ts';
import {releaseMemory} from '../release-memory.ts';
import type {Runtime} from '../runtime.ts';
import type {Storage} from '../storage/storage.ts';
import type {DataKey} from './data-key.ts';
import {PackReader, type DataKeySource} from './pack-reader.ts';
import {packName, PackWriter, targetPackBytes} from './pack-writer.ts';
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

const digest = (content: Uint8Array): string => hash('sha256', content, 'hex');

const endOfSegments = ({segments}: PackDescription): number => Math.max(0, ...segments.slice(-1).map(({offset, sealedBytes}) => offset + sealedBytes));

/** What a segment holds below the cipher: compressed, or a delta, as it was. */
async function readContent(reader: PackReader, {storage}: RewriteOptions, segment: SegmentEntry, number: number): Promise<Buffer> {
	const sealed = await storage.read(packName(reader.address.id), {range: {offset: segment.offset, length: segment.sealedBytes}});
	const content = reader.decrypt({...segment, number, plaintextBytes: plaintextBytesOf(segment)}, sealed);
	releaseMemory(sealed);
	return content;
}

/** @throws `damaged` where the stored pack is not what was written */
async function checkPack(pack: PackDescription, digests: readonly string[], options: RewriteOptions): Promise<void> {
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
	let areEqual = sizeBytes === pack.sizeBytes && segments.length === digests.length && sha256.digest('hex') === pack.id;
	for (const [number, segment] of segments.entries()) {
		throwIfAborted(signal);
		const content = await readContent(reader, options, segment, number);
		areEqual &&= digest(content) === digests[number];
		releaseMemory(content);
	}

	if (!areEqual) {
		throw new CofferError('damaged', `${name} does not read back as it was written: the storage is not reliable. The pack that it was to replace is untouched.`, {context: {object: name}});
	}
}

/**
Write a pack anew under another data key: the same segments, below the cipher byte for byte, with the same table; then read it back from the storage and compare. The old one is left as it is, and no index names the new one yet.
@returns The new pack.
@throws `damaged`, `object-missing` for a pack that cannot be read; `memory-corrupted`; `aborted`; what the storage throws
*/
export async function rewritePack(pack: PackDescription, options: RewriteOptions): Promise<PackDescription> {
	const {storage, runtime, keyOf, dataKey, signal} = options;
	const reader = await PackReader.open(storage, pack, keyOf, runtime);
	let written: PackDescription | undefined;
	// It ends where the old one ends, with padding where that has padding.
	const targetBytes = Math.max(targetPackBytes, endOfSegments(pack));
	const writer = new PackWriter({storage, dataKey, kind: pack.kind, runtime, targetBytes, onPack(description) {
		written = {...description, createdMs: pack.createdMs};
	}});
	const digests: string[] = [];
	try {
		for (const [number, {offset, sealedBytes, ...segment}] of pack.segments.entries()) {
			throwIfAborted(signal);
			const content = await readContent(reader, options, {...segment, offset, sealedBytes}, number);
			digests.push(digest(content));
			writer.add(content, segment);
			await writer.drain();
			releaseMemory(content);
		}

		await writer.finish();
	} catch (error) {
		await writer.discard();
		throw error;
	}

	await checkPack(written!, digests, options);
	return written!;
}
