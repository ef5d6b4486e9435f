import test from 'ava';
import fc from 'fast-check';
import {assertDataShare, choosePacks, type SizedPack} from '../../../../source/engine/operations/verify/choose-packs.ts';
import type {PackId} from '../../../../source/engine/ids.ts';
import {createByteStream, createTestRuntime} from '../../../helpers/test-runtime.ts';

const minuteMs = 60_000;

function createPacks(count: number): SizedPack[] {
	const stream = createByteStream('packs to choose from');
	return Array.from({length: count}, () => ({id: stream(32).toString('hex') as PackId, sizeBytes: 1_000_000 + (stream(4).readUInt32LE() % 32_000_000)}));
}

const sumBytes = (packs: readonly SizedPack[]): number => packs.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0);

test('all packs, or about the share that was asked for', t => {
	const packs = createPacks(400);
	const total = sumBytes(packs);
	t.deepEqual(choosePacks(packs, 'all', createTestRuntime()), packs);
	t.deepEqual(choosePacks(packs, {fraction: 1}, createTestRuntime()), packs);
	t.deepEqual(choosePacks(packs, {bytes: total * 2}, createTestRuntime()).length, packs.length);
	t.deepEqual(choosePacks([], {fraction: 0.5}, createTestRuntime()), []);
	fc.assert(fc.property(fc.integer({min: 1, max: 999}), fc.string(), (thousandths, seed) => {
		const chosen = choosePacks(packs, {fraction: thousandths / 1000}, createTestRuntime({seed}));
		const surplus = sumBytes(chosen) - total * thousandths / 1000;
		t.true(surplus >= 0 && surplus < 33_000_000);
		t.is(new Set(chosen).size, chosen.length);
	}));
});

test('the parts of any number are all packs, each once, and always the same', t => {
	const packs = createPacks(400);
	for (const parts of [1, 2, 3, 30, 1000]) {
		const choose = (part: number, seed: string) => choosePacks(packs, {part, parts}, createTestRuntime({seed}));
		const chosen = Array.from({length: parts}, (_, index) => choose(index + 1, 'one'));
		t.deepEqual(chosen.flat().map(({id}) => id).toSorted(), packs.map(({id}) => id).toSorted());
		t.deepEqual(choose(1, 'another'), chosen[0]!);
		t.true(parts > 30 || chosen.every(({length}) => length > 400 / parts / 4), `${parts}`);
	}
});

test('a share that is none is refused', t => {
	for (const share of [
		{fraction: 0}, {fraction: 1.1}, {fraction: Number.NaN}, {fraction: -1}, {bytes: 0}, {bytes: -5}, {bytes: Number.POSITIVE_INFINITY},
		{part: 0, parts: 3}, {part: 4, parts: 3}, {part: 1.5, parts: 3},
	]) {
		t.throws(() => {
			assertDataShare(share);
		}, {instanceOf: RangeError});
	}

	for (const share of [undefined, 'all', {fraction: 0.05}, {fraction: 1}, {bytes: 1}, {part: 3, parts: 3}] as const) {
		t.notThrows(() => {
			assertDataShare(share);
		});
	}
});

test('repeated runs with a share soon have read everything, at whatever intervals', t => {
	const packs = createPacks(500);
	for (const [name, intervalMinutes] of [['hour', 60], ['6 hours', 360], ['12 hours', 720], ['day', 1440], ['2 days', 2880], ['week', 10_080], ['2 weeks', 20_160], ['30 days', 43_200]] as const) {
		const runtime = createTestRuntime({seed: name});
		const seen = new Set<SizedPack>();
		let runs = 0;
		while (seen.size < packs.length && runs < 1000) {
			for (const pack of choosePacks(packs, {fraction: 0.05}, runtime)) {
				seen.add(pack);
			}

			runtime.forward(intervalMinutes * minuteMs);
			runs++;
		}

		t.log(`5 % every ${name}: all read after ${runs} runs; 20 is the least possible, and choosing blindly takes over 100`);
		t.true(runs <= 80, `${name}: ${runs}`);
	}
});
