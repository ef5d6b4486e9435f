// Writes the README's tables anew from the code that they describe.
import {readFileSync, writeFileSync} from 'node:fs';
import {readmeTables, replaceTable} from './readme-tables.ts';

let readme = readFileSync('README.md', 'utf8');
for (const [heading, rows] of Object.entries(readmeTables)) {
	readme = replaceTable(readme, heading, rows);
}

writeFileSync('README.md', readme);
