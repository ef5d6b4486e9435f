import {readFileSync} from 'node:fs';
import test from 'ava';
import {readmeTables, replaceTable} from '../.scripts/readme-tables.ts';

const readme = readFileSync('README.md', 'utf8');

for (const [heading, rows] of Object.entries(readmeTables)) {
	test(`the README's table "${heading}" is that of the program; "npm run readme" writes it`, t => {
		t.true(readme.includes(`\n## ${heading}\n`));
		t.true(rows.length > 2);
		t.deepEqual(readme.split('\n'), replaceTable(readme, heading, rows).split('\n'));
	});
}

test('every picture that the README shows is there', t => {
	const pictures = [...readme.matchAll(/!\[[^\]]*\]\((?<file>media\/[^)]+)\)/g)].map(({groups}) => groups!['file']!);
	t.true(pictures.length >= 6, pictures.join(', '));
	for (const file of pictures) {
		t.notThrows(() => readFileSync(file));
	}
});
