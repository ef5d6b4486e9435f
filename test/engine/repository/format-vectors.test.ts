import {readdirSync, readFileSync} from 'node:fs';
import test from 'ava';
import {createFormatVectors, type FormatVector} from '../../helpers/format-vectors.ts';

const folder = new URL('../../vectors/format-1/', import.meta.url);
const cases = await createFormatVectors();
const load = (name: string): FormatVector => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as FormatVector;

test('there is a file for each vector, and no other', t => {
	t.deepEqual(readdirSync(folder).sort(), [...cases.keys()].map(name => `${name}.json`).sort());
});

for (const [name, {vector, open, errorOf}] of cases) {
	test(`${name}: the stored bytes open`, async t => {
		const stored = load(name);
		t.is(await open(Buffer.from(stored.bytes, 'hex')), stored.content);
		t.deepEqual(vector.keys, stored.keys);
		t.is(vector.content, stored.content);
	});

	test(`${name}: the program still makes the same bytes`, t => {
		const stored = load(name);
		if (vector.zstd === stored.zstd) {
			t.deepEqual(vector, stored);
		} else {
			// Another zstd library may pack otherwise: only what is around its frames must stay.
			t.is(vector.bytes.slice(0, 160), stored.bytes.slice(0, 160));
		}
	});

	test(`${name}: each stored variant fails as it did`, async t => {
		for (const {about, bytes, error} of load(name).failures) {
			t.not(error, 'none', about);
			t.is(await errorOf(Buffer.from(bytes, 'hex')), error, about);
		}
	});
}
