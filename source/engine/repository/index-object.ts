import type {Buffer} from 'node:buffer';
import type {DataKeyId, PackId} from '../ids.ts';
import {CofferError} from '../errors.ts';
import type {JsonValue} from './canonical-json.ts';
import {Fields} from './fields.ts';
import {maximumPackBytes, segmentFromJson, segmentToJson, type BlobKind, type PackDescription} from './segment-table.ts';

/*
index/<sha256 of the object>: a metadata object of type 5. Body:

	{"dataKeys": [{"id", "sealed": base64}], "packs": [{"created": time, "dataKey": id, "id", "kind": "data" | "tree", "segments": […], "sizeBytes"}]}
*/

export type IndexContent = {
	readonly packs: readonly PackDescription[];
	/** The sealed data key of every pack named. */
	readonly dataKeys: ReadonlyArray<{readonly id: DataKeyId; readonly sealed: Buffer}>;
};

/** Index objects are cut after this many blobs, so that none grows beyond bounds. */
export const maximumBlobsPerIndex = 100_000;

export function encodeIndex({packs, dataKeys}: IndexContent): JsonValue {
	return {
		dataKeys: dataKeys.map(({id, sealed}) => ({id, sealed: sealed.toString('base64')})),
		packs: packs.map(pack => ({
			created: pack.createdMs > 0 ? new Date(pack.createdMs).toISOString() : undefined,
			dataKey: pack.dataKeyId,
			id: pack.id,
			kind: pack.kind,
			segments: pack.segments.map(segment => segmentToJson(segment)),
			sizeBytes: pack.sizeBytes,
		})),
	};
}

/** @throws `damaged` */
export function decodeIndex(body: JsonValue, name: string): IndexContent {
	const fields = new Fields(body, name);
	const dataKeys = fields.objects('dataKeys').map(key => {
		const value = {id: key.id<DataKeyId>('id', 16), sealed: key.bytes('sealed')};
		key.end();
		return value;
	});
	const packs = fields.objects('packs').map(pack => {
		const value = {
			id: pack.id<PackId>('id', 32),
			sizeBytes: pack.integer('sizeBytes', maximumPackBytes),
			dataKeyId: pack.id<DataKeyId>('dataKey', 16),
			kind: pack.choice<BlobKind>('kind', ['data', 'tree']),
			createdMs: pack.has('created') ? Date.parse(pack.time('created')) : 0,
			segments: pack.objects('segments').map(segment => segmentFromJson(segment, name)),
		};
		pack.end();
		return value;
	});
	fields.end();
	const known = new Set(dataKeys.map(key => key.id));
	if (packs.some(pack => !known.has(pack.dataKeyId))) {
		throw new CofferError('damaged', `${name} names a pack without its data key: it was damaged.`);
	}

	return {packs, dataKeys};
}
