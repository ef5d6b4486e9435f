import {Buffer} from 'node:buffer';
import {deflateRawSync, gzipSync} from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import {ContentExaminer, entropyOf, looksOpaque, randomEntropy} from '../../../../source/engine/operations/backup/content-look.ts';
import {ThinnedSample} from '../../../../source/engine/operations/backup/thinned-sample.ts';
import {evenBytes, floatBytes, plainText} from '../../../helpers/mixed-tree.ts';

test('entropy in bits a byte', t => {
	t.is(entropyOf(Buffer.alloc(1000, 7)), 0);
	t.is(entropyOf(Buffer.from([0, 1, 2, 3])), 2);
	t.is(entropyOf(Buffer.from(Array.from({length: 1024}, (_, index) => index % 256))), 8);
});

test('what random bytes have on average is foretold, whatever their number', t => {
	const errors: string[] = [];
	for (const count of [64, 100, 256, 1000, 4096, 8192]) {
		const values = Array.from({length: 50}, (_, index) => entropyOf(evenBytes(`${count}-${index}`, count)));
		const mean = values.reduce((a, b) => a + b) / values.length;
		t.true(Math.abs(mean - randomEntropy(count)) < 0.05, `${count}: ${mean}, foretold ${randomEntropy(count)}`);
		errors.push(`${count} ${(mean - randomEntropy(count)).toFixed(4)}`);
	}

	t.log(errors.join(', '));
});

test('encrypted contents look so, others do not: counts', t => {
	const rates = (sizes: readonly number[], make: (seed: string, size: number) => Buffer) => sizes.map(size => Array.from({length: 200}, (_, index) => looksOpaque(make(`${size}-${index}`, size))).filter(Boolean).length);
	const sizes = [64, 100, 200, 500, 1000, 5000, 20_000];
	const encrypted = rates(sizes, evenBytes);
	const text = rates(sizes, plainText);
	const base64 = rates(sizes, (seed, size) => Buffer.from(evenBytes(seed, size).toString('base64').slice(0, size)));
	const numbers = rates(sizes, (seed, size) => floatBytes(evenBytes(seed, Math.ceil(size / 8))));
	t.log(`of 200 each, of ${sizes.join(', ')} bytes: encrypted ${encrypted.join(', ')}; text ${text.join(', ')}; base64 ${base64.join(', ')}; numbers ${numbers.join(', ')}`);
	t.true(encrypted.every(count => count >= 195));
	t.deepEqual([...text, ...base64, ...numbers].filter(count => count > 0), []);
});

test('compressed contents are known by what they begin with; sealed ones, too', t => {
	const even = evenBytes('x', 20_000);
	t.false(looksOpaque(gzipSync(even)));
	t.false(looksOpaque(Buffer.concat([Buffer.from('PK\u0003\u0004'), deflateRawSync(even)])));
	t.false(looksOpaque(Buffer.concat([Buffer.from('0000ftypisom'), even])));
	t.true(looksOpaque(deflateRawSync(even)), 'nothing tells it from an encrypted one');
	t.true(looksOpaque(Buffer.from(`-----BEGIN PGP MESSAGE-----\n${'QUJD'.repeat(100)}`)));
	t.true(looksOpaque(Buffer.concat([Buffer.from('Salted__'), Buffer.alloc(100)])));
});

test('the beginning and the middle are looked at; too little is not', t => {
	const half = Buffer.concat([plainText('x', 40_000), evenBytes('x', 40_000)]);
	t.true(looksOpaque(half));
	t.false(looksOpaque(Buffer.concat([plainText('x', 60_000), evenBytes('x', 20_000)])));
	t.true(looksOpaque(Buffer.concat([evenBytes('x', 5000), plainText('x', 60_000)])));
	t.is(looksOpaque(evenBytes('x', 63)), undefined);
	t.is(looksOpaque(Buffer.alloc(0)), undefined);
});

test('where a content is cut makes no difference to its beginning', t => {
	const examiner = new ContentExaminer();
	fc.assert(fc.property(fc.integer({min: 8192, max: 30_000}), fc.boolean(), (cut, isEncrypted) => {
		const content = (isEncrypted ? evenBytes : plainText)('y', 60_000);
		examiner.begin(content.byteLength);
		examiner.pass(content.subarray(0, cut));
		examiner.pass(content.subarray(cut));
		t.is(examiner.isOpaque, isEncrypted);
	}));
});

test('a sample is spread over all that is offered', t => {
	fc.assert(fc.property(fc.integer({min: 0, max: 5000}), fc.integer({min: 2, max: 64}).map(half => half * 2), (count, maximum) => {
		const sample = new ThinnedSample<number>(maximum);
		for (let number = 0; number < count; number++) {
			sample.offer(() => number);
		}

		const {items} = sample;
		t.true(items.length <= maximum && items.length >= Math.min(count, maximum / 2));
		const steps = new Set(items.slice(1).map((item, index) => item - items[index]!));
		t.true(steps.size <= 1, `${count} in ${maximum}: ${items.join(' ')}`);
	}));
});
