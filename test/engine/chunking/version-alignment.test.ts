import test from 'ava';
import fc from 'fast-check';
import {VersionAlignment, type VersionChunk} from '../../../source/engine/chunking/version-alignment.ts';

const tolerance = 100;
/** More than twice the tolerance, so that the nearest cut point is the right one. */
const smallest = 2 * tolerance + 1;
const anyLength = fc.integer({min: smallest, max: 4 * smallest});
const lengthsOf = (chunks: ReadonlyArray<VersionChunk<string>>) => chunks.map(({length}) => length);

const anyVersion = fc.array(anyLength, {minLength: 5, maxLength: 40, size: 'max'}).map(lengths => lengths.map((length, index) => ({id: `chunk ${index}`, length})));

/** A chunk of the next version. */
type NextChunk = VersionChunk<string> & {
	/** Number of the chunk that it was made of, if it was. */
	readonly from?: number;
};

const follow = (chunks: ReadonlyArray<VersionChunk<string>>, next: readonly NextChunk[], look: (chunk: NextChunk, found: readonly string[], index: number) => void): void => {
	const alignment = new VersionAlignment(chunks, tolerance);
	let start = 0;
	for (const [index, chunk] of next.entries()) {
		look(chunk, alignment.at(start, chunk.length), index);
		alignment.anchor(chunk.id, start);
		alignment.passCut(start + chunk.length);
		start += chunk.length;
	}
};

test('of an unchanged version each chunk is found, alone', t => {
	fc.assert(fc.property(anyVersion, chunks => {
		follow(chunks, chunks, ({id}, found) => {
			t.deepEqual(found, [id]);
		});
	}));
});

test('chunks that changed inside, and grew or shrank by no more than the tolerance: the right one is always among those given', t => {
	let replaced = 0;
	const anyChange = fc.record({isKept: fc.boolean(), growth: fc.integer({min: -tolerance, max: tolerance})});
	fc.assert(fc.property(anyVersion, fc.array(anyChange, {minLength: 40, maxLength: 40}), (chunks, changes) => {
		const next = chunks.map(({id, length}, from): NextChunk => changes[from]!.isKept ? {id, length, from} : {id: `changed ${from}`, length: length + changes[from]!.growth, from});
		follow(chunks, next, ({from, id}, found) => {
			t.true(found.includes(`chunk ${from}`), `${id}: ${found.join(', ')} of ${lengthsOf(chunks).join(', ')}`);
			t.true(found.length <= 4);
			replaced += Number(id.startsWith('changed'));
		});
	}));
	t.true(replaced > 300);
	t.log(`${replaced} changed chunks, the right one found for each`);
});

test('whatever was inserted or removed: after a chunk that both versions have, the right one is found again', t => {
	let found = 0;
	const anyEdit = fc.oneof(
		fc.record({kind: fc.constant('keep' as const)}),
		fc.record({kind: fc.constant('change' as const), growth: fc.integer({min: -tolerance, max: tolerance})}),
		fc.record({kind: fc.constant('remove' as const)}),
		fc.record({kind: fc.constant('insert' as const), lengths: fc.array(fc.integer({min: 1, max: 5000}), {minLength: 1, maxLength: 3})}),
	);
	fc.assert(fc.property(anyVersion, fc.array(anyEdit, {minLength: 40, maxLength: 40}), (chunks, edits) => {
		const next = chunks.flatMap(({id, length}, from): NextChunk[] => {
			const edit = edits[from]!;
			switch (edit.kind) {
				case 'keep': {
					return [{id, length, from}];
				}

				case 'change': {
					return [{id: `changed ${from}`, length: length + edit.growth, from}];
				}

				case 'remove': {
					return [];
				}

				default: {
					return [...edit.lengths.map((size, index) => ({id: `new ${from}.${index}`, length: size})), {id, length, from}];
				}
			}
		});
		follow(chunks, next, ({from}, ids, index) => {
			const before = next[index - 1];
			// Both must be where they were, one right after the other.
			if (from !== undefined && before?.from === from - 1 && before.id === `chunk ${from - 1}`) {
				t.true(ids.includes(`chunk ${from}`));
				found++;
			}
		});
	}));
	t.true(found > 50);
	t.log(`${found} chunks found after one that was kept`);
});

test('a shift from the front on is followed: by a chunk that is known, or by telling it what the first one is like', t => {
	const chunks = Array.from({length: 5}, (_, index) => ({id: String(index), length: 1000}));
	const lost = new VersionAlignment(chunks, tolerance);
	t.deepEqual(lost.at(2500, 1000), ['2', '3']);
	lost.anchor('0', 1500);
	t.deepEqual(lost.at(2500, 1000), ['1']);
	t.deepEqual(lost.at(1500, 1000), ['0']);
	t.deepEqual(lost.at(0, 1000), [], 'before the beginning there was nothing');
	t.deepEqual(lost.at(6500, 1000), [], 'nor behind the end');
});

test('a cut within the tolerance corrects the shift, one outside does not', t => {
	const chunks = Array.from({length: 5}, (_, index) => ({id: String(index), length: 1000}));
	const alignment = new VersionAlignment(chunks, tolerance);
	alignment.passCut(1000 + tolerance);
	t.deepEqual(alignment.at(1000 + tolerance, 1000), ['1']);
	const other = new VersionAlignment(chunks, tolerance);
	other.passCut(1000 + tolerance + 1);
	t.deepEqual(other.at(1000 + tolerance + 1, 1000), ['1', '2']);
	alignment.passCut(6000);
	t.deepEqual(alignment.at(1000 + tolerance, 1000), ['1'], 'far behind the end there is no cut');
});

test('what covers less than a thirty-second part of the new chunk is left out', t => {
	const alignment = new VersionAlignment([{id: 'a', length: 1000}, {id: 'sliver', length: 30}, {id: 'b', length: 1000}], tolerance);
	t.deepEqual(alignment.at(0, 1030), ['a']);
	t.deepEqual(alignment.at(0, 960), ['a']);
	t.deepEqual(alignment.at(1005, 1000), ['b']);
	t.deepEqual(alignment.at(1000, 900), ['sliver', 'b']);
});

test('a chunk that stands there several times tells nothing about the shift, and is found where it stands', t => {
	const chunks = ['a', 'zeros', 'b', 'zeros', 'zeros', 'c'].map(id => ({id, length: 1000}));
	const alignment = new VersionAlignment(chunks, tolerance);
	t.deepEqual(alignment.from('zeros', 1), []);
	alignment.anchor('zeros', 0);
	t.deepEqual(alignment.at(0, 1000), ['a']);
	t.deepEqual(alignment.at(3000, 1000), ['zeros']);
	alignment.anchor('c', 0);
	t.deepEqual(alignment.at(-2000, 2000), ['zeros', 'zeros']);
	alignment.anchor('unknown', 0);
	t.deepEqual(alignment.at(0, 1000), ['c']);
	t.deepEqual(alignment.from('unknown', 1), []);
});

test('an empty version has nothing to give, wherever one asks', t => {
	fc.assert(fc.property(fc.array(fc.nat(10_000), {maxLength: 20}), lengths => {
		follow([], lengths.map((length, index) => ({id: String(index), length})), (_chunk, found) => {
			t.deepEqual(found, []);
		});
	}));
});

test('whatever it is told, it gives neighbours in their order, and never fails', t => {
	const anyCall = fc.record({kind: fc.constantFrom('at', 'anchor', 'cut'), position: fc.nat(20_000), length: fc.integer({min: 1, max: 5000}), id: fc.nat(45).map(index => `chunk ${index}`)});
	fc.assert(fc.property(anyVersion, fc.array(anyCall, {maxLength: 50}), (chunks, calls) => {
		const alignment = new VersionAlignment(chunks, tolerance);
		for (const {kind, position, length, id} of calls) {
			if (kind === 'anchor') {
				alignment.anchor(id, position);
			} else if (kind === 'cut') {
				alignment.passCut(position);
			} else {
				const found = alignment.at(position, length);
				const first = chunks.findIndex(chunk => chunk.id === found[0]);
				t.deepEqual(found, chunks.slice(Math.max(first, 0), Math.max(first, 0) + found.length).map(chunk => chunk.id));
			}
		}
	}));
});
