import {readFileSync} from 'node:fs';
import test from 'ava';
import {documentTables, replaceTable} from '../.scripts/readme-tables.ts';

const readme = readFileSync('README.md', 'utf8');

for (const [file, tables] of Object.entries(documentTables)) {
	for (const [heading, rows] of Object.entries(tables)) {
		test(`${file}: the table "${heading}" is that of the program; "npm run readme" writes it`, t => {
			const text = readFileSync(file, 'utf8');
			t.true(text.includes(`\n## ${heading}\n`));
			t.true(rows.length > 2);
			t.deepEqual(text.split('\n'), replaceTable(text, heading, rows).split('\n'));
		});
	}
}

test('every picture that the README shows is there', t => {
	const pictures = [...readme.matchAll(/!\[[^\]]*\]\((?<file>media\/[^)]+)\)/g)].map(({groups}) => groups!['file']!);
	t.true(pictures.length >= 6, pictures.join(', '));
	for (const file of pictures) {
		t.notThrows(() => readFileSync(file));
	}
});
