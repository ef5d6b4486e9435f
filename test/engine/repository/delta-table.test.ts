import test from 'ava';
import fc from 'fast-check';
import type {BlobId} from '../../../source/engine/ids.ts';
import {DeltaTable, maximumBases, maximumDepth, type Delta} from '../../../source/engine/repository/delta-table.ts';
import {lookUpInThread} from '../../helpers/look-up.ts';
import {createByteStream} from '../../helpers/test-runtime.ts';

const anyId = fc.uint8Array({minLength: 32, maxLength: 32}).map(bytes => Buffer.from(bytes).toString('hex') as BlobId);
const anyDelta = fc.record<Delta>({bases: fc.array(anyId, {minLength: 1, maxLength: maximumBases}), depth: fc.integer({min: 1, max: maximumDepth})});

/** Each with a number of bases that makes it fit badly into a block. */
function createDeltas(count: number): Delta[] {
	const stream = createByteStream('deltas');
	return Array.from({length: count}, (_, index) => ({depth: index % maximumDepth + 1, bases: Array.from({length: index % maximumBases + 1}, () => stream(32).toString('hex') as BlobId)}));
}

test('what was added comes back under its number, which is never 0', t => {
	fc.assert(fc.property(fc.array(anyDelta, {maxLength: 60}), deltas => {
		const table = new DeltaTable();
		const numbers = deltas.map(delta => table.add(delta));
		t.is(new Set(numbers).size, deltas.length);
		for (const [index, number] of numbers.entries()) {
			t.true(number > 0 && number < 2 ** 32);
			t.deepEqual(table.get(number), deltas[index]);
		}
	}));
});

test('many, through several blocks, here and in another thread', async t => {
	const deltas = createDeltas(5000);
	const table = new DeltaTable();
	const numbers = deltas.map(delta => table.add(delta));
	t.true(table.memory.length >= 5);
	t.deepEqual(numbers.map(number => table.get(number)), deltas);
	t.deepEqual(await lookUpInThread({kind: 'deltas', memory: table.memory, numbers}), deltas);
	t.log(`${deltas.length} deltas in ${table.memory.length} blocks`);
});

test('what is added to a table made from memory leaves alone what was there', t => {
	const [first, second] = createDeltas(2) as [Delta, Delta];
	const table = new DeltaTable();
	const number = table.add(first);
	const other = new DeltaTable(table.memory);
	t.deepEqual(other.get(other.add(second)), second);
	t.deepEqual(other.get(number), first);
	t.deepEqual(table.get(table.add(second)), second);
	t.deepEqual(table.get(number), first);
});
