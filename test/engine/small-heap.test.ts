import {spawnSync} from 'node:child_process';
import process from 'node:process';
import test from 'ava';

const module = new URL('../../source/engine/small-heap.ts', import.meta.url).href;

/** How large the heap gets, in MB, over a queue of things that live for a while, as files that wait to be stored do. */
function heapAfter(files: number): number {
	const script = `
		import {getHeapStatistics} from 'node:v8';
		import {keepHeapSmall} from '${module}';
		keepHeapSmall({event: 'progress', phase: 'reading', files: ${files}, bytes: 0, rate: 0});
		const queue = [];
		let most = 0;
		for (let number = 0; number < 3_000_000; number++) {
			queue[number % 30_000] = {path: '/folder/file-' + number, list: [number, number + 0.5]};
			if (number % 10_000 === 0) {
				most = Math.max(most, getHeapStatistics().total_heap_size);
			}
		}
		console.log(Math.round(most / 1e6));
	`;
	const {stdout, stderr} = spawnSync(process.execPath, ['--no-warnings', '--input-type=module-typescript', '-e', script], {encoding: 'utf8'});
	if (stderr !== '') {
		throw new Error(stderr);
	}

	return Number(stdout);
}

test('with very many files the heap stays near what is alive', t => {
	const few = heapAfter(100);
	// On a busy machine the collector may come late once.
	const many = Math.min(...Array.from({length: 3}, () => heapAfter(1_000_000)));
	t.log(`${many} MB, else ${few} MB`);
	t.true(many < few * 0.7);
});
