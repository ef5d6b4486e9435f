import {throwIfAborted} from '../errors.ts';
import {releaseMemory} from '../release-memory.ts';
import {PackReader} from './pack-reader.ts';
import {PackWriter, targetPackBytes} from './pack-writer.ts';
import {digestContent, readBackPack, readSegmentContent, type RewriteOptions} from './read-back-pack.ts';
import type {PackDescription} from './segment-table.ts';

const endOfSegments = ({segments}: PackDescription): number => Math.max(0, ...segments.slice(-1).map(({offset, sealedBytes}) => offset + sealedBytes));

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
			const content = await readSegmentContent(reader, options, {...segment, offset, sealedBytes}, number);
			digests.push(digestContent(content));
			writer.add(content, segment);
			await writer.drain();
			releaseMemory(content);
		}

		await writer.finish();
	} catch (error) {
		await writer.discard();
		throw error;
	}

	await readBackPack(written!, options, (content, _segment, number) => digestContent(content) === digests[number]);
	return written!;
}
