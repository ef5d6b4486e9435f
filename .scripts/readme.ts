// Writes the tables of the README and of other documents anew from the code that they describe.
import {readFileSync, writeFileSync} from 'node:fs';
import {documentTables, replaceTable} from './readme-tables.ts';

for (const [file, tables] of Object.entries(documentTables)) {
	let text = readFileSync(file, 'utf8');
	for (const [heading, rows] of Object.entries(tables)) {
		text = replaceTable(text, heading, rows);
	}

	writeFileSync(file, text);
}
