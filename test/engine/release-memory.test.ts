import {Buffer} from 'node:buffer';
import test from 'ava';
import {releaseMemory} from '../../source/engine/release-memory.ts';

test('a large buffer is empty afterwards, with all views of its memory; once more does no harm', t => {
	const buffer = Buffer.alloc(1_000_000, 7);
	const view = buffer.subarray(10, 20);
	releaseMemory(view);
	t.is(buffer.byteLength, 0);
	t.is(view.byteLength, 0);
	t.notThrows(() => {
		releaseMemory(buffer);
	});
});

test('small buffers, which may share memory with others, and memory shared between threads are left alone', t => {
	const pooled = Buffer.from('from the pool of Node');
	t.is(pooled.buffer.byteLength, Buffer.poolSize);
	const shared = new Uint8Array(new SharedArrayBuffer(1_000_000));
	const small = Buffer.alloc(8000, 1);
	for (const buffer of [pooled, shared, small]) {
		const {byteLength} = buffer;
		releaseMemory(buffer);
		t.is(buffer.byteLength, byteLength);
	}
});
