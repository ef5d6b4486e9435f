import test from 'ava';
import {BlobHasher} from '../../../source/engine/repository/blob-id.ts';
import {BlobIndex} from '../../../source/engine/repository/blob-index.ts';
import {BlobWriter} from '../../../source/engine/repository/blob-writer.ts';
import {PackWriter} from '../../../source/engine/repository/pack-writer.ts';
import {segmentsPerCheck, WriteCheck} from '../../../source/engine/repository/write-check.ts';
import {createMemoryStorage} from '../../../source/engine/storage/memory.ts';
import {isCofferError} from '../../../source/engine/errors.ts';
import type {Runtime} from '../../../source/engine/runtime.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const segments = segmentsPerCheck * 3;
/** Large enough to be a segment of its own, random, and so stored as it is. */
const blobBytes = 70_000;

/** Store blobs, and flip a bit of one between its hashing and its encryption. @returns Whether that was noticed. */
async function isNoticed(damaged: number, kind: 'data' | 'tree', isComplete: boolean): Promise<boolean> {
	const base = createTestRuntime({seed: `write check ${damaged}`});
	let current: Buffer = Buffer.alloc(0);
	let sealed = -1;
	let isArmed = true;
	const runtime: Runtime = {
		...base,
		randomBytes(byteCount) {
			// The IV is drawn after the hashing and right before the encryption.
			if (byteCount === 16 && sealed === damaged && isArmed) {
				isArmed = false;
				current[blobBytes >> 1]! ^= 1;
			}

			return base.randomBytes(byteCount);
		},
	};
	const hasher = new BlobHasher(Buffer.alloc(32, 1));
	const storage = createMemoryStorage();
	const packs = new PackWriter({
		storage, runtime, kind, dataKey: {id: '00'.repeat(16) as never, key: Buffer.alloc(32, 2), sealed: Buffer.alloc(0)}, check: new WriteCheck(hasher, kind, {isComplete}), onPack() {
			// Nobody needs to know.
		},
	});
	const index = new BlobIndex();
	index.grow(segments);
	const writer = new BlobWriter(hasher, index, packs, {ownSegmentBytes: blobBytes});
	try {
		for (let number = 0; number < segments; number++) {
			current = base.randomBytes(blobBytes);
			sealed = number;
			writer.store(current);
		}

		await writer.finish();
		return false;
	} catch (error) {
		await writer.discard();
		if (isCofferError(error, 'memory-corrupted')) {
			return true;
		}

		throw error;
	}
}

async function findNoticed(kind: 'data' | 'tree', isComplete: boolean): Promise<number[]> {
	const noticed: number[] = [];
	for (let damaged = 0; damaged < segments; damaged++) {
		if (await isNoticed(damaged, kind, isComplete)) {
			noticed.push(damaged);
		}
	}

	return noticed;
}

const all = Array.from({length: segments}, (_, index) => index);

test('fault 14: every segment of trees is checked, and of file contents when asked for', async t => {
	t.deepEqual(await findNoticed('tree', false), all);
	t.deepEqual(await findNoticed('data', true), all);
	t.log(`${segments} of ${segments} flipped bits noticed, for trees and for file contents`);
});

test(`fault 14: else the first segment of file contents and one in every ${segmentsPerCheck}`, async t => {
	const noticed = await findNoticed('data', false);
	t.deepEqual(noticed, all.filter(number => number % segmentsPerCheck === 0));
	t.log(`${noticed.length} of ${segments} flipped bits noticed`);
});
