import test from 'ava';
import {Engine} from '../../../source/engine/engine.ts';
import {assertThreads, countThreads} from '../../../source/engine/operations/thread-count.ts';
import {createFolder} from '../../helpers/source-folder.ts';

test('as many threads as processors, at most 8, unless a number is asked for', t => {
	const by = (processorCount: number, asked?: number): number => countThreads(asked, {processorCount});
	t.deepEqual([by(1), by(2), by(8), by(9), by(64)], [1, 2, 8, 8, 8]);
	t.deepEqual([by(1, 4), by(2, 1), by(64, 32)], [4, 1, 32]);
});

test('what is no number from 1 to 32 is a mistake of the program', async t => {
	for (const threads of [undefined, 1, 8, 32]) {
		t.notThrows(() => {
			assertThreads(threads);
		});
	}

	for (const threads of [0, -1, 33, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
		t.throws(() => {
			assertThreads(threads);
		}, {instanceOf: RangeError, message: /from 1 to 32/});
	}

	const folder = createFolder(t);
	await t.throwsAsync(Engine.create({repositoryUrl: `${folder}/repository`, stateFolder: `${folder}/state`, label: 'test', secret: () => ({}), threads: 0}), {instanceOf: RangeError});
});
