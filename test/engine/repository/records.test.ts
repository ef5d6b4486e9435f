import test from 'ava';
import fc from 'fast-check';
import {toId, type BlobId, type DataKeyId, type PackId, type SnapshotId, type WriterId} from '../../../source/engine/ids.ts';
import {toCanonicalJson, type JsonValue} from '../../../source/engine/repository/canonical-json.ts';
import {decodeIndex, encodeIndex} from '../../../source/engine/repository/index-object.ts';
import {decodePruningMark, encodePruningMark} from '../../../source/engine/repository/pruning-mark.ts';
import {decodeSnapshot, encodeSnapshot, snapshotIdOfName, snapshotName} from '../../../source/engine/repository/snapshot.ts';
import {decodeTombstone, encodeTombstone, tombstoneName} from '../../../source/engine/repository/tombstone.ts';
import {decodeWriterRecord, encodeWriterRecord, isWriterStale, writerExpiryMs, writerName} from '../../../source/engine/repository/writer-record.ts';
import {refuses, didSurvive} from '../../helpers/error-assertions.ts';
import {mutationsOf} from '../../helpers/mutations.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';
import {createTestSnapshot} from '../../helpers/test-snapshots.ts';

const hex = (digits: string, byteCount: number): string => digits.repeat(byteCount);
const roundTrip = (value: JsonValue): JsonValue => JSON.parse(toCanonicalJson(value)) as JsonValue;

const snapshot = createTestSnapshot();
const tombstone = {id: toId<SnapshotId>(hex('0a', 16), 16), sha256: hex('0b', 32), forgotten: '2026-11-21T18:46:00.000Z', host: 'h', user: 'u', reason: 'policy'};
const runtime = createTestRuntime();
const record = {id: toId<WriterId>(hex('0c', 16), 16), heartbeat: new Date(runtime.now()).toISOString(), process: runtime.identity, dataKeyId: toId<DataKeyId>(hex('0b', 16), 16)};
const index = {
	dataKeys: [{id: toId<DataKeyId>(hex('0d', 16), 16), sealed: Buffer.from('sealed')}],
	packs: [{
		id: toId<PackId>(hex('0e', 32), 32), sizeBytes: 1000, dataKeyId: toId<DataKeyId>(hex('0d', 16), 16), kind: 'data' as const, createdMs: 1_700_000_000_123,
		segments: [
			{offset: 80, sealedBytes: 64, compression: 'zstd' as const, ids: Buffer.alloc(64, 1), lengths: [3, 0]},
			{offset: 144, sealedBytes: 80, compression: 'zstd' as const, ids: Buffer.alloc(32, 2), lengths: [100_000], delta: {bases: [toId<BlobId>(hex('0f', 32), 32)], depth: 1}, sketch: Buffer.alloc(16, 3)},
		],
	}],
};

const codecs: Record<string, {name: string; encoded: JsonValue; decoded: unknown; decode: (body: JsonValue, name: string) => unknown}> = {
	snapshot: {name: snapshotName(snapshot), encoded: encodeSnapshot(snapshot), decoded: snapshot, decode: decodeSnapshot},
	tombstone: {name: tombstoneName(tombstone.id), encoded: encodeTombstone(tombstone), decoded: tombstone, decode: decodeTombstone},
	'writer record': {name: writerName(record.id), encoded: encodeWriterRecord(record), decoded: record, decode: decodeWriterRecord},
	'pruning mark': {name: 'pruning/x', encoded: encodePruningMark({packs: [index.packs[0]!.id]}), decoded: {packs: [index.packs[0]!.id]}, decode: decodePruningMark},
	'pruning mark that waits': {name: 'pruning/x', encoded: encodePruningMark({packs: [index.packs[0]!.id], writers: ['ab'.repeat(16) as WriterId]}), decoded: {packs: [index.packs[0]!.id], writers: ['ab'.repeat(16)]}, decode: decodePruningMark},
	index: {name: 'index/x', encoded: encodeIndex(index), decoded: index, decode: decodeIndex},
};

for (const [about, {name, encoded, decoded, decode}] of Object.entries(codecs)) {
	test(`${about}: comes back`, t => {
		t.deepEqual(decode(roundTrip(encoded), name), decoded);
	});

	test(`${about}: each member missing or of another kind is refused`, t => {
		const body = roundTrip(encoded) as Record<string, JsonValue>;
		for (const key of Object.keys(body)) {
			const {[key]: _removed, ...rest} = body;
			if (key !== 'previous' && key !== 'writers') {
				refuses(t, () => decode(rest, name), 'damaged', new RegExp(name));
			}

			for (const value of [null, -1, 2 ** 53, {}, [[]], true, 'x'.repeat(70_000)]) {
				refuses(t, () => decode({...body, [key]: value}, name), 'damaged');
			}
		}

		for (const value of [null, 1, 'x', [], {}]) {
			refuses(t, () => decode(value, name), 'damaged');
		}
	});

	test(`${about}: survives random damage`, t => {
		for (const mutation of mutationsOf(Buffer.from(toCanonicalJson(encoded)), 2000, about)) {
			didSurvive(t, () => {
				let body: JsonValue = null;
				try {
					body = JSON.parse(mutation.toString()) as JsonValue;
				} catch {}

				decode(body, name);
			}, mutation.toString());
		}
	});

	test(`${about}: survives any JSON`, t => {
		fc.assert(fc.property(fc.jsonValue({maxDepth: 4}), value => {
			didSurvive(t, () => decode(value, name), JSON.stringify(value));
		}));
	});
}

test('a record under another name was renamed or swapped', t => {
	refuses(t, () => decodeSnapshot(roundTrip(encodeSnapshot(snapshot)), snapshotName({...snapshot, time: '2026-11-21T18:46:00.001Z'})), 'damaged', /renamed or swapped/);
	refuses(t, () => decodeSnapshot(roundTrip(encodeSnapshot(snapshot)), snapshotName({...snapshot, id: tombstone.id})), 'damaged', /renamed or swapped/);
	refuses(t, () => decodeTombstone(roundTrip(encodeTombstone(tombstone)), tombstoneName(snapshot.id)), 'damaged', /renamed or swapped/);
	refuses(t, () => decodeWriterRecord(roundTrip(encodeWriterRecord(record)), writerName(toId<WriterId>(hex('ff', 16), 16))), 'damaged', /renamed or swapped/);
});

test('names of snapshots hold time and id', t => {
	t.is(snapshotName(snapshot), `snapshots/20261121T184600.000Z-${snapshot.id}`);
	t.is(snapshotIdOfName(snapshotName(snapshot)), snapshot.id);
	for (const name of ['snapshots/x', `snapshots/20261121T184600Z-${snapshot.id}`, `snapshots/20261121T184600.000Z-${snapshot.id}0`, `index/20261121T184600.000Z-${snapshot.id}`]) {
		t.is(snapshotIdOfName(name), undefined);
	}
});

test('a snapshot with members of a later version is read', t => {
	t.deepEqual(decodeSnapshot(roundTrip({...encodeSnapshot(snapshot) as Record<string, JsonValue>, later: {x: 1}}), snapshotName(snapshot)), snapshot);
});

test('a snapshot with a predecessor', t => {
	const previous = {id: tombstone.id, sha256: tombstone.sha256};
	t.deepEqual(decodeSnapshot(roundTrip(encodeSnapshot({...snapshot, previous})), snapshotName(snapshot)), {...snapshot, previous});
});

test('a pack without its data key is refused', t => {
	refuses(t, () => decodeIndex(roundTrip(encodeIndex({...index, dataKeys: []})), 'index/x'), 'damaged', /data key/);
});

test('a writer is stale when its process is dead, or after a day of silence', t => {
	const clock = createTestRuntime();
	t.false(isWriterStale(record, clock));
	clock.forward(writerExpiryMs);
	t.false(isWriterStale(record, clock));
	clock.forward(1);
	t.true(isWriterStale(record, clock));
	const other = createTestRuntime();
	other.kill(record.process);
	t.true(isWriterStale(record, other));
});
