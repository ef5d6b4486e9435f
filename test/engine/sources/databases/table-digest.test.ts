import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import test from 'ava';
import * as fc from 'fast-check';
import {TableDigest, TableDigests} from '../../../../source/engine/sources/databases/table-digest.ts';

const range = 1n << 128n;

function checksumOf(rows: readonly Uint8Array[]): string {
	const digest = new TableDigest(true);
	for (const row of rows) {
		digest.add(row);
	}

	return digest.checksum!;
}

/** The same by whole numbers of any size. */
function sumOf(rows: readonly Uint8Array[]): string {
	const values = rows.map(row => BigInt(`0x${createHash('sha256').update(row).digest().subarray(0, 16).reverse().toString('hex')}`));
	return (values.reduce((sum, value) => sum + value, 0n) % range).toString(16).padStart(32, '0');
}

test('the checksum is the sum of the hashes modulo 2^128, whatever the order', t => {
	const rows = fc.array(fc.uint8Array({maxLength: 20}), {maxLength: 60});
	fc.assert(fc.property(rows.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, {minLength: all.length}))), ([all, shuffled]) => {
		t.is(checksumOf(all), sumOf(all));
		t.is(checksumOf(shuffled), checksumOf(all));
	}), {numRuns: 100});
});

test('a row more, less, twice or changed, and parts that moved from one row to another, are seen', t => {
	const rows = ['1\tone', '2\ttwo', '3\t'].map(text => Buffer.from(text));
	const others = [rows.slice(1), [...rows, rows[0]!], [rows[0]!, rows[0]!, rows[2]!], ['1\ttwo', '2\tone', '3\t'].map(text => Buffer.from(text)), [...rows, Buffer.alloc(0)]];
	const checksums = new Set([rows, ...others].map(all => checksumOf(all)));
	t.is(checksums.size, 1 + others.length);
});

test('rows are counted without a checksum, too; tables come by name, also those without rows', t => {
	const digests = new TableDigests(false);
	digests.table('public.b').add(Buffer.from('x'));
	digests.table('public.a');
	digests.table('public.b').add(Buffer.from('y'));
	t.deepEqual(digests.all(), [{name: 'public.a', rows: 0}, {name: 'public.b', rows: 2}]);
	const summed = new TableDigests(true);
	summed.table('t');
	t.deepEqual(summed.all(), [{name: 't', rows: 0, checksum: '0'.repeat(32)}]);
});
