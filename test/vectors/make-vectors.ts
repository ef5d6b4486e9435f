// Writes the vectors of format 0 anew: node test/vectors/make-vectors.ts
// Only while the format number is 0, and only when the format was meant to change: a difference in these files is a difference in every repository.
import {mkdirSync, writeFileSync} from 'node:fs';
import {createFormatVectors} from '../helpers/format-vectors.ts';

const folder = new URL('format-0/', import.meta.url);
mkdirSync(folder, {recursive: true});
for (const [name, {vector}] of await createFormatVectors()) {
	writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(vector, undefined, '\t')}\n`);
}
