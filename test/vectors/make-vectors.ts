// Writes the vectors of format 1: made once, when it was frozen: node test/vectors/make-vectors.ts
// They must never change: a difference in these files is a difference in every repository. Only a vector that is new may be added.
import {mkdirSync, writeFileSync} from 'node:fs';
import {createFormatVectors} from '../helpers/format-vectors.ts';

const folder = new URL('format-1/', import.meta.url);
mkdirSync(folder, {recursive: true});
for (const [name, {vector}] of await createFormatVectors()) {
	writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(vector, undefined, '\t')}\n`);
}
